"""Taking back an event of a statement that was entered wrongly: a row says so, nothing is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, StatementEvent, StatementVoid
from huikuan.casebook.standing import standing_events
from huikuan.clocks.refresh import refresh
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.ranks import may_take_back_of
from huikuan.receivables import act as acts
from huikuan.receivables.find import find_locked
from huikuan.receivables.sentences import problem

Kind = StatementEvent.Kind


@dataclass(frozen=True)
class TakenBack:
    """The row that was written, or why the event stays."""

    void: StatementVoid | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def take_back(event_id: int, *, reason: str, actor: User, at: dt.datetime) -> TakenBack:
    """The event and the lines that came with it count no more; the tasks that it ended are open.

    A mail that left with it has left: the page goes on showing it.
    """
    known = StatementEvent.objects.filter(pk=event_id).values_list("statement_id", flat=True)
    statement = find_locked(known.first() or 0, actor)
    if statement is None:
        return TakenBack(None, (problem("statement.void_unknown"),))
    past = list(standing_events(statement).select_related("act__actor"))
    event = next((each for each in past if each.pk == event_id), None)
    if event is None:
        return TakenBack(None, (problem("statement.void_unknown"),))

    today = day_of(statement.case.organisation, at)
    problems = tuple(_problems(event, past, reason, actor, today))
    if problems:
        return TakenBack(None, problems)

    act = journal.begin(actor, "receivables.take_back", at=at, reason=reason)
    return TakenBack(write_void(event, act, reason=reason, at=at))


def write_void(event: StatementEvent, act: Act, *, reason: str, at: dt.datetime) -> StatementVoid:
    """The row that takes the event back, the facts and deadlines without it, its tasks open again.

    Whoever calls holds the case and has asked what stands in the way.
    """
    statement = event.statement
    row = journal.columns(statement.case, act, on=event.valid_on, at=at)
    void = StatementVoid.objects.create(
        **row, case=statement.case, event=event, reason=reason.strip()[: acts.MOST_NOTE]
    )

    facts.refresh([statement.case_id], wrote={"casebook_statementvoid"})
    refresh({"statement": [statement.pk]}, by=act, at=at)
    acts.open_again(statement, [event.kind], at)
    return void


def may_take_back(event: StatementEvent, past: list[StatementEvent], actor: User) -> bool:
    """Whether the page offers it. `past`: what counts of the same statement."""
    if event.pk not in {each.pk for each in past}:
        return False
    return not any(True for _problem in _standing_in_the_way(event, past, actor, event.valid_on))


def _problems(
    event: StatementEvent, past: list[StatementEvent], reason: str, actor: User, today: dt.date
) -> Iterator[Problem]:
    yield from _standing_in_the_way(event, past, actor, today)
    if not reason.strip():
        yield problem("statement.void_reason", column="reason")
    if len(reason.strip()) > acts.MOST_NOTE:
        yield problem("statement.note_long", column="reason", most=acts.MOST_NOTE)


def _standing_in_the_way(
    event: StatementEvent, past: list[StatementEvent], actor: User, today: dt.date
) -> Iterator[Problem]:
    """Who entered an event takes it back, or somebody above them, while nothing rests on it.

    The role alone is not enough: a colleague, or a lead whose own deadline it was, would write the
    month anew in another's name.
    """
    if not actor.may_write:
        yield problem("statement.read_only")
        return
    not_theirs = list(acts.who_may(event.statement, event.kind, actor, today))
    yield from not_theirs
    if not not_theirs and not may_take_back_of(event.act.actor, actor):
        yield problem("statement.void_other")

    for later in needed_by(event, past):
        yield problem("statement.void_needed", event=later.get_kind_display(), day=later.valid_on)


def needed_by(event: StatementEvent, past: list[StatementEvent]) -> list[StatementEvent]:
    """What cannot be true without the event, of what counts of the same statement."""
    others = {each.kind for each in past if each.pk != event.pk}
    if event.kind in others:
        return []

    needing = []
    for later in past:
        needed: str | None = acts.NEEDS.get(Kind(later.kind))
        if later.kind == Kind.SENT and event.kind in acts.BEFORE_RETURN:
            needed = event.kind
        if needed == event.kind:
            needing.append(later)
    return needing
