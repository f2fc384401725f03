"""Return 退案, retention 留案 and recall 召回: what becomes of a case when the agreed time is over, or before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act, Assignment, Case, CaseEvent, CaseSummary
from huikuan.casebook.placement_events import allocated
from huikuan.clocks.refresh import refresh
from huikuan.people.models import User

Kind = CaseEvent.Kind


class WrongDay(Exception):
    """a case can only be kept until a day after today"""


@transaction.atomic
def return_cases(
    cases: Collection[int], actor: User, *, on: dt.date, at: dt.datetime, reason: str = ""
) -> list[Case]:
    """Sends open cases back to their creditor: event, end of the assignment, off the lists. Gives those returned."""
    return _end(Kind.RETURNED, cases, actor, on, at, reason)


@transaction.atomic
def recall_cases(
    cases: Collection[int], actor: User, *, on: dt.date, at: dt.datetime, reason: str = ""
) -> list[Case]:
    """The creditor takes open cases back before their day. As return_cases, with another name in the history."""
    return _end(Kind.RECALLED, cases, actor, on, at, reason)


@transaction.atomic
def retain_cases(
    cases: Collection[int],
    until_on: dt.date,
    actor: User,
    *,
    on: dt.date,
    at: dt.datetime,
    reason: str = "",
) -> list[Case]:
    """Keeps open cases until `until_on` instead of their day of return. Raises WrongDay unless that lies after `on`."""
    if until_on <= on:
        raise WrongDay
    found = _open_cases(cases, actor)
    if not found:
        return []
    act = journal.begin(actor, "allocation.retain", at=at, reason=reason)
    CaseEvent.objects.bulk_create(
        CaseEvent(**_row(case, act, on, at), kind=Kind.RETAINED, until_on=until_on)
        for case in found
    )
    facts.refresh([case.pk for case in found], wrote={"casebook_caseevent", "casebook_assignment"})
    return found


def _end(
    kind: Kind, cases: Collection[int], actor: User, on: dt.date, at: dt.datetime, reason: str
) -> list[Case]:
    found = _open_cases(cases, actor)
    if not found:
        return []
    act = journal.begin(
        actor, f"allocation.{'return' if kind == Kind.RETURNED else 'recall'}", at=at, reason=reason
    )
    CaseEvent.objects.bulk_create(CaseEvent(**_row(case, act, on, at), kind=kind) for case in found)
    Assignment.objects.bulk_create(
        Assignment(**_row(case, act, on, at), user=None, team=None, reason=str(kind))
        for case in found
    )
    ids = [case.pk for case in found]
    facts.refresh(ids, wrote={"casebook_caseevent", "casebook_assignment"})
    refresh({"placement": allocated(ids, act=act), "case": ids}, by=act, at=at)
    return found


def _open_cases(cases: Collection[int], actor: User) -> list[Case]:
    """The open ones that the actor may see, their summary rows locked: the same click twice writes once."""
    visible = visible_cases(actor).filter(pk__in=cases).values("pk")
    rows = (
        CaseSummary.objects.select_for_update()
        .filter(case_id__in=visible, is_open=True)
        .order_by("case_id")
    )
    numbers = [row.case_id for row in rows.only("case_id")]
    return list(Case.objects.filter(pk__in=numbers).order_by("pk"))


def _row(case: Case, act: Act, on: dt.date, at: dt.datetime) -> dict[str, object]:
    return {
        "organisation_id": case.organisation_id,
        "creditor_id": case.creditor_id,
        "act": act,
        "valid_on": on,
        "recorded_at": at,
        "case": case,
    }
