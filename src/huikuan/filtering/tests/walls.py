"""What addresses of this room name: a new case that was filtered, and its batch."""

from __future__ import annotations

from tests.batch import number_of_batch
from tests.book import Book

from huikuan.casebook.models import CaseFilter


def words(book: Book) -> dict[str, object]:
    number = number_of_batch(book)
    row = CaseFilter.objects.filter(organisation=book.house).first() or _make(book)
    return {"filtered": row.pk, "number": number, "creditor": row.creditor_id}


def _make(book: Book) -> CaseFilter:
    from huikuan.casebook.models import Placement

    placement = Placement.objects.filter(organisation=book.house).first()
    return CaseFilter.objects.create(
        organisation=book.house,
        creditor=book.case.creditor,
        act=book.case.act,
        valid_on=book.today,
        recorded_at=book.case.recorded_at,
        case=book.case,
        placement=placement,
        user=book.collector,
        class_code="ready",
        reach="none",
        is_sample=True,
        asked_fields=["identity"],
    )
