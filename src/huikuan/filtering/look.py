"""A filtered case of the sample is looked at again (P4.6.12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import CaseFilter, FilterLook
from huikuan.filtering.end import end
from huikuan.filtering.sentences import MOST_NOTE, problem
from huikuan.filtering.tell import tell_holder
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Looked:
    """The second look, or why there is none."""

    look: FilterLook | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call wrote it."""
        return self.look is not None


@transaction.atomic
def look_again(
    filtered_id: int, *, agrees: bool, reason: str, actor: User, at: dt.datetime
) -> Looked:
    """Says whether the case was filtered as it should be. Never by who filtered it; once.

    One that was not is a new case again, and its holder is told.
    """
    if not actor.may(Right.ALLOCATE):
        return Looked(None, (problem("look.right"),))
    rows = CaseFilter.objects.filter(case__in=visible_cases(actor).values("pk"), is_sample=True)
    locked = rows.select_for_update(of=("self",))
    found = locked.select_related("case__organisation", "case__summary")
    row = found.filter(pk=filtered_id).first()
    if row is None:
        return Looked(None, (problem("look.unknown"),))
    if row.user_id == actor.pk:
        return Looked(None, (problem("look.own"),))
    if FilterLook.objects.filter(filtered=row).exists():
        return Looked(None, (problem("look.before"),))
    if row.ended_because:
        return Looked(None, (problem("look.ended"),))
    if not agrees and not reason.strip():
        return Looked(None, (problem("look.reason", column="reason"),))

    act = journal.begin(actor, "filtering.look", at=at, reason=reason)
    look = FilterLook.objects.create(
        **journal.columns(row.case, act, on=day_of(row.case.organisation, at), at=at),
        filtered=row,
        agrees=agrees,
        reason=reason.strip()[:MOST_NOTE],
    )
    if not agrees:
        end(row, CaseFilter.Ended.DIFFERED, act)
        tell_holder(row, CaseFilter.Ended.DIFFERED, by=actor, at=at)
    return Looked(look)
