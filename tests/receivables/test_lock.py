"""Deliveries are locked by a granted task and unlocked; order system and customer are told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.approvals import step as approvals
from huikuan.casebook import facts
from huikuan.casebook.fact_value import total_on
from huikuan.casebook.models import (
    CaseEvent,
    CaseSummary,
    DeliveryLock,
    Document,
    OutboxMessage,
    PackVersion,
    Task,
)
from huikuan.casebook.open_steps import step_of
from huikuan.lib.sentences import Refusal
from huikuan.outbox import settle
from huikuan.outbox.payload import payload_of
from huikuan.people.models import User
from huikuan.planning import done, load
from huikuan.planning.activate import activate, roll_back
from huikuan.planning.approve import approve
from huikuan.receivables import lock
from huikuan.receivables.lock import LockEntry
from huikuan.web import rooms
from tests import people
from tests.receivables.conftest import FIRST, LATE, MAIL, PLACED, Office, count_mails, november
from tests.receivables.test_act import codes


def tasks(action: str) -> Any:
    return [task for task in Task.objects.filter(status="open") if step_of(task).action == action]


def grant(office: Office, by: User) -> None:
    """One request serves every item of the customer."""
    at = people.moment(LATE, 9)
    task = tasks("lock")[0]
    asked = approvals.ask_for(task.pk, reason="逾期超过三个月", actor=office.manager, at=at)
    assert asked.approval is not None, asked.problems
    decided = approvals.decide(asked.approval.pk, grant=True, reason="同意", actor=by, at=at)
    assert not decided.problems


def enter(office: Office, actor: User | None = None, **given: Any) -> Any:
    entry = {"kind": "lock", "because": "overdue", "orders": "new", "reason": "屡催不付"} | given
    at = people.moment(LATE, 10)
    return lock.enter(office.case.pk, LockEntry(**entry), actor=actor or office.manager, at=at)


def test_a_granted_lock_is_told_to_the_order_system_and_the_customer(
    late: Office, proprietor: User
) -> None:
    assert len(tasks("lock")) == 2, "one for each item"
    grant(late, proprietor)
    answer = enter(late)
    assert answer.problems == ()

    event = answer.lock.message
    assert (event.kind, event.purpose, event.wants_acknowledgement) == ("webhook", "erp.lock", True)
    data = payload_of(event)["data"]
    assert data["customer"] == late.case.person.number
    assert (data["orders"], data["on"]) == ("new", LATE.isoformat())
    notice = payload_of(answer.lock.notice)
    assert notice["to"] == MAIL and "暂停向贵司发货（仅限新订单）" in notice["text"]
    assert "屡催不付" not in notice["text"], "the internal reason is not told"

    summary = CaseSummary.objects.get(pk=late.case.pk)
    assert summary.locked_on == summary.lock_agreed_on == LATE, "whoever locks had the consent"
    assert CaseEvent.objects.filter(kind="lock_agreed").count() == 1
    assert tasks("lock") == [], "one lock serves all items of the customer"
    assert not facts.differences()
    late.plan(LATE.replace(day=12))
    assert tasks("lock") == []


def test_the_notice_that_leaves_is_the_one_that_was_checked(
    late: Office, proprietor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant(late, proprietor)
    written = count_mails(monkeypatch)
    answer = enter(late)
    assert answer.problems == ()
    assert [ready.text.text for ready in written] == [payload_of(answer.lock.notice)["text"]]


def test_nothing_is_locked_without_the_grant(late: Office) -> None:
    assert codes(enter(late)) == ["done.approval"]
    assert codes(enter(late, late.collector)) == ["done.role"]
    task = tasks("lock")[0]
    noted = done.done(task.pk, text="已锁", actor=late.manager, at=people.moment(LATE, 10))
    assert codes(noted) == ["done.approval"]
    assert not DeliveryLock.objects.exists()
    assert not OutboxMessage.objects.exclude(purpose="statement").exists()


def test_a_signed_contract_needs_ground_and_evidence(late: Office, proprietor: User) -> None:
    grant(late, proprietor)
    assert codes(enter(late, orders="signed")) == ["lock.ground", "lock.evidence"]
    answer = enter(late, orders="signed", ground="526", evidence=("合同.pdf", b"%PDF-1.7 x"))
    assert answer.problems == ()
    assert Document.objects.get(kind="lock_evidence").case_id == late.case.pk
    assert payload_of(answer.lock.message)["data"]["ground"] == "526"
    assert "先履行抗辩" in payload_of(answer.lock.notice)["text"]


def test_it_is_lifted_on_payment_or_security(late: Office, proprietor: User) -> None:
    grant(late, proprietor)
    enter(late)
    assert codes(enter(late)) == ["lock.no_task", "lock.again"]
    lifted = {"kind": "unlock", "orders": ""}
    assert codes(enter(late, because="paid", **lifted)) == ["lock.still_overdue"]

    charges = [item.charges.get() for item in late.items]
    for charge in charges:
        people.make_payment(late.case, LATE, charge.amount_minor, to=charge)
    facts.refresh([late.case.pk])
    late.plan(LATE)
    assert len(tasks("unlock")) == 1
    answer = enter(late, late.collector, because="paid", reason="招行回单 0311", **lifted)
    assert answer.problems == ()
    assert answer.lock.message.purpose == "erp.unlock"
    assert "恢复向" in payload_of(answer.lock.notice)["text"]
    assert CaseSummary.objects.get(pk=late.case.pk).locked_on is None
    assert tasks("unlock") == []
    assert codes(enter(late, because="secured", **lifted)) == ["lock.none"]


def unlock(office: Office, because: str) -> Any:
    return enter(office, office.collector, kind="unlock", orders="", because=because)


def pay(office: Office, number: str) -> None:
    charge = office.case.items.get(number=number).charges.get()
    people.make_payment(office.case, LATE, charge.amount_minor, to=charge)
    facts.refresh([office.case.pk])


def test_a_later_or_a_disputed_debt_keeps_nobody_locked(late: Office, proprietor: User) -> None:
    """The notice promised deliveries on the day on which what it named is paid."""
    grant(late, proprietor)
    locked = enter(late).lock
    assert locked.item_ids == sorted(item.pk for item in late.items[:2])

    pay(late, "INV-1")
    late.plan(LATE)
    assert tasks("unlock") == [] and codes(unlock(late, "paid")) == ["lock.still_overdue"]

    # The third item is overdue, too, but deliveries were not locked for it; the second is disputed.
    people.make_hold(late.case, LATE, "dispute", "item", item=late.items[1])
    facts.refresh([late.case.pk])
    late.plan(LATE)
    assert total_on("overdue", "case", late.case.pk, LATE) > 0
    assert len(tasks("unlock")) == 1
    assert enter(late, late.manager, kind="unlock", orders="", because="disputed").problems == ()


def test_who_places_a_hold_does_not_end_the_lock_by_it_as_paid(
    late: Office, proprietor: User
) -> None:
    """What is in dispute is not paid, and it is for whoever may lock to let the goods go."""
    grant(late, proprietor)
    enter(late)
    for item in late.items[:2]:
        people.make_hold(late.case, LATE, "dispute", "item", item=item)
    facts.refresh([late.case.pk])
    late.plan(LATE)

    assert len(tasks("unlock")) == 1
    assert codes(unlock(late, "paid")) == ["lock.still_overdue"]
    for because in ("disputed", "secured", "mistake"):
        assert codes(unlock(late, because)) == ["lock.end_early"]
    assert lock.may_enter(late.case, "unlock", late.collector, LATE)

    answer = enter(late, late.manager, kind="unlock", orders="", because="disputed")
    assert answer.problems == ()
    assert payload_of(answer.lock.message)["data"]["because"] == "disputed"
    assert "已付" not in payload_of(answer.lock.notice)["text"]


def test_only_what_is_held_is_ended_as_disputed(late: Office, proprietor: User) -> None:
    grant(late, proprietor)
    enter(late)
    people.make_hold(late.case, LATE, "dispute", "item", item=late.items[0])
    facts.refresh([late.case.pk])

    answer = enter(late, late.manager, kind="unlock", orders="", because="disputed")
    assert codes(answer) == ["lock.not_disputed"]


def test_a_written_arrangement_ends_it_as_the_notice_says(late: Office, proprietor: User) -> None:
    """Not paid yet: that is for whoever may lock, not for a collector alone."""
    grant(late, proprietor)
    enter(late)
    for because in ("arranged", "secured", "mistake"):
        assert codes(unlock(late, because)) == ["lock.end_early"]

    answer = enter(late, late.manager, kind="unlock", orders="", because="arranged")
    assert answer.problems == ()
    assert "已达成书面付款安排" in payload_of(answer.lock.notice)["text"]


def test_after_a_roll_back_an_open_task_of_the_stricter_version_still_asks_its_own(
    office: Office, tmp_path: Path, settings: Any
) -> None:
    """The version in force would let the lead send the statement; the open task would not."""
    folder = tmp_path / "b2b_receivables"
    shutil.copytree(
        load.SHIPPED / "b2b_receivables", folder, ignore=shutil.ignore_patterns("tests")
    )
    playbook = folder / "playbook.yaml"
    head, sending = playbook.read_text("utf-8").split("  - id: month_send\n")
    stricter = "    role: manager\n    approval: general_manager\n"
    sending = sending.replace("    role: team_lead\n", stricter, 1)
    playbook.write_text(f"{head}  - id: month_send\n{sending}", "utf-8")
    pack = folder / "pack.yaml"
    pack.write_text(re.sub(r'version: ".+"', 'version: "own-1"', pack.read_text("utf-8")), "utf-8")

    office.open()
    office.plan(FIRST)
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": tmp_path})
    load.load_all(at=people.moment(FIRST))
    approve("b2b_receivables", actor=office.manager, at=people.moment(FIRST), seen=None)
    own = PackVersion.objects.get(pack="b2b_receivables", version="own-1")
    activate(own, actor=office.manager, at=people.moment(FIRST, 8))
    office.record("submitted", november(3), office.collector)
    office.record("checked", november(4), office.lead)
    office.plan(november(5))
    roll_back("b2b_receivables", actor=office.manager, at=people.moment(november(5), 9))

    assert codes(office.record("sent", november(5), office.lead)) == ["done.role"]
    assert codes(office.record("sent", november(5), office.manager)) == ["done.approval"]
    assert not OutboxMessage.objects.filter(purpose="statement").exists()


def test_an_unlock_that_wants_an_approval_waits_for_it(
    office: Office, tmp_path: Path, settings: Any
) -> None:
    """A house may write so; the collector's own word is no way round it."""
    folder = tmp_path / "b2b_receivables"
    shutil.copytree(
        load.SHIPPED / "b2b_receivables", folder, ignore=shutil.ignore_patterns("tests")
    )
    playbook = folder / "playbook.yaml"
    text = playbook.read_text("utf-8")
    unlocking = "    action: unlock\n    addressee: debtor\n    role: collector\n"
    assert text.count(unlocking) == 1
    playbook.write_text(text.replace(unlocking, f"{unlocking}    approval: manager\n"), "utf-8")
    pack = folder / "pack.yaml"
    own = re.sub(r'version: ".+"', 'version: "own-1"', pack.read_text("utf-8"))
    pack.write_text(own, "utf-8")

    proprietor = people.make_user("proprietor")
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": tmp_path})
    load.load_all(at=people.moment(PLACED))
    approve("b2b_receivables", actor=office.manager, at=people.moment(PLACED), seen=None)
    locked(office, proprietor)
    for number in ("INV-1", "INV-2"):
        pay(office, number)
    office.plan(LATE)
    assert len(tasks("unlock")) == 1

    assert codes(unlock(office, "paid")) == ["done.approval"]
    assert codes(unlock(office, "secured")) == ["done.approval"]
    task = tasks("unlock")[0]
    at = people.moment(LATE, 11)
    asked = approvals.ask_for(task.pk, reason="已付清", actor=office.collector, at=at)
    approvals.decide(asked.approval.pk, grant=True, reason="同意", actor=office.manager, at=at)
    assert unlock(office, "paid").problems == ()


def locked(office: Office, by: User) -> None:
    """Two confirmed items are more than three months late, and deliveries are locked for them."""
    office.open()
    office.plan(FIRST)
    office.send()
    office.record("confirmed", november(18), office.collector)
    office.plan(LATE)
    grant(office, by)
    assert enter(office).problems == ()


# what is true no more does not leave


def keeps_back(message: OutboxMessage, office: Office) -> str:
    """The code of what keeps the message from leaving an hour later; empty where nothing does."""
    found = rooms.hindrance_of(message, office.manager, people.moment(LATE, 11))
    return found.code if found else ""


def test_a_notice_of_a_lock_does_not_leave_after_the_lock_has_ended(
    late: Office, proprietor: User
) -> None:
    grant(late, proprietor)
    locked = enter(late).lock
    assert keeps_back(locked.notice, late) == ""

    ended = enter(late, proprietor, kind="unlock", because="mistake", orders="", reason="误锁").lock
    assert keeps_back(locked.notice, late) == "lock.notice_overtaken"
    assert keeps_back(ended.notice, late) == ""


def test_it_is_not_sent_once_more_either(late: Office, proprietor: User) -> None:
    grant(late, proprietor)
    notice = enter(late).lock.notice
    at = people.moment(LATE, 12)
    settle.withdraw(notice.pk, actor=late.manager, at=at, reason="撤下")
    enter(late, proprietor, kind="unlock", because="mistake", orders="", reason="误锁")

    with pytest.raises(Refusal) as refused:
        settle.retry(notice.pk, actor=late.manager, at=at, reason="重发")
    assert refused.value.problem.code == "lock.notice_overtaken"


def test_the_page_says_that_the_customer_was_not_told(late: Office, proprietor: User) -> None:
    grant(late, proprietor)
    notice = enter(late).lock.notice
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(late.manager)
    addresses = (
        reverse("receivables:locks"),
        reverse("receivables:case_lock", args=[late.case.number]),
    )

    for address in addresses:
        assert "尚未告知客户" not in client.get(address).content.decode()
    OutboxMessage.objects.filter(pk=notice.pk).update(status="bounced")
    for address in addresses:
        assert "尚未告知客户" in client.get(address).content.decode()


# what the form proposes


def proposed(office: Office) -> str:
    """Why deliveries go again, as the form proposes it before anybody chose."""
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(office.manager)
    page = client.get(reverse("receivables:case_lock", args=[office.case.number]))
    return str(page.context["form"]["because"].value())


def test_paid_is_proposed_only_where_it_is_paid(
    late: Office, proprietor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: people.moment(LATE, 10))
    grant(late, proprietor)
    enter(late)
    assert proposed(late) == ""

    pay(late, "INV-1")
    pay(late, "INV-2")
    assert proposed(late) == "paid"
