"""Which look-ups a user sees: those of the cases that the user sees."""

from __future__ import annotations

from django.db.models import QuerySet

from huikuan.casebook.access import visible_ids
from huikuan.casebook.models import LookUp
from huikuan.people.models import User


def visible_look_ups(user: User) -> QuerySet[LookUp]:
    """The look-ups with their cases."""
    seen = LookUp.objects.filter(organisation_id=user.organisation_id or 0)
    if not user.sees_house:
        seen = seen.filter(case_id__in=visible_ids(user))
    if not user.is_active or not user.walls:
        return seen.none()
    return seen.select_related("case__person", "case__organisation", "act__actor")
