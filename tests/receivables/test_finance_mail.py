"""One mail and one call a day for a customer; finance's mail is kept on the case and goes along."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import Document, OutboxMessage, Task
from huikuan.documents.read import content_of
from tests.receivables.conftest import Office
from tests.receivables.test_words import CHASED, chased, mail, october

__all__ = ["chased", "october"]
FINANCE_MAIL = b"From: finance@example.com\n\nINV-1 100.00 INV-2 200.00"


def send(office: Office, **more: Any) -> int:
    """Sends the mail of the day as the page proposes it; the answer's status."""
    form = mail(office)
    sent = form.initial | {"point": form.fields["point"].choices[0][0], "documents": []} | more
    client = Client()
    client.force_login(office.collector)
    return client.post(reverse("mails:mail", args=[office.case.number]), sent).status_code


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("盯账邮件.eml", FINANCE_MAIL, "message/rfc822")


def sent_along() -> list[Document]:
    """The documents of the mail that left last."""
    return list(OutboxMessage.objects.latest("pk").documents.order_by("pk"))


def test_finances_mail_is_kept_on_the_case_and_attached(chased: Office) -> None:
    assert send(chased, file=upload()) == 302
    (kept,) = sent_along()
    assert (kept.case, kept.kind, kept.name) == (chased.case, "finance_mail", "盯账邮件.eml")
    assert content_of(kept) == FINANCE_MAIL


def test_what_finance_put_on_the_case_is_offered_and_goes_along(chased: Office) -> None:
    client = Client()
    client.force_login(chased.lead)
    form = {"kind": "finance_mail", "file": upload()}
    assert client.post(reverse("case_papers", args=[chased.case.number]), form).status_code == 302

    kept = Document.objects.get(kind="finance_mail")
    assert mail(chased).initial["documents"] == [kept.pk]
    assert send(chased, documents=[kept.pk]) == 302
    assert sent_along() == [kept]


def open_tasks(office: Office, step: str) -> int:
    return Task.objects.filter(case=office.case, step__code=step, status="open").count()


def test_all_items_of_a_day_are_one_mail(chased: Office) -> None:
    assert open_tasks(chased, "chase_email") == 3
    before = OutboxMessage.objects.count()
    assert send(chased) == 302

    assert OutboxMessage.objects.count() == before + 1
    assert open_tasks(chased, "chase_email") == 0
    chased.plan(CHASED)
    assert open_tasks(chased, "chase_email") == 0


def test_all_items_of_a_day_are_one_call(chased: Office) -> None:
    assert open_tasks(chased, "chase_call") == 3
    client = Client()
    client.force_login(chased.collector)
    phone = chased.case.person.points.get(kind="phone")
    started = client.post(
        reverse("calls:start", args=[chased.case.number, phone.pk]), {"request_key": "page-1"}
    )
    decision = started.content.decode().split('name="decision" value="')[1].split('"')[0]

    page = client.get(reverse("calls:call", args=[chased.case.number, phone.pk]))
    covered = [row.task.pk for row in page.context["tasks"]]
    form = {
        "request_key": "page-1",
        "decision": decision,
        "answered": "debtor",
        "identified": "on",
        "outcome": "next_contact",
        "next_on": str(CHASED.replace(day=28)),
        "next_at": "10:00",
        "reason_code": "cash",
        "willingness": "wavering",
        "note": "说月底前答复",
        "seconds": "65",
        "tasks": covered,
    }
    saved = client.post(reverse("calls:save", args=[chased.case.number, phone.pk]), form)
    assert saved.status_code == 200, saved.content.decode()

    assert open_tasks(chased, "chase_call") == 0
    chased.plan(CHASED)
    assert open_tasks(chased, "chase_call") == 0
