"""What addresses of this room name: a task of the case, and a request for its step."""

from __future__ import annotations

from django.utils import timezone
from tests.book import Book

from huikuan.approvals.ask import ask
from huikuan.casebook.models import Approval, Task
from huikuan.engine.chain import Chain, Station


def words(book: Book) -> dict[str, object]:
    task = Task.objects.filter(case=book.case).select_related("step").order_by("pk")[0]
    request = Approval.objects.filter(case=book.case, kind=Approval.Kind.STEP).first()
    return {"task": task.pk, "approval": (request or _ask(book, task)).pk}


def _ask(book: Book, task: Task) -> Approval:
    subject = {
        "pack_version": task.pack_version_id,
        "step": task.step.code,
        "due_on": str(task.due_on),
    }

    return ask(
        Approval.Kind.STEP,
        act=book.case.act,
        case=book.case,
        subject=subject,
        reason=book.case.person.name,
        at=timezone.now(),
        tasks=[task],
        chain=Chain((Station("manager"),)),
    )
