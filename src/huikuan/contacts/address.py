"""Where a customer's mail goes: the newest address of theirs that has not been found dead; and who
reads it there.
"""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery

from huikuan.casebook import sealed
from huikuan.casebook.models import Case, ContactPoint, PointStatus

_Status = PointStatus.Status
DEAD = (_Status.INVALID, _Status.SUSPENDED, _Status.STRANGER, _Status.REFUSED)


def addresses_of(case: Case) -> QuerySet[ContactPoint]:
    """E-mail addresses of the customer that may be written to, the newest first."""
    points = _usable(case).filter(kind=ContactPoint.Kind.EMAIL)
    return points.order_by("-valid_on", "-pk")


def contact_persons_of(case: Case) -> list[str]:
    """Who is named with the customer's numbers and addresses that are in use, each once."""
    named = _usable(case).filter(place=ContactPoint.Place.WORK).exclude(holder="")
    return sorted(set(named.values_list("holder", flat=True)))


def _usable(case: Case) -> QuerySet[ContactPoint]:
    """The customer's own points that have not been found dead."""
    newest = PointStatus.objects.filter(point=OuterRef("pk")).order_by("-valid_on", "-pk")
    points = ContactPoint.objects.filter(person_id=case.person_id, whose=ContactPoint.Whose.DEBTOR)
    known = points.annotate(last_status=Subquery(newest.values("status")[:1]))
    return known.filter(Q(last_status=None) | ~Q(last_status__in=DEAD))


def spelled(point: ContactPoint) -> str:
    """The address in the open, for the mail alone."""
    return sealed.unseal(point.value_sealed)
