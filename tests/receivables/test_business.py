"""Who owes nothing is still written to about statements and invoices, and asked for no money."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huikuan.calls.start import Started, start
from huikuan.casebook import facts
from huikuan.casebook.models import ContactPoint, ContactRecord, OutboxMessage, Task
from huikuan.mails.send import MailEntry, send
from huikuan.ops.made_once import made_once
from tests import people
from tests.receivables.conftest import FIRST, LATE, Office, november
from tests.receivables.test_act import codes

#: A working day between confirmation and the day on which finance wants the data.
ASKED = november(19)
#: A working day on which the customer is called about the statement.
CALLED = november(10)


@made_once
def paid_up(office: Office) -> Office:
    """Everything is paid before it is due; the statement is confirmed without invoice data."""
    office.open()
    office.plan(FIRST)
    office.send()
    assert office.record("confirmed", november(18), office.collector).problems == ()
    for item in office.case.items.all():
        charge = item.charges.get()
        people.make_payment(office.case, november(18), charge.amount_minor, to=charge)
    facts.refresh([office.case.pk])
    office.plan(ASKED)
    return office


def task(step: str) -> Task:
    return Task.objects.get(step__code=step, status="open")


def mail(office: Office, *tasks: Task) -> Any:
    point = ContactPoint.objects.get(person=office.case.person, kind="email")
    text = "请提供开票资料。"
    keys = tuple(task.pk for task in tasks)
    entry = MailEntry(point_id=point.pk, subject="开票资料", text=text, task_ids=keys)
    return send(office.case, entry, actor=office.collector, at=people.moment(ASKED, 10))


def test_the_customer_is_asked_for_invoice_data(paid_up: Office) -> None:
    asking = task("month_ask_invoice_data")
    assert asking.verdict == "allowed"
    sent = mail(paid_up, asking)
    assert sent.problems == () and sent.contact.decision.purpose == "business"


def test_no_demand_goes_the_same_way(paid_up: Office) -> None:
    """The purpose is that of the open task: none, and one that has ended, leave it a demand."""
    assert codes(mail(paid_up)) == ["contact.refused"]

    asking = task("month_ask_invoice_data")
    Task.objects.filter(pk=asking.pk).update(status="closed")
    assert codes(mail(paid_up, asking)) == ["contact.refused"]
    assert not ContactRecord.objects.exists()


def test_a_call_about_the_statement_is_no_demand(office: Office) -> None:
    """Whoever owes nothing is called about the statement, and for no money."""
    office.open()
    office.plan(FIRST)
    office.send()
    for item in office.case.items.all():
        charge = item.charges.get()
        people.make_payment(office.case, november(5), charge.amount_minor, to=charge)
    facts.refresh([office.case.pk])
    office.plan(CALLED)

    begun = call(office, "call-1", people.moment(CALLED, 10))
    assert begun.allowed and begun.number
    assert begun.decision.purpose == "business"

    Task.objects.filter(pk=task("month_confirm_call").pk).update(status="closed")
    refused = call(office, "call-2", people.moment(CALLED, 11))
    assert not refused.allowed and not refused.number
    assert refused.decision.purpose == "collect"


def call(office: Office, key: str, at: dt.datetime) -> Started:
    point = ContactPoint.objects.get(person=office.case.person, kind="phone")
    return start(office.case, point, actor=office.collector, at=at, key=key)


def test_the_invoice_is_announced(paid_up: Office) -> None:
    paid_up.record("invoice_data", ASKED, paid_up.collector)
    before = OutboxMessage.objects.count()
    sent = paid_up.record("invoice_sent", ASKED, paid_up.finance, note="顺丰 SF100")
    assert sent.problems == ()
    assert OutboxMessage.objects.count() == before + 1


def test_who_cannot_be_reached_is_first_asked_for(late: Office) -> None:
    """What cannot be done stands as not possible today; the sales department is asked."""
    assert verdicts("chase_email") == verdicts("chase_call") == {"allowed"}
    ContactPoint.objects.filter(person=late.case.person, kind="email").update(kind="address")
    facts.refresh([late.case.pk])
    late.plan(LATE)
    assert verdicts("chase_email") == {"NO-POINT"}
    assert verdicts("chase_call") == {"allowed"} and verdicts("ask_contact_data") == set()

    ContactPoint.objects.filter(person=late.case.person, kind="phone").update(kind="address")
    facts.refresh([late.case.pk])
    late.plan(LATE)
    assert verdicts("chase_call") == {"NO-POINT"}
    assert verdicts("ask_contact_data") == {"allowed"}


def verdicts(step: str) -> set[str]:
    found = Task.objects.filter(step__code=step, status="open")
    return set(found.values_list("verdict", flat=True))
