"""A customer gets a mail once, however often its form is sent and whoever else writes meanwhile."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from huikuan.casebook.models import (
    ContactRecord,
    GateDecision,
    OutboxMessage,
    StatementEvent,
    Task,
)
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.record import record
from huikuan.contacts.undo import undo
from huikuan.mails.send import MailEntry, last_mail, send
from huikuan.people.models import User
from huikuan.receivables.act import Line
from tests import people
from tests.receivables.conftest import LATE, Office, november
from tests.receivables.test_act import codes

MORNING = people.moment(LATE, 10)
SECOND = dt.timedelta(seconds=1)


def chase(office: Office) -> tuple[int, ...]:
    tasks = Task.objects.filter(case=office.case, step__code="chase_email", status="open")
    return tuple(tasks.values_list("pk", flat=True))


def entry(office: Office, *, key: str = "form-1", seen: int = 0, tasks: Any = None) -> MailEntry:
    named = chase(office) if tasks is None else tasks
    return MailEntry(
        point_id=office.case.person.points.get(kind="email").pk,
        subject="付款提醒",
        text="请于本周内付款。",
        task_ids=named,
        request_key=key,
        seen=seen,
    )


def seen(office: Office) -> int:
    last = last_mail(office.case)
    return last.pk if last else 0


def sent(
    office: Office, given: MailEntry, by: User | None = None, at: dt.datetime = MORNING
) -> Any:
    return send(office.case, given, actor=by or office.collector, at=at)


def counts() -> tuple[int, int, int]:
    """Mails, contacts and permissions of the gate in the book."""
    mails = OutboxMessage.objects.filter(purpose="chase").count()
    return mails, ContactRecord.objects.count(), GateDecision.objects.count()


def test_the_same_form_again_gives_the_mail_that_it_sent(late: Office) -> None:
    form = entry(late, seen=seen(late))
    first = sent(late, form)
    assert first.problems == () and first.message is not None
    before = counts()

    again = sent(late, form, at=MORNING + SECOND)
    assert (again.contact, again.message, again.repeated) == (first.contact, first.message, True)
    assert again.problems == ()
    assert counts() == before


def test_another_mail_under_a_used_key_is_refused(late: Office) -> None:
    """Nobody reads *sent* of a mail that never leaves."""
    first = entry(late, seen=seen(late))
    assert sent(late, first).problems == ()
    before = counts()
    for other in (replace(first, text="请于明日付款。"), replace(first, subject="再次提醒")):
        answer = sent(late, other, at=MORNING + SECOND)
        assert (codes(answer), answer.message) == (["contact.mail_key_other"], None)
    assert sent(late, first, at=MORNING + SECOND).repeated
    assert counts() == before


@pytest.mark.parametrize(
    "account",
    [
        "6222 0212 3456 7890 123",
        "6222021234567890123",
        "６２２２０２１２３４５６７８９０",
        "6222-0212-3456",
    ],
)
def test_a_mail_names_no_account_but_the_creditors(late: Office, account: str) -> None:
    """A collector's own words leave as the house's mail; a private account is not in them."""
    given = replace(entry(late, seen=seen(late)), subject="付款账户变更")
    before = counts()
    answer = sent(late, replace(given, text=f"请将欠款付至 {account} 张某个人账户。"))
    assert codes(answer) == ["outbox.account"]
    assert codes(sent(late, replace(given, subject=account))) == ["outbox.account"]
    assert counts() == before


def test_the_creditors_account_an_invoice_a_day_and_a_telephone_are_named_freely(
    late: Office,
) -> None:
    creditor = late.case.creditor
    creditor.pay_to = "招商银行 6222 0212 3456 7890 123"
    creditor.save()
    item = late.items[0]
    item.number = "26312000000123456789"
    item.save()

    text = (
        "发票 26312000000123456789 于 2026-12-10 到期，请于 2026-12-20 10:00 前付至"
        " 6222021234567890123，电话 021-5555 0100，手机 +86 138 0013 8000。"
    )
    answer = sent(late, replace(entry(late, seen=seen(late)), text=text))
    assert answer.problems == ()


def test_the_key_of_a_contact_is_no_key_of_a_mail(late: Office) -> None:
    phone = late.case.person.points.get(kind="phone")
    call = ContactEntry(
        case_id=late.case.pk,
        channel="call",
        inbound=True,
        connected=True,
        point_id=phone.pk,
        answered="debtor",
        identified=True,
        outcome="other",
        note="来电",
        request_key="form-1",
    )

    assert record(call, actor=late.collector, at=MORNING).problems == ()
    assert codes(sent(late, entry(late, key="form-1"))) == ["contact.mail_key_other"]


def test_a_second_tab_does_not_do_again_what_is_done(late: Office) -> None:
    first = entry(late, seen=seen(late))
    second = replace(first, request_key="form-2", seen=None)
    assert sent(late, first).problems == ()
    before = counts()
    assert set(codes(sent(late, second, at=MORNING + SECOND))) == {"contact.mail_done"}
    assert counts() == before


def test_of_two_people_who_wrote_at_once_the_second_sees_the_mail_of_the_first(
    late: Office,
) -> None:
    """Neither names a task, so nothing but the other's mail can stop the second."""
    looked = seen(late)
    first = entry(late, key="form-1", seen=looked, tasks=())
    second = entry(late, key="form-2", seen=looked, tasks=())
    assert sent(late, first).problems == ()
    before = counts()
    refused = sent(late, second, by=late.lead, at=MORNING + SECOND)
    assert codes(refused) == ["contact.mail_since"]
    assert counts() == before

    meant = replace(second, seen=seen(late))
    assert sent(late, meant, by=late.lead, at=MORNING + 2 * SECOND).problems == ()


def test_what_a_mail_is_cannot_be_taken_back_as_a_slip_of_the_hand(late: Office) -> None:
    """The mail leaves all the same; without its record the next one would be the first."""
    contact = sent(late, entry(late, seen=seen(late))).contact
    refused = undo(contact.pk, actor=late.collector, at=MORNING + SECOND)
    assert "undo.posted" in codes(refused)
    assert ContactRecord.objects.filter(pk=contact.pk).exists()


def test_an_answer_of_the_customer_that_is_entered_twice_stands_once(office: Office) -> None:
    """Where the procedure writes to the customer at it, the mail leaves once."""
    office.open()
    office.plan(november(1))
    office.send()
    items = office.items
    differs = Line(items[0].pk, differs=True, note="单价不符")
    other = Line(items[1].pk, differs=True, note="未收到货")
    day = november(20)

    def enter(*lines: Line) -> list[str]:
        return codes(office.record("progress", day, office.collector, lines))

    assert enter(differs, other) == []
    assert enter(other, differs) == ["statement.again"]
    assert enter(differs) == []
    assert StatementEvent.objects.filter(kind="progress").count() == 2
