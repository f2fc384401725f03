"""The words that the procedures in force have for one thing, such as the classes of new cases."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import packs
from huikuan.engine.lists import WordList


def list_in_force(name: str, *, creditor_id: int, on: dt.date) -> WordList | None:
    """The list of this name for the creditor on the day; of several procedures the first by name.

    Like the deadlines of a batch it needs no binding: a procedure in force for all has its say.
    None where no procedure has such a list.
    """
    day = packs.holding(on)
    pack_names = sorted({pack for _id, pack, _hash in packs.activated_playbooks()})
    for pack in pack_names:
        version_id = day.version_of(pack, creditor_id, "", None)
        if version_id is None:
            continue
        found = packs.playbook_of(packs.version(version_id)).lists.get(name)
        if found is not None:
            return found
    return None
