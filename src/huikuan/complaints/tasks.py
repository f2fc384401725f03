"""Background work of this room: long dossiers, and each day's tasks of complaints."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app

from huikuan.complaints.dossier_make import MAKE, make_or_fail


@app.task(name=MAKE)
def make_dossier(dossier_id: int) -> None:
    """Makes a dossier. Safe to repeat: one that is made stays as it is."""
    from django.utils import timezone

    make_or_fail(dossier_id, at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="complaints.plan", queueing_lock="complaints.plan")
def plan(timestamp: int, **_kwargs: Any) -> None:
    """Tasks that a new day brings, such as a reply that is due tomorrow. Safe to repeat."""
    from django.utils import timezone

    from huikuan.complaints.days import plan_complaints

    plan_complaints(timezone.now())
