"""The batch of the book that the walls are tried on; its number and file no other house may see."""

from __future__ import annotations

from django.utils import timezone

from huikuan.casebook.models import Placement
from tests.book import Book

NUMBER = "BATCH-OURS"
FILE = "SECRET-FILE.csv"


def number_of_batch(book: Book) -> str:
    """The number of the batch, which is made at the first question."""
    if not Placement.objects.filter(organisation=book.house).exists():
        _make(book)
    return NUMBER


def _make(book: Book) -> None:
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
