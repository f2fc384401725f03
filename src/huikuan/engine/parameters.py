"""Parameters that the program itself reads from a procedure; each may be missing.

A procedure names its other parameters in its conditions and days. One that nobody reads is a
misspelt one, or left over (engine/beside.py).
"""

from __future__ import annotations

#: Within so many days a promise, and the next contact, lie.
PROMISE_DAYS = "promise_days"
NEXT_DAYS = "next_contact_days"
#: A promise counts as kept within so many days after its day, and up to so much less.
GRACE_DAYS = "promise_grace_days"
TOLERANCE = "promise_tolerance"
#: So many days before its day a promise is reminded of.
REMIND_DAYS = "promise_remind_days"
#: A case leaves soon within so many days; a note for whoever takes it serves for so many.
LEAVING = "return_days"
FRESH = "handover_note_days"
#: A hold is looked at again after so many days.
REVIEW_DAYS = "hold_review_days"
#: The statement of a month is to be confirmed by this day of the month after …
CONFIRM_BY = "confirm_by_day"
#: … and not before so many days have passed since it was sent. The procedure's days read it, too.
CONFIRM_WITHIN = "confirm_within_days"
#: So many days after the one from which the statement is made the receipts of the month are there.
RECEIPTS_WITHIN = "receipts_within_days"
#: Where the day by which a customer should have answered is past, they have so many days more.
ANSWER_WITHIN = "answer_within_days"
#: Days from the receipt of a complaint within which it is decided where it is complex, and special.
COMPLEX_DAYS = "complex_days"
SPECIAL_DAYS = "special_days"
#: A time of reply that is told lies within so many days; a later one is told so many times at most
#: before whoever stands above the owner has to say so.
REPLY_WITHIN = "reply_within_days"
REPLY_CHANGES = "reply_changes"
#: So many hours a department has to answer about a complaint, where nobody says otherwise.
DEPARTMENT_HOURS = "department_hours"
#: A cause of complaints that came so often within so many days is a repeated one.
REPEAT_COUNT = "repeat_count"
REPEAT_DAYS = "repeat_days"

READ_BY_THE_PROGRAM = frozenset(
    {
        PROMISE_DAYS,
        NEXT_DAYS,
        GRACE_DAYS,
        TOLERANCE,
        REMIND_DAYS,
        LEAVING,
        FRESH,
        REVIEW_DAYS,
        CONFIRM_BY,
        ANSWER_WITHIN,
        COMPLEX_DAYS,
        SPECIAL_DAYS,
        REPLY_WITHIN,
        REPLY_CHANGES,
        DEPARTMENT_HOURS,
        REPEAT_COUNT,
        REPEAT_DAYS,
    }
)
