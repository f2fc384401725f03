"""What a collector prepares before a call: points of dispute, likely excuses with answers, and how
the customer works.

It is read before the call is started, so the answers name nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huikuan.casebook.models import ContactPoint, Hold
from huikuan.contacts.file import Covered, CustomerNote, Differing, File, OpenItem, Resting
from huikuan.contacts.script_shown import ShownObjection, Words, objections
from huikuan.contacts.step_words import words_of
from huikuan.people.models import User

#: Names are shown when the call is started, and that they were is recorded.
NAMES = ("debtor_name", "contact_person")


@dataclass(frozen=True)
class Preparation:
    """What to have in mind. claimed: items that are said to be paid."""

    disputes: list[Resting]
    differing: list[Differing]
    claimed: list[OpenItem]
    excuses: tuple[ShownObjection, ...]
    notes: list[CustomerNote]

    @property
    def points(self) -> int:
        """How many points are in dispute."""
        return len(self.disputes) + len(self.differing) + len(self.claimed)


def prepare(
    file: File, tasks: Sequence[Covered], point: ContactPoint, speaker: User
) -> Preparation:
    """For a call to this number for these tasks."""
    return Preparation(
        disputes=[hold for hold in file.holds if hold.kind == Hold.Kind.DISPUTE],
        differing=file.differing,
        claimed=[item for item in file.items if item.claimed_on],
        excuses=objections(nameless(words_of(tasks, file, point, speaker))),
        notes=file.customer_notes,
    )


def nameless(words: Sequence[Words]) -> list[Words]:
    """The same words with a blank for every name."""
    found = []
    for each in words:
        values = {name: value for name, value in each.values.items() if name not in NAMES}
        found.append(Words(each.script, values))
    return found
