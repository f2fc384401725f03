"""What addresses of this room name: a look-up of the case."""

from __future__ import annotations

from tests.book import Book

from huikuan.casebook.models import LookUp


def words(book: Book) -> dict[str, object]:
    found = LookUp.objects.filter(case=book.case).first()
    return {"look_up": (found or _make(book)).pk}


def _make(book: Book) -> LookUp:
    return LookUp.objects.create(
        organisation=book.house,
        creditor=book.case.creditor,
        act=book.case.act,
        valid_on=book.today,
        recorded_at=book.case.recorded_at,
        case=book.case,
        kind="register",
        basis="contract",
        evidence="合同第八条",
        addressed_to=book.case.person.name,
        question="户籍地址",
    )
