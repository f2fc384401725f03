"""What addresses of this room name: a call of the case, and how it ended."""

from __future__ import annotations

import uuid

from django.utils import timezone
from tests import people
from tests.book import Book

from huikuan.casebook.models import PhoneCall


def words(book: Book) -> dict[str, object]:
    call = PhoneCall.objects.filter(case=book.case).first() or _make_call(book)
    return {"call": call.call_id, "event": "ended"}


def _make_call(book: Book) -> PhoneCall:
    case = book.case
    point = case.person.points.get()
    now = timezone.now()

    return PhoneCall.objects.create(
        organisation=book.house,
        creditor=case.creditor,
        act=case.act,
        case=case,
        call_id=uuid.uuid4(),
        point=point,
        decision=people.make_decision(case, now, point),
        adapter="console",
        started_at=now,
    )
