"""An event and its mail, a lock and its message do not part ways in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from huikuan.casebook.models import OutboxMessage, StatementVoid, Task
from huikuan.lib.sentences import Refusal
from huikuan.ops.made_once import made_once
from huikuan.outbox import settle, state
from huikuan.outbox.targets import set_target
from huikuan.people.models import User
from huikuan.receivables import lock
from huikuan.receivables.lock import LockEntry
from tests import people
from tests.receivables.conftest import FIRST, LATE, Office, november
from tests.receivables.test_lock import enter, grant

SENT_ON = november(5)
#: The mail waits still: no worker has taken it.
LATER = people.moment(SENT_ON, 11)


@made_once
def sent(office: Office) -> OutboxMessage:
    """The statement of October is entered as sent, and its mail waits to leave."""
    office.open()
    office.plan(FIRST)
    for kind, day, actor in (("submitted", 3, office.collector), ("checked", 4, office.lead)):
        assert office.record(kind, november(day), actor).problems == ()
    office.plan(SENT_ON)
    assert office.record("sent", SENT_ON, office.lead).problems == ()
    assert office.facts().month_sent_on == SENT_ON
    return OutboxMessage.objects.get(purpose="statement")


def refused(call: Callable[[], object]) -> str:
    """The code of what is said against it."""
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.problem.code


def told(message: OutboxMessage, result: str) -> None:
    """What the far side says of a try."""
    claimed = state.claim(message.pk, LATER)
    assert claimed is not None
    state.finish(claimed, state.Outcome(result, "550"), LATER)  # type: ignore[arg-type]


def withdraw(message: OutboxMessage, actor: User, at: dt.datetime = LATER) -> OutboxMessage:
    return settle.withdraw(message.pk, actor=actor, at=at, reason="金额有误")


def is_to_be_sent(office: Office) -> bool:
    return Task.objects.filter(step__code="month_send", status="open").exists()


def test_a_statement_whose_mail_was_withdrawn_was_not_sent(
    office: Office, sent: OutboxMessage
) -> None:
    withdraw(sent, office.lead)
    assert office.facts().month_sent_on is None
    assert is_to_be_sent(office)
    assert StatementVoid.objects.get().reason == "金额有误"
    assert office.record("sent", november(6), office.lead).problems == ()


def test_a_statement_whose_mail_was_refused_was_not_sent(
    office: Office, sent: OutboxMessage
) -> None:
    told(sent, "refused")
    assert office.facts().month_sent_on is None
    assert is_to_be_sent(office)
    assert StatementVoid.objects.get().act.actor.username.startswith("service.")


def test_what_the_customer_confirmed_meanwhile_they_have(
    office: Office, sent: OutboxMessage
) -> None:
    """It came to them another way: the mail that comes back late takes nothing back."""
    told(sent, "taken")
    assert office.record("confirmed", november(8), office.collector).problems == ()
    sent.refresh_from_db()
    sent.status = OutboxMessage.Status.OUTCOME_UNKNOWN
    sent.save(update_fields=["status"])

    settle.settle(sent.pk, "failed", actor=office.lead, at=LATER, reason="退信")
    assert office.facts().month_sent_on == SENT_ON
    assert not StatementVoid.objects.exists()


def test_a_collector_does_not_keep_back_what_the_lead_sent(
    office: Office, sent: OutboxMessage
) -> None:
    assert refused(lambda: withdraw(sent, office.collector)) == "outbox.of_other"
    assert office.facts().month_sent_on == SENT_ON


def test_a_failed_statement_is_not_sent_again_as_if_it_were_that_of_before(
    office: Office, sent: OutboxMessage
) -> None:
    withdraw(sent, office.lead)
    again = {"at": people.moment(november(20), 10), "reason": "再发"}
    for actor in (office.collector, office.lead):
        said = refused(lambda actor=actor: settle.retry(sent.pk, actor=actor, **again))
        assert said == "statement.mail_void"


def test_a_mail_of_an_older_book_asks_the_role_of_its_event(
    office: Office, sent: OutboxMessage
) -> None:
    """There its event still stands, though the mail failed."""
    OutboxMessage.objects.filter(pk=sent.pk).update(status="failed", next_at=None)
    again = {"at": LATER, "reason": "再发"}
    said = refused(lambda: settle.retry(sent.pk, actor=office.collector, **again))
    assert said == "statement.role"
    assert settle.retry(sent.pk, actor=office.lead, **again).status == "waiting"


def test_the_notice_of_a_lock_is_of_whoever_locked(late: Office, proprietor: User) -> None:
    grant(late, proprietor)
    notice = enter(late).lock.notice
    at = people.moment(LATE, 11)
    assert refused(lambda: withdraw(notice, late.collector, at)) == "outbox.of_other"

    withdraw(notice, late.manager, at)
    again = {"at": at, "reason": "再发"}
    assert refused(lambda: settle.retry(notice.pk, actor=late.collector, **again)) == (
        "statement.role"
    )
    assert settle.retry(notice.pk, actor=late.manager, **again).status == "waiting"


# events for the order system


def acknowledge(message: OutboxMessage, actor: User) -> OutboxMessage:
    at = people.moment(LATE, 11)
    return settle.acknowledge(message.pk, actor=actor, at=at, reason="仓库电话确认")


@made_once
def locked(late: Office, proprietor: User) -> OutboxMessage:
    """The event of a lock that no worker has tried to send."""
    grant(late, proprietor)
    message: OutboxMessage = enter(late).lock.message
    return message


def test_a_collector_does_not_acknowledge_a_lock(late: Office, locked: OutboxMessage) -> None:
    for actor in (late.collector, late.lead):
        assert refused(lambda actor=actor: acknowledge(locked, actor)) == "outbox.right"


def test_what_was_never_tried_is_not_acknowledged_while_there_is_an_address(
    late: Office, locked: OutboxMessage
) -> None:
    at = people.moment(LATE, 10)
    secret = "whsec_" + "A" * 44
    set_target("erp.lock", "https://erp.example.com/hooks", secret, actor=late.manager, at=at)
    assert refused(lambda: acknowledge(locked, late.manager)) == "outbox.not_tried"
    assert state.due(at + dt.timedelta(hours=1)).filter(pk=locked.pk).exists()

    claimed = state.claim(locked.pk, at + dt.timedelta(minutes=1))
    assert claimed is not None
    state.finish(claimed, state.Outcome("put_off", "timeout"), at + dt.timedelta(minutes=2))
    answered = acknowledge(locked, late.manager)
    assert answered.acknowledged_at is not None
    assert answered.sent_at is None, "a person's word sends nothing"


def test_without_an_address_somebody_tells_the_order_system_and_nothing_was_sent(
    late: Office, locked: OutboxMessage
) -> None:
    supply = people.make_user("supply_chain")
    answered = acknowledge(locked, supply)
    assert (answered.status, answered.sent_at) == ("failed", None)
    assert answered.acknowledged_at is not None
    assert not state.due(people.moment(LATE, 23)).filter(pk=locked.pk).exists()

    again = {"at": people.moment(LATE, 12), "reason": "再发"}
    assert refused(lambda: settle.retry(locked.pk, actor=late.manager, **again)) == (
        "outbox.not_webhook"
    )


def test_a_lock_of_an_older_book_still_ends(late: Office, proprietor: User) -> None:
    """It names no items: what is overdue of the customer is asked then."""
    grant(late, proprietor)
    standing = enter(late).lock
    standing.item_ids = []
    standing.save(update_fields=["item_ids"])

    assert lock.ends_because(late.case, LATE) == ""
    entry = LockEntry(kind="unlock", because="paid", reason="回单")
    at = people.moment(LATE, 12)
    answer = lock.enter(late.case.pk, entry, actor=late.manager, at=at)
    assert [each.code for each in answer.problems] == ["lock.still_overdue"]
