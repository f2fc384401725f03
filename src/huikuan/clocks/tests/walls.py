"""What addresses of this room name: a deadline of the case, with a reason and a breach."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from tests.book import Book

from huikuan.casebook.models import Breach, Clock, ClockExtension


def words(book: Book) -> dict[str, object]:
    clock = Clock.objects.filter(case=book.case).first()
    return {"clock": (clock or _make_clock(book)).pk}


def _make_clock(book: Book) -> Clock:
    now = timezone.now()
    case = book.case

    clock = Clock.objects.create(
        organisation=book.house,
        creditor=case.creditor,
        case=case,
        subject_kind="case",
        subject_id=case.pk,
        pack="own",
        kind="told",
        title={"zh": "告知", "en": "Told"},
        source="own 1",
        role="collector",
        started_at=now - dt.timedelta(hours=2),
        recorded_at=now - dt.timedelta(hours=2),
        due_at=now - dt.timedelta(hours=1),
    )
    reason = f"{case.person.name}"
    ClockExtension.objects.create(clock=clock, act=case.act, reason=reason, given_at=now)
    Breach.objects.create(clock=clock, due_at=clock.due_at, role=clock.role, recorded_at=now)
    return clock
