"""Which channels a user sees: those of the house; a client those of their own."""

from __future__ import annotations

from django.db.models import QuerySet

from huikuan.casebook.models import Channel
from huikuan.people.models import User


def visible_channels(user: User) -> QuerySet[Channel]:
    """The channels of the user's house with their clients, by name."""
    if not user.is_active or user.organisation is None or not user.walls:
        return Channel.objects.none()
    seen = Channel.objects.filter(organisation=user.organisation)
    if user.is_client:
        seen = seen.filter(creditor_id=user.creditor_id or 0)
    return seen.select_related("organisation", "creditor").order_by("ended_id", "code")
