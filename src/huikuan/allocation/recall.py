"""Recall 召回 by number of the case: what the page does for cases ticked in its list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from huikuan.allocation.returns import recall_cases
from huikuan.allocation.sentences import problem
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Case
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right

#: Characters of a reason.
MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Recalled:
    """The cases that were recalled now, or none of them and every reason why not."""

    cases: tuple[Case, ...] = ()
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def recall(
    numbers: Sequence[str], *, on: dt.date, reason: str, actor: User, at: dt.datetime
) -> Recalled:
    """The creditor takes these open cases back on the day `on`: all of them, or none.

    A case that is not open is a problem, so that the same recall a second time changes nothing.
    """
    if not actor.may_write or not actor.may(Right.ALLOCATE):
        return Recalled(problems=(problem("recall.role"),))

    seen = visible_cases(actor).select_related("organisation", "summary")
    cases = {case.number: case for case in seen.filter(number__in=numbers)}
    found = list(_of_the_act(on, reason, actor, at))
    for number in numbers:
        found += _of_a_case(number, cases.get(number), on)
    if found:
        return Recalled(problems=tuple(found))

    keys = [case.pk for case in cases.values()]
    recalled = recall_cases(keys, actor, on=on, at=at, reason=reason)
    if len(recalled) < len(keys):
        # Somebody ended one between the look above and the lock: all or none.
        transaction.set_rollback(True)
        done = {case.pk for case in recalled}
        missing = [number for number, case in cases.items() if case.pk not in done]
        ended = [problem("recall.ended", column="case", value=number) for number in missing]
        return Recalled(problems=tuple(ended))
    return Recalled(tuple(recalled))


def _of_the_act(on: dt.date, reason: str, actor: User, at: dt.datetime) -> Iterator[Problem]:
    assert actor.organisation is not None
    if on > day_of(actor.organisation, at):
        yield problem("recall.future", column="on")
    if len(reason.strip()) > MOST_REASON:
        yield problem("recall.reason_long", column="reason", most=MOST_REASON)


def _of_a_case(number: str, case: Case | None, on: dt.date) -> Iterator[Problem]:
    if case is None:
        yield problem("recall.case", column="case", value=number)
        return
    if not case.summary.is_open:
        yield problem("recall.ended", column="case", value=number)
    if on < case.placed_on:
        yield problem("recall.before", column="on", value=number, placed=case.placed_on)
