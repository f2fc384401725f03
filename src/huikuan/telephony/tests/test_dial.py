"""One call for one permission of today; the number leaves our hands only where it must, and that is recorded."""

from __future__ import annotations

import datetime as dt
import logging
import threading

import pytest
from django.db import connection
from django.utils import timezone
from tests import people

from huikuan.casebook.models import Act, PhoneCall, Reveal
from huikuan.telephony.dial import dial
from huikuan.telephony.tests.conftest import NUMBER, SECRET, Exchange, Office, make_office


def codes(found: object) -> list[str]:
    return [problem.code for problem in found.problems]  # type: ignore[attr-defined]


def now() -> dt.datetime:
    return timezone.now()


def test_by_hand_the_call_begins_and_no_number_is_shown(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "huikuan.telephony"):
        dialled = dial(office.permission().pk, actor=office.collector, at=now())
    assert dialled.started is not None and dialled.call is not None
    assert (dialled.started.mode, dialled.started.href) == ("console", "")
    call = PhoneCall.objects.get()
    assert (call.case, call.point, call.adapter, call.act.actor) == (
        office.case,
        office.point,
        "console",
        office.collector,
    )
    assert (
        NUMBER not in caplog.text
        and "13800000001" not in caplog.text
        and str(call.call_id) in caplog.text
    )
    assert not Reveal.objects.exists()


@pytest.mark.parametrize(("name", "scheme"), [("link-tel", "tel"), ("link-sip", "sip")])
def test_a_link_carries_the_number_and_the_look_is_recorded(
    office: Office, adapter, name: str, scheme: str
) -> None:
    adapter(name)
    dialled = dial(office.permission().pk, actor=office.collector, at=now())
    assert dialled.started is not None and dialled.started.href == f"{scheme}:{NUMBER}"
    reveal = Reveal.objects.select_related("act").get()
    assert (reveal.act.reason, reveal.act.actor, reveal.subject_id) == (
        "call",
        office.collector,
        office.point.pk,
    )


def test_a_permission_serves_one_call(office: Office) -> None:
    permission = office.permission()
    began = dial(permission.pk, actor=office.collector, at=now()).call
    again = dial(permission.pk, actor=office.collector, at=now())
    assert began is not None and again.call == began and again.started is None
    assert PhoneCall.objects.count() == 1
    record = people.make_contact(office.case, now().date())
    PhoneCall.objects.update(contact=record)
    assert codes(dial(permission.pk, actor=office.collector, at=now())) == ["dial.used"]


def test_a_permission_of_yesterday_of_a_colleague_or_for_a_letter_serves_none(
    office: Office,
) -> None:
    yesterday = office.permission(at=now() - dt.timedelta(1))
    assert codes(dial(yesterday.pk, actor=office.collector, at=now())) == ["dial.old"]
    theirs = office.permission(actor=office.colleague)
    assert codes(dial(theirs.pk, actor=office.collector, at=now())) == ["dial.not_yours"]
    letter = office.permission(channel="letter")
    assert codes(dial(letter.pk, actor=office.collector, at=now())) == ["dial.number"]
    assert not PhoneCall.objects.exists()


def test_what_the_gate_refused_is_dialled_only_with_a_reason(office: Office) -> None:
    refused = office.permission(allowed=False)
    assert codes(dial(refused.pk, actor=office.collector, at=now(), override_reason=" ")) == [
        "dial.refused"
    ]
    assert dial(refused.pk, actor=office.collector, at=now(), override_reason="客户要求回电").call
    assert Act.objects.get(verb="telephony.dial").reason == "客户要求回电"


def test_another_organisation_or_team_dials_nothing(office: Office) -> None:
    permission = office.permission()
    stranger = people.make_user("manager", people.make_house("other"))
    for user in (stranger, office.colleague):
        assert codes(dial(permission.pk, actor=user, at=now())) == ["dial.decision"]


def test_the_telephone_system_gets_agent_callee_case_and_call(
    office: Office, adapter, exchange: Exchange
) -> None:
    adapter("originate", exchange.url)
    dialled = dial(office.permission().pk, actor=office.collector, at=now())
    assert (
        dialled.call is not None
        and dialled.started is not None
        and dialled.started.mode == "originate"
    )
    assert exchange.taken == [
        {
            "agent": office.collector.username,
            "callee": NUMBER,
            "case": office.case.number,
            "call_id": str(dialled.call.call_id),
        }
    ]
    assert exchange.signed == [True]
    assert Reveal.objects.get().act.reason == "call"


@pytest.mark.parametrize(
    ("status", "why"), [(500, "HTTP 500"), (302, "HTTP 302"), (401, "HTTP 401")]
)
def test_a_call_that_was_not_taken_says_so_and_leaves_the_permission(
    office: Office, adapter, exchange: Exchange, status: int, why: str
) -> None:
    adapter("originate", exchange.url)
    exchange.answer = status
    permission = office.permission()
    failed = dial(permission.pk, actor=office.collector, at=now())
    assert codes(failed) == ["dial.failed"] and failed.problems[0].params["why"] == why
    assert failed.started is None and failed.call is not None and failed.call.cause == "not_started"
    assert len(exchange.taken) == 1  # a redirect is not followed with the number
    exchange.answer = 200
    assert dial(permission.pk, actor=office.collector, at=now()).started


def test_a_system_that_does_not_answer_is_given_up(
    office: Office, adapter, exchange: Exchange, monkeypatch
) -> None:
    monkeypatch.setattr("huikuan.telephony.adapters.TIMEOUT", 0.2)
    adapter("originate", exchange.url)
    exchange.wait = 0.6
    assert (
        dial(office.permission().pk, actor=office.collector, at=now()).problems[0].params["why"]
        == "timeout"
    )
    adapter("originate", "http://127.0.0.1:9/")
    problem = dial(office.permission().pk, actor=office.collector, at=now()).problems[0]
    assert problem.params["why"] == "no connection"
    assert NUMBER not in problem.text() and SECRET not in problem.text()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_call() -> None:
    office = make_office()
    permission = office.permission()
    together, answers = threading.Barrier(2), []

    def click() -> None:
        try:
            together.wait(timeout=20)
            answers.append(
                dial(permission.pk, actor=office.collector, at=now()).started is not None
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == [False, True]
    assert PhoneCall.objects.count() == 1
