"""Who is told of a filtering: the lead where the class says so, the holder when it is read anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huikuan.casebook.models import CaseFilter, Notice
from huikuan.people.models import User
from huikuan.people.rights import Right

#: What a notice about a filtering says, besides the reasons for which one ends.
TO_LEAD = "lead"


def tell_lead(row: CaseFilter, at: dt.datetime) -> None:
    """A notice to whoever allots the cases of the collector's team; not to who filtered it."""
    if row.user.team_id is None:
        return
    leads = User.objects.who_may(Right.ALLOCATE).filter(team_id=row.user.team_id, is_active=True)
    _tell(row, leads.exclude(pk=row.user_id), TO_LEAD, by=row.user, at=at)


def tell_holder(row: CaseFilter, because: CaseFilter.Ended, *, by: User, at: dt.datetime) -> None:
    """A notice to whoever holds the case now: it is to be filtered anew."""
    holders = User.objects.filter(pk=row.case.summary.assignee_id, is_active=True)
    _tell(row, holders.exclude(pk=by.pk), because, by=by, at=at)


def _tell(row: CaseFilter, people: Iterable[User], what: str, *, by: User, at: dt.datetime) -> None:
    params = {"case": row.case.number, "what": what, "by": str(by)}
    Notice.objects.bulk_create(
        Notice(user=user, kind=Notice.Kind.FILTER, params=params, at=at) for user in people
    )
