"""What addresses of this room name: a placement."""

from __future__ import annotations

from django.utils import timezone
from tests.book import Book

from huikuan.casebook.models import Placement

#: Its number and its file are looked for where nobody may see them.
NUMBER = "BATCH-OURS"
FILE = "SECRET-FILE.csv"


def words(book: Book) -> dict[str, object]:
    if not Placement.objects.filter(organisation=book.house).exists():
        _make_placement(book)
    return {"number": NUMBER}


def _make_placement(book: Book) -> None:
    now = timezone.now()

    Placement.objects.create(
        organisation=book.house,
        creditor=book.case.creditor,
        act=book.case.act,
        number=NUMBER,
        mapping="card_cn",
        file_name=FILE,
        file_hash="0",
        status="accepted",
        received_at=now,
        received_on=book.today,
        valid_on=book.today,
        accepted_at=now,
    )
