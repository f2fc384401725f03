"""What addresses of this room name: a proposal for a case that waits."""

from __future__ import annotations

from django.utils import timezone
from tests import people
from tests.book import Book

from huikuan.allocation.propose import propose
from huikuan.casebook import facts
from huikuan.casebook.models import AllocationRun


def words(book: Book) -> dict[str, object]:
    if not AllocationRun.objects.filter(organisation=book.house).exists():
        person = people.make_person(book.case.creditor, name=book.case.person.name)
        waiting = people.make_case(person, items=[(book.today, 100)])
        facts.refresh([waiting.pk])
        propose(book.house, book.today, actor=book.lead, at=timezone.now())
    return {"pk": AllocationRun.objects.get(organisation=book.house).pk}
