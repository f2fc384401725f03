"""A statement leaves by mail, with the PDF of its month; page and facts have its figures."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from huikuan.casebook import facts
from huikuan.casebook.models import (
    CaseSummary,
    ContactPoint,
    Item,
    Mailbox,
    OutboxMessage,
    Spent,
    StatementEvent,
)
from huikuan.contacts.statement_values import statement_values
from huikuan.documents.read import content_of
from huikuan.documents.statement import statement_of
from huikuan.lib.money import to_decimal
from huikuan.ops.made_once import made_once
from huikuan.outbox.mailbox import Mail
from huikuan.outbox.payload import payload_of
from huikuan.outbox.take import take
from huikuan.outbox.tests import mails
from huikuan.people.models import Organisation
from huikuan.receivables import dispatch
from huikuan.receivables.act import Entry, record
from tests import people
from tests.receivables.conftest import FIRST, MAIL, OCTOBER, Office, count_mails, november
from tests.receivables.test_act import codes


@made_once(autouse=True)
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
    assert payload["subject"] == "2026年10月对账单，请核对确认"
    owed = f"{to_decimal(office.facts().month_owed_minor, 'CNY'):,f}"
    assert f"期末余额{owed}元" in payload["text"] and "李会计" in payload["text"]
    assert Spent.objects.get(kind="message").row_id == message.pk

    document = message.documents.get()
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(content_of(document))).pages
    )
    assert owed in text and "2026-11-20" in text, "to be confirmed by the day of the procedure"
    assert "11月20日" in payload["text"], "the mail says the same day as people write it"


def test_the_mail_that_leaves_is_the_one_that_was_checked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(office)
    written = count_mails(monkeypatch)
    assert office.record("sent", november(5), office.lead).problems == ()
    assert [ready.text.text for ready in written] == [
        payload_of(OutboxMessage.objects.get())["text"]
    ]


def test_a_statement_that_leaves_late_asks_for_no_day_that_is_past(office: Office) -> None:
    """Sent a week after the 20th: PDF, mail and the task name the day thirteen days later."""
    office.record("submitted", november(26), office.collector)
    office.record("checked", november(26), office.lead)
    assert office.record("sent", november(27), office.lead).problems == ()

    message = OutboxMessage.objects.get()
    content = content_of(message.documents.get())
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "2026-12-10" in text and "2026-11-20" not in text
    mail = payload_of(message)["text"]
    assert "12月10日" in mail and "11月20日" not in mail

    for day, is_due in ((dt.date(2026, 12, 9), False), (dt.date(2026, 12, 10), True)):
        office.plan(day)
        assert ("month_confirm_due" in office.steps()) == is_due, day


def test_what_is_asked_for_again_after_the_day_names_a_later_one(office: Office) -> None:
    office.send()
    office.record("confirmed", november(27), office.collector)
    values = statement_values(office.case, frozenset({office.statement.pk}), november(28))
    assert values["confirm_by"] == values["receipts_by"] == "12月1日"
    values = statement_values(office.case, frozenset({office.statement.pk}), november(19))
    assert values["confirm_by"] == values["receipts_by"] == "11月20日"


def test_an_own_house_represents_nobody(office: Office) -> None:
    Organisation.objects.update(name=office.case.creditor.name)
    checked(office)
    office.record("sent", november(5), office.lead)
    message = OutboxMessage.objects.get()
    content = content_of(message.documents.get())
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "代表" not in payload_of(message)["text"] and "经办" not in text


def test_the_contact_person_is_greeted_where_one_is_known(office: Office) -> None:
    """Named with the telephone alone; two names, or one at a dead number, name nobody."""
    ContactPoint.objects.filter(kind="email").update(holder="")
    phone = office.case.person.points.get(kind="phone")
    ContactPoint.objects.filter(pk=phone.pk).update(holder="陈会计")
    assert "陈会计，您好" in mail_of(office)

    other = people.make_point(
        office.case, kind="phone", place="work", holder="王经理", value="0571-5555 0123"
    )
    assert "财务负责人，您好" in mail_of(office)
    people.make_status(other, office.case, "invalid", november(4))
    assert "陈会计，您好" in mail_of(office)


def mail_of(office: Office) -> str:
    """The mail with which the statement would leave."""
    prepared = dispatch.prepare(office.statement, "sent", "", office.lead, november(5))
    assert prepared is not None and prepared.mail.text is not None
    return prepared.mail.text.text


def test_a_month_without_invoices_asks_for_no_invoice_data(office: Office) -> None:
    assert "开票资料" in mail_of(office)
    for item in office.items[:2]:
        people.make_charge(
            item, "principal", -item.charges.get().amount_minor, on=OCTOBER.replace(day=20)
        )
    facts.refresh([office.case.pk])
    assert "开票" not in mail_of(office) and "____" not in mail_of(office)


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


def test_the_invoice_mail_names_the_invoices_of_its_month_alone(office: Office) -> None:
    """The first statement carries an older invoice as well, with a due day of its own."""
    old = people.make_item(office.case, dt.date(2026, 11, 1), 7_000, on=dt.date(2026, 9, 2))
    Item.objects.filter(pk=old.pk).update(number="INV-0")
    facts.refresh([office.case.pk])
    office.send()
    office.record("confirmed", november(18), office.collector)
    office.record("invoice_data", november(19), office.collector)
    answer = office.record("invoice_sent", november(20), office.finance, note="电子发票已发邮箱")
    assert answer.problems == ()

    text = payload_of(OutboxMessage.objects.latest("pk"))["text"]
    assert "INV-1金额100.00元，付款日12月10日\nINV-2金额200.00元，付款日12月10日\n" in text
    assert "INV-0" not in text and "11月1日" not in text and "寄出" not in text


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
