"""Which new case comes next, and how far each batch and collector has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import CaseFilter, Placement, PlacementEvent
from huikuan.people.models import User

#: Days after its acceptance for which a batch that is not filtered stands in the list.
DAYS = 60
#: The first case of a collector in a batch that is not filtered. The index summary_held gives the
#: collector's cases alone, so the length of the book does not matter.
_NEXT = """
SELECT c.number
FROM casebook_casesummary s
JOIN casebook_case c ON c.id = s.case_id
WHERE s.organisation_id = %(house)s AND s.assignee_id = %(user)s AND s.is_open
    AND c.placement_id = %(placement)s
    AND NOT EXISTS (
        SELECT 1 FROM casebook_casefilter f
        WHERE f.case_id = c.id AND f.placement_id = c.placement_id
    )
ORDER BY s.case_id
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one collector is in one batch."""

    placement: Placement
    user: User
    total: int
    done: int

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        """Whole per cent that are done."""
        return self.done * 100 // self.total if self.total else 100


def next_case(placement: Placement, user: User) -> str | None:
    """Number of the next new case of this collector in the batch; None when all are filtered."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NEXT,
            {"house": user.organisation_id, "user": user.pk, "placement": placement.pk},
        )
        row = cursor.fetchone()
    return row[0] if row else None


def open_batches(user: User, at: dt.datetime) -> QuerySet[Placement]:
    """Batches of the house of late of which filtering is not over."""
    over = PlacementEvent.objects.filter(
        placement=OuterRef("pk"), kind=PlacementEvent.Kind.FILTERED
    )
    of_house = Placement.objects.filter(organisation_id=user.organisation_id or 0)
    return of_house.filter(~Exists(over), accepted_at__gte=at - dt.timedelta(days=DAYS))


def progress(user: User, at: dt.datetime) -> list[Progress]:
    """Each batch and collector that the user sees; the oldest batch in front."""
    batches = {each.pk: each for each in open_batches(user, at).select_related("creditor")}
    seen = visible_cases(user).filter(
        placement__in=list(batches), summary__is_open=True, summary__assignee_id__isnull=False
    )
    done = Count("filters", filter=Q(filters__placement_id=F("placement_id")))
    counted = seen.values("placement_id", "summary__assignee_id").annotate(
        total=Count("pk"), done=done
    )

    rows = list(counted.order_by("placement_id", "summary__assignee_id"))
    users = User.objects.in_bulk([row["summary__assignee_id"] for row in rows])
    return [
        Progress(
            batches[row["placement_id"]],
            users[row["summary__assignee_id"]],
            row["total"],
            row["done"],
        )
        for row in rows
    ]


def sample(user: User) -> QuerySet[CaseFilter]:
    """Filtered cases of the sample that nobody has looked at again and that the user sees."""
    chosen = CaseFilter.objects.filter(
        case__in=visible_cases(user).values("pk"), is_sample=True, look=None
    )
    return chosen.exclude(user=user).select_related("case__person", "user").order_by("pk")


def missing(user: User) -> QuerySet[CaseFilter]:
    """Filtered cases of which something is asked of the client; the newest in front."""
    asked = CaseFilter.objects.filter(case__in=visible_cases(user).values("pk"))
    asked = asked.exclude(asked_fields=[])
    return asked.select_related("case__person", "case__creditor").order_by("-recorded_at", "-pk")
