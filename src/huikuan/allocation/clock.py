"""The same-day clock 当日分案 (P4.5): allocation is due on the day on which the data administrator told the lead."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from huikuan.casebook.models import Case, Clock, Notice, Placement
from huikuan.people.models import Organisation

KIND = "allocation"
SOURCE = "P4.5"
#: Code of the role that answers for it.
RESPONSIBLE = "team_lead"


def end_of_day(at: dt.datetime, zone: str) -> dt.datetime:
    """The end of the local day of `at`: the next midnight."""
    local = at.astimezone(ZoneInfo(zone))
    return dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))


def start_missing(organisation: Organisation) -> int:
    """A clock for every accepted placement with cases to allocate that has none yet; gives how many were started."""
    unheld = Case.objects.filter(waiting(), placement=OuterRef("pk"))
    started = Clock.objects.filter(placement=OuterRef("pk"), kind=KIND)
    placements = list(
        Placement.objects.filter(
            Exists(unheld), ~Exists(started), organisation=organisation, accepted_at__isnull=False
        ).order_by("pk")
    )
    if not placements:
        return 0
    told: dict[int, dt.datetime] = {}
    notices = Notice.objects.filter(kind=Notice.Kind.TO_ALLOCATE, user__organisation=organisation)
    numbers = [placement.pk for placement in placements]
    for number, at in (
        notices.filter(params__placement__in=numbers)
        .order_by("-at")
        .values_list("params__placement", "at")
    ):
        told[number] = at
    made = [
        Clock(
            organisation=organisation,
            kind=KIND,
            placement=placement,
            role=RESPONSIBLE,
            started_at=(
                start := told.get(placement.pk) or placement.accepted_at or placement.received_at
            ),
            due_at=end_of_day(start, organisation.timezone),
            source=SOURCE,
        )
        for placement in placements
    ]
    Clock.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def waiting() -> Q:
    owing = Q(summary__balance_minor__gt=0) | Q(summary__statement_cycle=True)
    return Q(summary__is_open=True, summary__assignee_id__isnull=True) & owing


def meet(run_id: int, at: dt.datetime) -> int:
    """Stops the clocks of the run's placements that have nothing left to allocate."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE casebook_clock k SET met_at = %(at)s
            WHERE k.kind = %(kind)s AND k.met_at IS NULL AND k.placement_id IN (
                SELECT c.placement_id FROM casebook_allocationline l JOIN casebook_case c ON c.id = l.case_id
                WHERE l.run_id = %(run)s)
            AND NOT EXISTS (
                SELECT 1 FROM casebook_case c JOIN casebook_casesummary s ON s.case_id = c.id
                WHERE c.placement_id = k.placement_id AND s.is_open AND s.assignee_id IS NULL
                    AND (s.balance_minor > 0 OR s.statement_cycle))
            """,
            {"at": at, "kind": KIND, "run": run_id},
        )
        return cursor.rowcount
