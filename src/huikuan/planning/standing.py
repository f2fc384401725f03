"""What makes a task one that is to be done, due today, overdue or barred: each said once, in SQL.

The work list, the figures of the day and what a day leaves undone all ask these conditions. `t` is
the task; `{on}` stands for the day that one works.
"""

from __future__ import annotations

#: Opened by the day: a plan that was made ahead brings nothing before its day.
OPENED = "t.anchor <= {on}"
#: To do: opened by the day and still open.
TO_DO = f"t.status = 'open' AND {OPENED}"
#: Due today: the day is its last one.
DUE_TODAY = "t.deadline_on = {on}"
#: Overdue: its last day is over.
OVERDUE = "t.deadline_on < {on}"
#: Barred: a rule forbids it on the day for which it was planned.
BARRED = "t.verdict <> 'allowed'"
