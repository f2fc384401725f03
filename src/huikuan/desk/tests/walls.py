"""What addresses of the desk name: a procedure, and what was decided of it."""

from __future__ import annotations

import datetime as dt

from tests.book import Book

from huikuan.casebook.models import PackActivation, PackVersion
from huikuan.desk import clock
from huikuan.planning.activate import Scope, activate

PACK = "phone_collection"


def words(book: Book) -> dict[str, object]:
    activation = PackActivation.objects.filter(creditor=book.case.creditor).first()
    if activation is None:
        _decide(book)
        activation = PackActivation.objects.get(creditor=book.case.creditor)
    return {"name": PACK, "activation": activation.pk}


def _decide(book: Book) -> None:
    """What our manager decided for our creditor, from a later day on."""
    activate(
        PackVersion.objects.get(pack=PACK),
        actor=book.manager,
        at=clock.now(),
        scope=Scope(creditor=book.case.creditor),
        from_on=book.today + dt.timedelta(9),
        reason=book.case.person.name,
    )
