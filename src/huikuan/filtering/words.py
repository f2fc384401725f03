"""The words by which new cases of a creditor are filtered: data of the procedure in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook.pack_lists import list_in_force
from huikuan.engine.lists import COMPLETE, FOR_LEAD, NEEDED, Entry, WordList
from huikuan.engine.texts import Text

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
    order: tuple[Entry, ...]

    def title_of(self, class_code: str) -> Text:
        """The class in both languages; nothing for an unknown one."""
        entry = self.classes.entry(class_code)
        return entry.title if entry is not None else {}

    def is_needed(self, field_code: str) -> bool:
        """Whether a case without this field is not complete."""
        return _means(self.fields, field_code) == NEEDED

    def is_complete(self, class_code: str) -> bool:
        """Whether the class says that nothing needed is missing."""
        return _means(self.classes, class_code) == COMPLETE

    def is_for_lead(self, class_code: str) -> bool:
        """Whether the lead is told of a case of this class."""
        return _means(self.classes, class_code) == FOR_LEAD


def _means(words: WordList, code: str) -> str:
    entry = words.entry(code)
    return entry.means if entry is not None else ""


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
    if order is None:
        return Words(fields, classes, share, ())
    return Words(fields, classes, share, order.entries)
