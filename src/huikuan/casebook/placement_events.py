"""What happened to a batch, written down once with its moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from huikuan.casebook.models import Act, Case, Placement, PlacementEvent
from huikuan.casebook.waiting import waiting


def happened(
    placement: Placement, kind: PlacementEvent.Kind, *, act: Act, at: dt.datetime
) -> PlacementEvent:
    """The event at this moment. Whoever writes it tells the clocks of the batch."""
    zone = ZoneInfo(placement.organisation.timezone)

    return PlacementEvent.objects.create(
        organisation_id=placement.organisation_id,
        creditor_id=placement.creditor_id,
        act=act,
        valid_on=at.astimezone(zone).date(),
        recorded_at=act.at,
        placement=placement,
        kind=kind,
        happened_at=at,
    )


def allocated(case_ids: Collection[int], *, act: Act) -> list[int]:
    """These cases wait no more: their batches of which nothing is left to allocate are allocated.

    An event, once for each batch that a lead was told of. Gives the ids of these batches.
    """
    told = PlacementEvent.objects.filter(
        placement=OuterRef("pk"), kind=PlacementEvent.Kind.LEAD_TOLD
    )
    before = PlacementEvent.objects.filter(
        placement=OuterRef("pk"), kind=PlacementEvent.Kind.ALLOCATED
    )
    left = Case.objects.filter(waiting(), placement=OuterRef("pk"))
    of_cases = Case.objects.filter(pk__in=case_ids, placement__isnull=False)

    batches = Placement.objects.select_related("organisation").filter(
        Exists(told), ~Exists(before), ~Exists(left), pk__in=of_cases.values("placement")
    )
    ended = list(batches.order_by("pk"))
    for placement in ended:
        happened(placement, PlacementEvent.Kind.ALLOCATED, act=act, at=act.at)
    return [placement.pk for placement in ended]
