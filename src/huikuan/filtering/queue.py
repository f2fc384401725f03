"""Which new case comes next, and how far each batch and collector has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Case, CaseFilter, Placement, PlacementEvent
from huikuan.people.models import Creditor, User

#: Days after its acceptance for which a batch that is not filtered stands in the list.
DAYS = 60
#: The first case of a collector in a batch that is not filtered, behind the one that was put off.
#: The index summary_held gives the collector's cases alone, so the length of the book does not
#: matter.
_NEXT = """
SELECT c.number
FROM casebook_casesummary s
JOIN casebook_case c ON c.id = s.case_id
WHERE s.organisation_id = %(house)s AND s.assignee_id = %(user)s AND s.is_open
    AND c.placement_id = %(placement)s
    AND NOT EXISTS (
        SELECT 1 FROM casebook_casefilter f
        WHERE f.case_id = c.id AND f.placement_id = c.placement_id AND f.ended_because = ''
    )
ORDER BY s.case_id <= %(after)s, s.case_id
LIMIT 1
"""


#: The filtering of a case that counts for the batch that brought it.
_STANDING = Q(filters__placement_id=F("placement_id"), filters__ended_because="")


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


def next_case(placement: Placement, user: User, after: int = 0) -> str | None:
    """Number of the next new case of this collector in the batch; None when all are filtered.

    `after`: id of a case that is put off: those behind it come first.
    """
    given = {
        "house": user.organisation_id,
        "user": user.pk,
        "placement": placement.pk,
        "after": after,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, given)
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
    done = Count("filters", filter=_STANDING)
    counted = seen.values("placement_id", "summary__assignee_id").annotate(
        total=Count("pk", distinct=True), done=done
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


def progress_of(user: User, placement: Placement) -> tuple[int, int]:
    """How many new cases of the batch the user holds, and how many of them are filtered."""
    held = Case.objects.filter(
        placement=placement, summary__is_open=True, summary__assignee_id=user.pk
    )
    counted = held.aggregate(
        total=Count("pk", distinct=True), done=Count("filters", filter=_STANDING)
    )
    return counted["total"], counted["done"]


def sample(user: User) -> QuerySet[CaseFilter]:
    """Filtered cases of the sample that nobody has looked at again and that the user sees."""
    chosen = CaseFilter.objects.standing().filter(
        case__in=visible_cases(user).values("pk"), is_sample=True, look=None
    )
    return chosen.exclude(user=user).select_related("case__person", "user").order_by("pk")


def missing(user: User, creditor: int | None = None) -> QuerySet[CaseFilter]:
    """Filtered cases of which something is asked of the client, those not sent yet in front.

    `creditor`: of this one alone. What the client has answered is asked no more.
    """
    asked = CaseFilter.objects.standing().filter(case__in=visible_cases(user).values("pk"))
    asked = asked.exclude(asked_fields=[])
    if creditor is not None:
        asked = asked.filter(creditor_id=creditor)
    related = asked.select_related("case__person", "case__creditor", "placement", "sent_act")
    return related.order_by(F("sent_act").asc(nulls_first=True), "-recorded_at", "-pk")


def asked_creditors(user: User) -> list[tuple[Creditor, int, int]]:
    """Clients of whom something is asked: the client, how many cases, how many not sent yet."""
    rows = missing(user).order_by().values("creditor_id")
    counted = rows.annotate(n=Count("pk"), unsent=Count("pk", filter=Q(sent_act=None)))
    found = {row["creditor_id"]: row for row in counted}
    creditors = Creditor.objects.filter(pk__in=found).order_by("name", "pk")
    return [(each, found[each.pk]["n"], found[each.pk]["unsent"]) for each in creditors]
