"""What may be looked up, and on which basis: data of the procedure in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook.pack_lists import list_in_force
from huikuan.engine.lists import OF_CLIENT, Entry, WordList

KINDS = "look_up_kinds"
BASES = "look_up_bases"


@dataclass(frozen=True, slots=True)
class Words:
    """The kinds of requests and the lawful bases."""

    kinds: WordList
    bases: WordList

    def needs_basis(self, kind: str) -> bool:
        """Whether a request of this kind is refused without a lawful basis.

        One to the client is about its own customer: nothing is looked up.
        """
        entry = self.kinds.entry(kind)
        return entry is None or entry.means != OF_CLIENT


def words_of(creditor_id: int, on: dt.date) -> Words | None:
    """The words on this day; None where no procedure takes look-ups on."""
    kinds = list_in_force(KINDS, creditor_id=creditor_id, on=on)
    bases = list_in_force(BASES, creditor_id=creditor_id, on=on)
    if kinds is None or bases is None:
        return None
    return Words(kinds, bases)


def entry_of(name: str, code: str, creditor_id: int, on: dt.date) -> Entry | None:
    """The word of this code, as the procedure of the day had it."""
    listed = list_in_force(name, creditor_id=creditor_id, on=on)
    return None if listed is None else listed.entry(code)
