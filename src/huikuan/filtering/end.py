"""A filtering ends: the case is a new case again, and whoever holds it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act, CaseFilter
from huikuan.filtering.queue import missing
from huikuan.filtering.sentences import problem
from huikuan.filtering.tell import tell_holder
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Changed:
    """How many filterings were changed, or why none was."""

    count: int
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call changed something."""
        return self.count > 0


def end(row: CaseFilter, because: CaseFilter.Ended, act: Act) -> None:
    """The filtering counts no more. Whoever calls it holds its row."""
    row.ended_because = because
    row.ended_act = act
    row.save(update_fields=["ended_because", "ended_act"])


@transaction.atomic
def answered(filtered_id: int, *, actor: User, at: dt.datetime) -> Changed:
    """The client has given what it was asked for: the case is read again by whoever holds it."""
    rows = CaseFilter.objects.standing().exclude(asked_fields=[])
    seen = rows.filter(case__in=visible_cases(actor).values("pk"))
    locked = seen.select_for_update(of=("self",)).select_related("case__summary", "case")
    row = locked.filter(pk=filtered_id).first()
    if row is None or not actor.may_write:
        return Changed(0, (problem("filter.not_asked"),))
    if row.case.summary.assignee_id != actor.pk and not actor.may(Right.ALLOCATE):
        return Changed(0, (problem("filter.not_yours"),))

    act = journal.begin(actor, "filtering.answered", at=at)
    end(row, CaseFilter.Ended.ANSWERED, act)
    tell_holder(row, CaseFilter.Ended.ANSWERED, by=actor, at=at)
    return Changed(1)


@transaction.atomic
def sent(creditor_id: int, *, actor: User, at: dt.datetime) -> Changed:
    """The client got the list of what it is asked for: all of it that the actor sees."""
    rows = list(_locked(missing(actor, creditor_id).filter(sent_act=None)))
    if not rows or not actor.may_write:
        return Changed(0, (problem("filter.nothing_to_send"),))

    act = journal.begin(actor, "filtering.sent", at=at)
    keys = [row.pk for row in rows]
    return Changed(CaseFilter.objects.filter(pk__in=keys).update(sent_act=act))


def _locked(rows: Iterable[CaseFilter]) -> Iterable[CaseFilter]:
    """Held against a second person who sends the same list."""
    keys = [row.pk for row in rows]
    held = CaseFilter.objects.select_for_update().filter(pk__in=keys, sent_act=None)
    return held.order_by("pk")
