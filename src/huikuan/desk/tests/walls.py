"""What addresses of the desk name: a procedure, and what was decided of it."""

from __future__ import annotations

import datetime as dt

from tests.book import Book

from huikuan.casebook.models import Document, Notice, PackActivation, PackVersion
from huikuan.desk import clock
from huikuan.documents.keep import keep
from huikuan.documents.store import NewDocument
from huikuan.planning.activate import Scope, activate

PACK = "phone_collection"


def words(book: Book) -> dict[str, object]:
    activation = PackActivation.objects.filter(creditor=book.case.creditor).first()
    if activation is None:
        _decide(book)
        activation = PackActivation.objects.get(creditor=book.case.creditor)
    return {
        "name": PACK,
        "activation": activation.pk,
        "document": _contract(book),
        "notice": _notice(book),
    }


def _notice(book: Book) -> int:
    """What only our collector was told."""
    return Notice.objects.create(
        user=book.collector,
        kind=Notice.Kind.FILTER,
        params={"case": book.case.number, "what": "answered", "by": str(book.manager)},
        at=clock.now(),
    ).pk


def _contract(book: Book) -> int:
    """A document on our case, whose name nobody else may read."""
    there = Document.objects.filter(case=book.case).first()
    if there is not None:
        return there.pk

    new = NewDocument("contract", f"{book.case.person.name}.pdf", b"%PDF-1.4 contract")
    kept = keep(book.case.pk, new, actor=book.collector, at=clock.now()).document
    assert kept is not None
    return kept.pk


def _decide(book: Book) -> None:
    """What our manager decided for our creditor, from a later day on."""
    activate(
        PackVersion.objects.filter(pack=PACK).latest("pk"),
        actor=book.manager,
        at=clock.now(),
        scope=Scope(creditor=book.case.creditor),
        from_on=book.today + dt.timedelta(9),
        reason=book.case.person.name,
    )
