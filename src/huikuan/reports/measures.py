"""What the reports count, and the paragraph that asks for it: the one place of the definitions. The page shows them as help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

Kind = Literal["number", "money"]


@dataclass(frozen=True, slots=True)
class Measure:
    """`code` is the key in JSON, permanent. `title` heads the column; `meaning` says exactly what counts."""

    code: str
    group: str
    title: str
    meaning: str
    source: str
    kind: Kind = "number"

    @property
    def shown_title(self) -> str:
        return gettext(self.title)

    @property
    def shown_meaning(self) -> str:
        return gettext(self.meaning)


GROUPS = {
    "calls": gettext_lazy("Calls"),
    "found": gettext_lazy("What was learned"),
    "promises": pgettext_lazy("figure", "Promises"),
    "due": gettext_lazy("Promises due"),
    "money": pgettext_lazy("figure", "Payments"),
    "work": gettext_lazy("Work"),
}


def _measure(
    code: str, group: str, title: str, meaning: str, source: str, kind: Kind = "number"
) -> Measure:
    return Measure(code, group, title, meaning, source, kind)


MEASURES: tuple[Measure, ...] = (
    _measure("calls", "calls", _("calls tried"), _("outgoing calls of the day, answered or not; by who called"), "P2, P9"),
    _measure(
        "cases", "calls", _("cases worked"),
        _("cases to which somebody of the house made a contact on the day, by any channel; one that two people worked "
          "counts once for each"), "P6",
    ),
    _measure("connected", "calls", _("connected"), _("outgoing calls in which somebody or something answered"), "P2"),
    _measure(
        "right_party", "calls", _("right-party contacts"),
        _("connected calls whose outcome the procedure marks as a talk with the debtor in person; an unknown outcome counts "
          "when the debtor answered and was identified"), "P1.2, P2",
    ),
    _measure(
        "third_party", "calls", _("third persons"),
        _("connected calls that a relative, colleague, friend or other person answered"), "P1.2, P10",
    ),
    _measure("inbound", "calls", _("calls in"), _("contacts that the debtor began, by any channel"), "P1"),
    _measure("deceased", "found", _("deceased"), _("contacts whose outcome proposes the hold 'deceased'"), "P2"),
    _measure(
        "fraud", "found", _("suspected fraud"),
        _("contacts with the outcome 'suspected fraud', or one that proposes the hold 'victim of fraud'"), "P2",
    ),
    _measure("disputes", "found", _("disputes"), _("contacts whose outcome proposes the hold 'dispute'"), "P7"),
    _measure(
        "complaints", "found", _("complaints made"),
        _("contacts with the outcome 'complains', or one that proposes the hold 'complaint'"), "P3",
    ),
    _measure(
        "promises", "promises", _("promises given"),
        _("promises given on the day, one with all its instalments counted once; by who took it"), "P2",
    ),
    _measure(
        "promised", "promises", _("promised amount"),
        _("the sum of all instalments of the promises given on the day"), "P2", "money",
    ),
    _measure(
        "due", "due", _("promises due"),
        _("instalments promised for the day, whoever holds the case now; by who took the promise"), "P1.3",
    ),
    _measure("due_minor", "due", _("due amount"), _("what was promised for the day"), "P1.3", "money"),
    _measure(
        "kept", "due", _("kept"),
        _("paid within tolerance and grace by payments that still stand; instalments are filled in the order of their days"),
        "P1.3",
    ),
    _measure("kept_minor", "due", _("kept amount"), _("what was promised and kept"), "P1.3", "money"),
    _measure("part", "due", _("kept in part"), _("the last day is over and only a part was paid"), "P1.3"),
    _measure("part_minor", "due", _("amount kept in part"), _("what was promised and kept in part"), "P1.3", "money"),
    _measure("broken", "due", _("broken"), _("the last day is over and nothing was paid"), "P1.3"),
    _measure("broken_minor", "due", _("broken amount"), _("what was promised and not paid"), "P1.3", "money"),
    _measure(
        "pending", "due", _("open or replaced"),
        _("the days of grace are not over, or a new promise took its place in time"), "P1.3",
    ),
    _measure(
        "payments", "money", _("payments"),
        _("payments of the day, by who held the case on that day, whoever posted them"), "P2",
    ),
    _measure(
        "received", "money", _("amount received"),
        _("the sum of the payments of the day, less those taken back on it; by who held the case on the day"), "P2", "money",
    ),
    _measure("reversals", "money", _("taken back"), _("payments reversed on the day, of this or an earlier day"), "P2"),
    _measure("reversed", "money", _("amount taken back"), _("their sum; it is deducted from what was received"), "P2", "money"),
    _measure(
        "corrections", "money", _("corrections"),
        _("credit notes, waivers and other corrections of what is owed that count from the day, and those taken back on it; "
          "by who held the case on that day"), "P5",
    ),
    _measure("corrected", "money", _("amount corrected"), _("their sum; below zero when less is owed"), "P5", "money"),
    _measure("letters", "work", _("letters"), _("letters sent on the day"), "P2, P4.4"),
    _measure("visits", "work", _("visits"), _("field visits made on the day"), "P2"),
    _measure("messages", "work", _("messages"), _("SMS and e-mails sent on the day"), "P1.3"),
    _measure("done", "work", _("tasks done"), _("tasks completed on the day by a contact or a note; by who did it"), "P6"),
    _measure(
        "open", "work", _("tasks open"),
        _("tasks that the procedure had opened by the day and that are open now, a task for each step and case; those of "
          "the roles that hold cases, by who holds the case now; for somebody of another role those of the own role"), "P6",
    ),
    _measure("last_day", "work", _("tasks due today"), _("tasks to do whose last day is the day"), "P6"),
    _measure("overdue", "work", _("tasks overdue"), _("tasks to do whose last day lay before the day"), "P6"),
    _measure("barred", "work", _("not allowed today"), _("tasks to do that a rule forbids for now"), "P6, P10"),
    _measure("refused", "work", _("refused by the gate"), _("contacts asked for and refused by the contact rules"), "P10"),
    _measure(
        "overrides", "work", _("made all the same"),
        _("contacts made although the gate refused or an approval was missing, each with its reason"), "P10",
    ),
    _measure(
        "unapproved", "work", _("without approval"),
        _("contacts that took place without the approval that the procedure wanted; they do no step"), "P10",
    ),
)  # fmt: skip
#: What only the board shows: a state of now, which no past day has.
HELD = _measure("held", "work", _("cases held"), _("open cases that somebody holds now"), "P11")
#: Numbers of the work list's tabs: they count lines, and a line is no task.
LINES = _measure(
    "lines", "work", _("lines of the list"),
    _("the numbers at the tabs: a line is one contact to be made, and stands for all tasks that it does"), "P6",
)  # fmt: skip
PROMISE_LINES = _measure(
    "promise_lines", "due", _("promise due"),
    _("lines of the cases whose promise is due today or was due before, and is not paid yet"), "P1.3",
)  # fmt: skip
BY_CODE = {measure.code: measure for measure in (*MEASURES, HELD, LINES, PROMISE_LINES)}
ANSWER_RATE = gettext_lazy("connected calls ÷ calls tried (P2)")
