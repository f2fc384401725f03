"""A statement leaves by mail, with the PDF of its month; page and facts have its figures."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from huikuan.casebook import facts
from huikuan.casebook.models import (
    CaseSummary,
    ContactPoint,
    Mailbox,
    OutboxMessage,
    Spent,
    StatementEvent,
)
from huikuan.documents.read import content_of
from huikuan.documents.statement import statement_of
from huikuan.lib.money import to_decimal
from huikuan.outbox.mailbox import Mail
from huikuan.outbox.payload import payload_of
from huikuan.outbox.take import take
from huikuan.outbox.tests import mails
from huikuan.people.models import Organisation
from huikuan.receivables.act import Entry, record
from tests import people
from tests.receivables.conftest import FIRST, MAIL, OCTOBER, Office, count_mails, november
from tests.receivables.test_act import codes


@pytest.fixture(autouse=True)
def opened(office: Office) -> Office:
    office.open()
    office.plan(FIRST)
    return office


def checked(office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    office.record("checked", november(3), office.lead)


def test_the_figures_of_the_month_are_those_of_the_account(office: Office) -> None:
    item = office.items[0]
    people.make_charge(item, "principal", -1_500, on=OCTOBER.replace(day=20))
    people.make_payment(office.case, OCTOBER.replace(day=25), 4_000)
    people.make_payment(office.case, november(2), 9_000)
    facts.refresh([office.case.pk])

    (account,) = statement_of(office.case, OCTOBER).accounts
    summary = office.facts()
    charged = account.total_minor("charge") + account.total_minor("credit_note")
    paid = account.total_minor("payment") + account.total_minor("reversal")
    assert summary.month_charged_minor == charged == 28_500
    assert summary.month_paid_minor == -paid == 4_000
    assert summary.month_owed_minor == account.closing_minor == 24_500
    assert not facts.differences()


def test_it_leaves_with_its_pdf_and_uses_up_an_answer_of_the_gate(office: Office) -> None:
    checked(office)
    assert office.record("sent", november(5), office.lead).problems == ()

    message = OutboxMessage.objects.get()
    assert (message.subject_kind, message.subject_id) == ("statement", office.statement.pk)
    payload = payload_of(message)
    assert payload["to"] == MAIL
    assert payload["subject"] == "2026-10对账单，请核对确认"
    owed = f"{to_decimal(office.facts().month_owed_minor, 'CNY'):,f}"
    assert f"期末余额{owed}元" in payload["text"] and "李会计" in payload["text"]
    assert Spent.objects.get(kind="message").row_id == message.pk

    document = message.documents.get()
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(content_of(document))).pages
    )
    assert owed in text and "2026-11-20" in text, "to be confirmed by the day of the procedure"


def test_the_mail_that_leaves_is_the_one_that_was_checked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(office)
    written = count_mails(monkeypatch)
    assert office.record("sent", november(5), office.lead).problems == ()
    assert [ready.text.text for ready in written] == [
        payload_of(OutboxMessage.objects.get())["text"]
    ]


def test_without_an_address_it_does_not_leave_unseen(office: Office) -> None:
    ContactPoint.objects.filter(kind="email").delete()
    checked(office)
    assert codes(office.record("sent", november(5), office.lead)) == ["mail.no_address"]
    assert not StatementEvent.objects.filter(kind="sent").exists()

    by_hand = Entry("sent", november(5), "微信发给李会计", by_mail=False)
    at = people.moment(november(5), 10)
    answer = record(office.statement.pk, by_hand, actor=office.lead, at=at)
    assert answer.problems == () and not OutboxMessage.objects.exists()


def test_a_mail_with_a_gap_does_not_leave(office: Office) -> None:
    Organisation.objects.update(callback_phone="")
    checked(office)
    answer = office.record("sent", november(5), office.lead)
    assert codes(answer) == ["mail.words"]
    assert "回电号码" in str(answer.problems[0].params)
    assert not OutboxMessage.objects.exists()


def test_what_the_gate_forbids_writes_nothing(office: Office) -> None:
    checked(office)
    people.make_hold(office.case, november(4), kind="bankrupt", scope="person")
    facts.refresh([office.case.pk])
    assert codes(office.record("sent", november(5), office.lead)) == ["mail.gate"]
    assert not StatementEvent.objects.filter(kind="sent").exists()
    assert not OutboxMessage.objects.exists()


def test_finance_tells_how_the_invoice_went(office: Office) -> None:
    office.send()
    office.record("confirmed", november(18), office.collector)
    office.record("invoice_data", november(19), office.collector)
    answer = office.record("invoice_sent", november(20), office.finance, note="顺丰 SF123")
    assert answer.problems == ()
    text = payload_of(OutboxMessage.objects.latest("pk"))["text"]
    assert "顺丰 SF123" in text and "300.00" in text


def test_a_mail_that_comes_back_becomes_a_task(office: Office) -> None:
    office.send()
    message = OutboxMessage.objects.get()
    message.status = OutboxMessage.Status.SENT
    message.sent_at = people.moment(november(5), 11)
    message.save()
    raw = mails.postfix_bounce(message.far_id).replace(mails.TO.encode(), MAIL.encode())
    came = people.moment(november(6), 9)
    mail = Mail(1, 1, came, raw)
    take(Mailbox.objects.create(name="test"), raw, mail=mail, at=came)

    message.refresh_from_db()
    assert message.status == OutboxMessage.Status.BOUNCED
    summary = CaseSummary.objects.get(pk=office.case.pk)
    assert (summary.has_email, summary.email_dead_on) == (False, november(6))
    office.plan(november(6))
    open_now = office.case.tasks.filter(status="open").values_list("step__code", flat=True)
    assert "mail_came_back" in open_now
