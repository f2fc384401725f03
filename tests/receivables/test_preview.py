"""What a page shows of a mail before it leaves is, word for word, the mail that leaves."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook.models import OutboxMessage
from huikuan.outbox.payload import payload_of
from huikuan.people.models import User
from tests import people
from tests.receivables.conftest import FIRST, Office, november
from tests.receivables.test_lock import LATE, grant

_MAIL = re.compile(r'<p class="hk-mail-text">(.*?)</p>', re.DOTALL)


@pytest.fixture(autouse=True)
def opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(timezone, "now", lambda: people.moment(november(16), 10))
    office.open()
    office.plan(FIRST)
    return office


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def shown(markup: str) -> str:
    """The mail as the page shows it; empty where it shows none."""
    match = _MAIL.search(markup)
    if match is None:
        return ""
    return html.unescape(match[1].replace("<br>", "\n"))


def sent() -> str:
    return str(payload_of(OutboxMessage.objects.latest("pk"))["text"])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_a_statement_shows_the_mail_that_leaves(office: Office, language: str) -> None:
    """In the language of the house, whoever reads the page."""
    office.record("submitted", november(13), office.collector)
    office.record("checked", november(13), office.lead)
    office.plan(november(16))
    client = signed_in(office.lead, language)
    address = reverse("receivables:statement", args=[office.statement.pk])
    before = shown(client.get(address).content.decode())

    given = {"kind": "sent", "on": "2026-11-16", "note": "", "by_mail": "on"}
    assert client.post(address, given).status_code == 302
    assert before == sent() and "李会计，您好" in before


def test_the_note_stands_in_the_mail_while_it_is_typed(office: Office) -> None:
    office.send()
    office.record("confirmed", november(13), office.collector)
    office.record("invoice_data", november(13), office.collector)
    client = signed_in(office.finance)
    address = reverse("receivables:preview", args=[office.statement.pk])
    given = {"kind": "invoice_sent", "on": "2026-11-16", "by_mail": "on"}

    part = client.post(address, given).content.decode()
    assert "____" in shown(part) and "还没有填写" in part
    given["note"] = "电子发票已发邮箱"
    part = client.post(address, given).content.decode()
    assert "电子发票已发邮箱" in shown(part) and "还没有填写" not in part

    page = reverse("receivables:statement", args=[office.statement.pk])
    assert client.post(page, given).status_code == 302
    assert shown(part) == sent()


def test_an_event_of_another_role_shows_no_mail(office: Office) -> None:
    office.record("submitted", november(13), office.collector)
    office.record("checked", november(13), office.lead)
    address = reverse("receivables:preview", args=[office.statement.pk])
    given = {"kind": "sent", "by_mail": "on"}
    assert shown(signed_in(office.collector).post(address, given).content.decode()) == ""
    assert shown(signed_in(office.lead).post(address, given).content.decode()) != ""


def test_the_page_of_a_lock_shows_the_notice_that_leaves(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.send()
    office.record("confirmed", november(18), office.collector)
    office.plan(LATE)
    monkeypatch.setattr(timezone, "now", lambda: people.moment(LATE, 10))
    grant(office, people.make_user("proprietor"))

    client = signed_in(office.manager)
    address = reverse("receivables:case_lock", args=[office.case.number])
    before = shown(client.get(address).content.decode())
    assert "仅限新订单" in before and "INV-1" in before

    given = {"orders": "new", "reason": "屡催不付", "by_mail": "on"}
    part = client.post(reverse("receivables:lock_preview", args=[office.case.number]), given)
    assert client.post(address, given).status_code == 302
    assert before == shown(part.content.decode()) == sent()
