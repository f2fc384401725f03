"""The history of a case names the task that was done, what it was about, and who agreed to it."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from django.utils import translation

from huikuan.desk.timeline import Event, timeline
from huikuan.people.models import User
from huikuan.planning.done import done
from huikuan.planning.event import EventEntry, event
from huikuan.receivables import lock
from huikuan.receivables.lock import LockEntry
from tests import people
from tests.receivables.conftest import LATE, Office
from tests.receivables.test_together import ask, decide, tasks


def lines(office: Office, title: str) -> list[Event]:
    with translation.override("zh-hans"):
        shown = timeline(office.case, office.manager).events
    return [each for each in shown if each.title.startswith(title)]


def test_a_consent_is_that_of_who_gave_it(late: Office, proprietor: User) -> None:
    """The manager asks and locks; the proprietor agreed, an hour before."""
    decide(ask(late, tasks("lock_deliveries")[0]).approval, proprietor)
    entry = LockEntry(kind="lock", because="overdue", orders="new", reason="屡催不付")
    at = people.moment(LATE, 15)
    assert lock.enter(late.case.pk, entry, actor=late.manager, at=at).problems == ()

    (consent,) = lines(late, "负责人同意锁货")
    assert consent.actor == str(proprietor)
    assert consent.text == f"{proprietor}于 {LATE} 10:00 同意\n由{late.manager}登记"


def test_an_event_that_nobody_had_to_agree_to_names_who_entered_it(late: Office) -> None:
    entry = EventEntry("told", LATE)
    at = people.moment(LATE, 16)
    assert event(late.case.pk, entry, actor=late.manager, at=at).problems == ()
    (told,) = lines(late, "已告知债务人")
    assert (told.actor, told.text) == (str(late.manager), "")


def test_a_request_says_which_step_and_who_decided_when(late: Office, proprietor: User) -> None:
    asked = ask(late, tasks("lock_deliveries")[0])
    (waiting,) = lines(late, "申请：")
    assert waiting.title == "申请：逾期超过三个月，通知系统锁货 · INV-1、INV-2"
    assert (waiting.actor, waiting.badge) == (str(late.manager), "待审批")

    decide(asked.approval, proprietor)
    (granted,) = lines(late, "申请：")
    assert granted.actor == str(late.manager)
    assert granted.text == f"逾期超过三个月\n{proprietor}于 {LATE} 10:00 已同意\n见卷"


def test_a_task_that_was_done_is_named_with_its_items(late: Office) -> None:
    at = people.moment(LATE, 11)
    assert done(tasks("supervisor")[0].pk, text="已约客户同访", actor=late.lead, at=at).saved
    (review,) = lines(late, "复核")
    assert review.title == "复核：两周无进展，报主管 · INV-1、INV-2"
    assert (review.actor, review.text) == (str(late.lead), "已约客户同访")


def test_the_notice_says_which_step_of_whom_and_over_what_sum(
    late: Office, proprietor: User
) -> None:
    asked = ask(late, tasks("lock_deliveries")[0])
    told = text_of(proprietor)
    assert "待您审批：流程步骤 · 逾期超过三个月，通知系统锁货" in told
    assert f"INV-1、INV-2，未付 ¥300.00 · {late.case.person.name} · {late.case.number}" in told

    decide(asked.approval, proprietor)
    assert f"{late.case.number}：{proprietor}已同意" in text_of(late.manager)


def text_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("notices")).content.decode()
