"""What addresses of this room name: a missed deadline and a penalty for it."""

from __future__ import annotations

from tests.book import Book

from huikuan.casebook.models import Breach, Penalty
from huikuan.clocks.tests import walls as clocks


def words(book: Book) -> dict[str, object]:
    clock = clocks.words(book)["clock"]
    breach = Breach.objects.filter(clock=clock).first()
    assert breach is not None
    penalty = Penalty.objects.filter(breach=breach).first() or _make(book, breach)
    return {"breach": breach.pk, "penalty": penalty.pk}


def _make(book: Book, breach: Breach) -> Penalty:
    return Penalty.objects.create(
        organisation=book.house,
        creditor=book.case.creditor,
        act=book.case.act,
        breach=breach,
        user=book.collector,
        kind="warning",
        reason=book.case.person.name,
        evidence="—",
        proposed_at=breach.recorded_at,
        month=book.today.replace(day=1),
    )
