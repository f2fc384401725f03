"""What happened to a case as a whole and people enter: the debtor was told, the case is kept.

An event that a step of the procedure records is that step's act: it asks for the step's role and
approval, and does its task (approvals/recorded.py). Return, recall and reassignment belong to the
allocation, what happens to a statement to receivables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Min

from huikuan.approvals.recorded import StepEvent, end_tasks, of_event, only_on_its_page
from huikuan.casebook import facts, journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Assignment, Case, CaseEvent, CaseSummary
from huikuan.casebook.placement_events import allocated
from huikuan.clocks.refresh import refresh
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.planning.sentences import problem

#: Characters of a remark.
MOST_REASON = 300
_C = CaseEvent.Kind
#: The right that an event asks for. The owner's consent is entered by whoever may ask the owner.
WHO: dict[str, Right] = {
    _C.TOLD: Right.ENTER_TOLD,
    _C.RETAINED: Right.KEEP_CASES,
    _C.VISIT_ASKED: Right.ASK_VISITS,
    _C.LOCK_AGREED: Right.AGREE_MEASURES,
    _C.LEGAL_AGREED: Right.AGREE_MEASURES,
    _C.CLOSED: Right.CLOSE_CASES,
}


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One event. `until` only of a case that is kept."""

    kind: str
    on: dt.date
    until: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """The event that was written, or why none was."""

    event: CaseEvent | None
    problems: tuple[Problem, ...] = ()


def choices(user: User, case: Case, on: dt.date) -> list[tuple[str, str]]:
    """The events of the case that this user may enter on the day, in words."""
    words = dict(_C.choices)
    return [
        (kind, str(words[kind]))
        for kind, right in WHO.items()
        if user.may(right) and not only_on_its_page(case, kind, on)
    ]


@transaction.atomic
def event(case_id: int, entry: EventEntry, *, actor: User, at: dt.datetime) -> Entered:
    """Writes the event with the new facts, and ends the tasks whose act it is.

    The same event of the same day a second time changes nothing and says so.
    """
    case = visible_cases(actor).select_related("organisation").filter(pk=case_id).first()
    if case is None:
        return Entered(None, (problem("act.case"),))
    if not actor.may_write:
        return Entered(None, (problem("act.read_only"),))

    summary = CaseSummary.objects.select_for_update().filter(case_id=case.pk).first()
    today = day_of(case.organisation, at)
    is_open = summary is None or summary.is_open
    problems = list(_check(entry, case, actor, today, is_open))
    if problems:
        return Entered(None, tuple(problems))
    if is_entered(case, entry):
        return Entered(None, (problem("event.again"),))
    asked = of_event(StepEvent(case, entry.kind, entry.on), actor, today)
    if asked.problems:
        return Entered(None, asked.problems)

    act = journal.begin(actor, "planning.event", at=at, reason=entry.reason)
    written = write(case, entry, act, at)
    end_tasks(asked.tasks, entry.on, at, entered_on=today)
    return Entered(written)


def _check(
    entry: EventEntry, case: Case, actor: User, today: dt.date, is_open: bool
) -> Iterator[Problem]:
    if entry.kind not in WHO:
        yield problem("event.kind", column="kind", value=entry.kind)
        return
    if not actor.may(WHO[entry.kind]):
        yield problem("event.role", column="kind")
    if entry.on > today:
        yield problem("event.future", column="on")
    yield from _too_early(entry, case)
    if entry.kind in (_C.RETAINED, _C.CLOSED, _C.VISIT_ASKED) and not is_open:
        yield problem("event.ended", column="kind")
    if entry.kind == _C.RETAINED and (entry.until is None or entry.until <= today):
        yield problem("event.until", column="until")
    if entry.kind == _C.CLOSED and not entry.reason.strip():
        yield problem("event.reason", column="reason")
    if len(entry.reason.strip()) > MOST_REASON:
        yield problem("event.reason_long", column="reason", most=MOST_REASON)


def _too_early(entry: EventEntry, case: Case) -> Iterator[Problem]:
    """A creditor may tell the debtor before it places the case, but not before there is a debt."""
    if entry.kind != _C.TOLD:
        if entry.on < case.placed_on:
            yield problem("event.before", column="on", placed=case.placed_on)
        return

    first_due = case.items.aggregate(first=Min("due_on"))["first"] or case.placed_on
    if entry.on < min(first_due, case.placed_on):
        yield problem("event.before_debt", column="on", day=min(first_due, case.placed_on))


def is_entered(case: Case, entry: EventEntry) -> bool:
    """Whether the same event of the same day is there."""
    return CaseEvent.objects.filter(
        case=case, kind=entry.kind, valid_on=entry.on, until_on=_until(entry)
    ).exists()


def _until(entry: EventEntry) -> dt.date | None:
    return entry.until if entry.kind == _C.RETAINED else None


def write(case: Case, entry: EventEntry, act: Act, at: dt.datetime) -> CaseEvent:
    """The row, the new facts and clocks. The caller holds the case's lock and has checked it."""
    row = journal.columns(case, act, on=entry.on, at=at) | {"case": case}
    written = CaseEvent.objects.create(**row, kind=entry.kind, until_on=_until(entry))
    if entry.kind == _C.CLOSED:
        Assignment.objects.create(**row, user=None, team=None, reason=str(entry.kind))
    facts.refresh([case.pk], wrote={"casebook_caseevent", "casebook_assignment"})
    ended = allocated([case.pk], act=act)
    refresh({"placement": ended, "case": [case.pk]}, by=act, at=at)
    return written
