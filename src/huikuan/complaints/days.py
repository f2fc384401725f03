"""What a new day demands of complaints."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook.apart import plan_apart
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Complaint
from huikuan.people.models import Organisation


def plan_complaints(at: dt.datetime) -> None:
    """The tasks of every complaint, by the local day of its house. Again, it changes nothing."""
    houses = Complaint.objects.order_by().values("organisation_id").distinct()
    for house in Organisation.objects.filter(pk__in=houses).order_by("pk"):
        with transaction.atomic():
            plan_apart("complaint", house, day_of(house, at), at=at)
