"""What addresses of this room name: a hold of the case, and a request for one."""

from __future__ import annotations

from django.utils import timezone
from tests import people
from tests.book import Book

from huikuan.approvals.ask import ask
from huikuan.casebook import facts
from huikuan.casebook.models import Approval, Hold


def words(book: Book) -> dict[str, object]:
    case = book.case
    hold = Hold.objects.filter(case=case).first()
    if hold is None:
        hold = people.make_hold(case, book.today)
        facts.refresh([case.pk])

    request = Approval.objects.filter(case=case, kind=Approval.Kind.HOLD).first()
    if request is None:
        reason = case.person.name
        now = timezone.now()
        request = ask("hold", act=case.act, case=case, subject={}, reason=reason, at=now)
    return {"hold": hold.pk, "approval": request.pk}
