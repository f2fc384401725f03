"""The words by which new cases of a creditor are filtered: data of the procedure in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook.pack_lists import list_in_force
from huikuan.engine.lists import WordList

#: Ids of the lists in a pack.
FIELDS = "filter_fields"
CLASSES = "filter_classes"
SAMPLE = "filter_sample"
ORDER = "dialling_order"
#: The entry of the sample that says how many per cent are looked at again.
SHARE = "share"


@dataclass(frozen=True, slots=True)
class Words:
    """What is read one by one, the classes, the share of the sample in per cent, and the order in
    which people are dialled.
    """

    fields: WordList
    classes: WordList
    share: int
    order: tuple[str, ...]


def words_of(creditor_id: int, on: dt.date) -> Words | None:
    """The words on this day; None where no procedure filters new cases."""
    fields = list_in_force(FIELDS, creditor_id=creditor_id, on=on)
    classes = list_in_force(CLASSES, creditor_id=creditor_id, on=on)
    if fields is None or classes is None:
        return None

    share = 0
    sample = list_in_force(SAMPLE, creditor_id=creditor_id, on=on)
    entry = sample.entry(SHARE) if sample is not None else None
    if entry is not None:
        share = entry.value or 0

    order = list_in_force(ORDER, creditor_id=creditor_id, on=on)
    codes = [each.code for each in order.entries] if order is not None else []
    return Words(fields, classes, share, tuple(codes))
