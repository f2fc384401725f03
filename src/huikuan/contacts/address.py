"""Where a customer's mail goes: the newest address of theirs that has not been found dead."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery

from huikuan.casebook import sealed
from huikuan.casebook.models import Case, ContactPoint, PointStatus

_Status = PointStatus.Status
DEAD = (_Status.INVALID, _Status.SUSPENDED, _Status.STRANGER, _Status.REFUSED)


def addresses_of(case: Case) -> QuerySet[ContactPoint]:
    """E-mail addresses of the customer that may be written to, the newest first."""
    newest = PointStatus.objects.filter(point=OuterRef("pk")).order_by("-valid_on", "-pk")
    points = ContactPoint.objects.filter(
        person_id=case.person_id,
        kind=ContactPoint.Kind.EMAIL,
        whose=ContactPoint.Whose.DEBTOR,
    )
    known = points.annotate(last_status=Subquery(newest.values("status")[:1]))
    usable = Q(last_status=None) | ~Q(last_status__in=DEAD)
    return known.filter(usable).order_by("-valid_on", "-pk")


def spelled(point: ContactPoint) -> str:
    """The address in the open, for the mail alone."""
    return sealed.unseal(point.value_sealed)
