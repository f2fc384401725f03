"""Whether a form that comes again under its key tells of the contact that was saved under it."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import same_content
from huikuan.casebook.models import ContactRecord
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.moment import day_and_minute

#: What the entry says in its own words and the record keeps as it was said, for a record of a book
#: that kept no more of its form. Not the seconds and the recording: the line adds them afterwards.
KEPT = (
    "channel",
    "inbound",
    "point_id",
    "connected",
    "answered",
    "identified",
    "outcome",
    "reason_code",
    "willingness",
    "next_contact_on",
    "next_contact_minute",
)


def says_the_same(
    entry: ContactEntry,
    saved: ContactRecord,
    local: dt.datetime,
    *,
    said: object,
    now: dt.datetime,
) -> bool:
    """Whether the entry tells of the same contact as the saved record: a double click, a form that
    is sent anew because the answer did not arrive. Otherwise somebody used the key of another one.

    `local`: when it took place, where the debtor is. An entry that names no moment is of now, and
    that is a little later each time: then the moment says nothing. `said`: all that the form said.
    """
    is_same = same_content.says_the_same(saved.act, said or entry)
    if is_same is None:
        is_same = _row_says_the_same(entry, saved)

    names_a_moment = entry.at is not None and entry.at != now
    is_then = day_and_minute(local) == (saved.valid_on, saved.local_minute)
    return is_same and (is_then or not names_a_moment)


def _row_says_the_same(entry: ContactEntry, saved: ContactRecord) -> bool:
    """As far as the row keeps it."""
    if any(getattr(entry, name) != getattr(saved, name) for name in KEPT):
        return False
    if entry.note.strip() != saved.note or entry.analysis.strip() != saved.analysis:
        return False
    return _promised(entry) == sorted(saved.promises.values_list("due_on", "amount_minor"))


def _promised(entry: ContactEntry) -> list[tuple[dt.date, int]]:
    """Days and sums of the promise, in their order."""
    if entry.promise is None:
        return []
    return sorted((due.on, due.amount_minor) for due in entry.promise.due)
