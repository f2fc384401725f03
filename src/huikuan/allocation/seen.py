"""Which collectors have seen their new cases, and a call on those who have not (P4.5.4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet

from huikuan.allocation.access import visible_runs
from huikuan.allocation.sentences import problem
from huikuan.casebook import journal
from huikuan.casebook.models import Notice
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right

#: Days over which the lead looks back.
DAYS = 14


@dataclass(frozen=True, slots=True)
class CalledOn:
    """The notice that the collector now has, or why there is none."""

    notice: Notice | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call sent it."""
        return self.notice is not None


def told(user: User, at: dt.datetime) -> QuerySet[Notice]:
    """The notices of new cases that the lead's collectors got of late, the newest day in front.

    When one was seen is the moment at which its collector opened it or marked it as read.
    """
    runs = list(visible_runs(user).values_list("pk", flat=True))
    of_late = Notice.objects.filter(
        kind=Notice.Kind.ALLOCATED,
        at__gte=at - dt.timedelta(days=DAYS),
        params__run__in=runs,
        user__organisation=user.organisation,
    )
    return of_late.select_related("user").order_by("-at", F("read_at").asc(nulls_first=True), "pk")


@transaction.atomic
def call_on(notice_id: int, *, actor: User, at: dt.datetime) -> CalledOn:
    """Asks a collector to look at the new cases. Asked once and not seen, it is not asked again."""
    if not actor.may(Right.ALLOCATE):
        return CalledOn(None, (problem("seen.right"),))
    listed = told(actor, at).select_for_update(of=("self",))
    notice = listed.filter(pk=notice_id).first()
    if notice is None:
        return CalledOn(None, (problem("seen.unknown"),))
    if notice.read_at is not None:
        return CalledOn(None, (problem("seen.seen"),))
    waiting = called_on([notice])
    if notice.pk in waiting:
        return CalledOn(None, (problem("seen.called_on"),))

    journal.begin(actor, "allocation.call_on", at=at, reason=str(notice.pk))
    params = {
        "notice": notice.pk,
        "by": str(actor),
        "cases": notice.params.get("cases", ""),
        "on": notice.params.get("on", ""),
    }
    sent = Notice.objects.create(user=notice.user, kind=Notice.Kind.CALLED_ON, params=params, at=at)
    return CalledOn(sent)


def called_on(notices: list[Notice]) -> dict[int, Notice]:
    """Id of a notice → the last call that was made because of it."""
    calls = Notice.objects.filter(
        kind=Notice.Kind.CALLED_ON, params__notice__in=[notice.pk for notice in notices]
    )
    return {call.params["notice"]: call for call in calls.order_by("pk")}
