"""`huikuan contact` records what the form of other contacts records, and refuses the same."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.calls.forms import TalkForm
from huikuan.calls.other import HowForm
from huikuan.calls.tests.call import DAY, Room, make_room
from huikuan.calls.times import next_slot
from huikuan.casebook import facts
from huikuan.casebook.models import ContactPoint, ContactRecord, GateDecision, Task
from huikuan.contacts import procedure
from huikuan.ops.cli import USAGE, CommandError
from huikuan.ops.commands import contact as command
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

pytestmark = pytest.mark.django_db


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room()


@pytest.fixture
def call(room: Room, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command about the room's case; gives its exit code and what it printed as JSON."""

    def run(*words: object, user: User | None = None) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        actor = user or room.collector
        given = [room.case.number, *(str(word) for word in words)]
        code = command.run(parser.parse_args([*given, "--as", actor.username, "--json"]))
        return code, json.loads(capsys.readouterr().out or "{}")

    return run


def talk(room: Room) -> list[str]:
    """A promise by the debtor, complete."""
    return [
        "--answered", "debtor", "--identified", "--outcome", "promised", "--note", "本人承诺",
        "--promise-amount", "500.00", "--promise-on", str(room.today + 2 * DAY),
        "--reason-code", "hardship", "--willingness", "willing", "--seconds", "65",
    ]  # fmt: skip


def columns(told: dict[str, Any]) -> list[str]:
    return [problem["column"] for problem in told["problems"]]


# what it records


def test_a_call_that_nobody_answered_is_tried_again_in_the_next_slot(room: Room, call: Any) -> None:
    words = ["--channel", "call", "--point", room.mobile.pk, "--answered", "nobody"]
    proposed = next_slot(room.case, timezone.now())
    assert proposed is not None

    code, told = call(*words, "--outcome", "no_answer", "--next-slot")
    contact = room.saved()
    assert (code, told["problems"]) == (0, [])
    assert contact.next_contact_on == proposed.moment.day
    assert contact.next_contact_minute == proposed.moment.minute


def test_a_slot_and_a_time_of_ones_own_exclude_each_other(room: Room, call: Any) -> None:
    words = ["--channel", "call", "--point", room.mobile.pk, "--answered", "nobody"]
    code, _told = call(*words, "--next-slot", "--next-at", "10:00")
    assert code == USAGE


def test_a_call_with_its_promise_and_its_task(room: Room, call: Any) -> None:
    words = ["--channel", "call", "--point", room.mobile.pk, "--task", room.task.pk]
    code, told = call(*words, *talk(room))
    contact = room.saved()

    assert (code, told["problems"]) == (0, [])
    assert (told["contact"], told["outcome"], told["repeated"]) == (contact.pk, "promised", False)
    assert told["promises"] == [
        {"due_on": str(room.today + 2 * DAY), "amount_minor": 500_00, "currency": "CNY"}
    ]
    assert (told["done"], told["rule"]) == ([room.task.pk], None)
    assert told["decision"] == contact.decision_id == GateDecision.objects.get().pk
    assert Task.objects.get(pk=room.task.pk).status == Task.Status.DONE
    assert facts.differences() == []


def test_the_debtor_calls_and_nobody_asks_the_gate(room: Room, call: Any) -> None:
    code, told = call("--channel", "call", "--in", "--point", room.mobile.pk, *talk(room))
    assert (code, told["decision"], room.saved().inbound) == (0, None, True)
    assert not GateDecision.objects.exists()


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_what_is_sent_is_recorded_with_its_decision(channel: str, room: Room, call: Any) -> None:
    kind = {"sms": "mobile", "email": "email"}[channel]
    point = room.mobile if kind == "mobile" else people.make_point(room.case, kind=kind)
    facts.refresh([room.case.pk])
    code, told = call("--channel", channel, "--point", point.pk, "--note", "按模板发送")
    assert (code, room.saved().channel, told["decision"]) == (0, channel, room.saved().decision_id)


def test_a_visit_says_who_took_part_and_the_rules_are_asked(room: Room, call: Any) -> None:
    home = people.make_point(room.case, kind="address")
    words = ["--channel", "visit", "--point", home.pk, *talk(room)]
    code, told = call(*words, "--override-reason", "本人在家等候")
    assert (code, columns(told)) == (1, ["staff"])
    code, _told = call(*words, "--staff", 2, "--override-reason", "本人在家等候")
    assert (code, room.saved().channel) == (0, "visit")


def test_a_contact_of_yesterday_counts_for_yesterday(room: Room, call: Any) -> None:
    yesterday = room.today - DAY
    words = ["--channel", "sms", "--point", room.mobile.pk, "--note", "昨天发送"]
    for moment in (f"{yesterday}T11:20", f"{yesterday}T11:20+08:00"):
        code, _told = call(*words, "--at", moment)
        contact = room.saved()
        assert (code, contact.valid_on, contact.local_minute) == (0, yesterday, 11 * 60 + 20)


def test_what_the_debtor_says_of_numbers_is_kept(room: Room, call: Any) -> None:
    new = ["--new", "kind=mobile", "value=13800007788", "whose=debtor"]
    checked = ["--check", f"{room.mobile.pk}=same"]
    words = ["--channel", "call", "--point", room.mobile.pk, *talk(room)]
    code, told = call(*words, *new, *checked)
    assert (code, told["problems"]) == (0, [])
    assert ContactPoint.objects.filter(person=room.case.person, tail="7788").exists()
    said = room.mobile.statuses.values_list("status", flat=True)
    assert set(said) == {"valid"}


# saved once


def test_the_same_key_saves_once(room: Room, call: Any) -> None:
    words = ["--channel", "sms", "--point", room.mobile.pk, "--note", "提醒", "--key", "K-1"]
    _code, first = call(*words)
    code, again = call(*words)
    assert (code, again["contact"], again["repeated"]) == (0, first["contact"], True)
    assert (ContactRecord.objects.count(), GateDecision.objects.count()) == (1, 1)


def test_another_contact_under_a_used_key_is_refused_and_said(room: Room, call: Any) -> None:
    words = ["--channel", "sms", "--point", room.mobile.pk, "--key", "K-1"]
    _code, first = call(*words, "--note", "提醒")

    yesterday = ["--at", f"{room.today - DAY}T10:00"]
    for others in (["--note", "另一条"], ["--note", "提醒", *yesterday]):
        code, told = call(*words, *others)
        assert (code, told["contact"]) == (1, None)
        assert [each["code"] for each in told["problems"]] == ["contact.request_key_other"]
        assert str(first["contact"]) in told["problems"][0]["message"]
    assert ContactRecord.objects.get().note == "提醒"


def test_another_promise_under_a_used_key_is_refused(room: Room, call: Any) -> None:
    words = ["--channel", "call", "--point", room.mobile.pk, *talk(room), "--key", "K-1"]
    _code, first = call(*words)
    code, again = call(*words)
    assert (code, again["contact"]) == (0, first["contact"])

    code, told = call(*words, "--promise-amount", "400.00")
    assert (code, told["contact"]) == (1, None)
    assert [each["code"] for each in told["problems"]] == ["contact.request_key_other"]


def test_what_else_a_talk_gave_is_not_lost_under_a_used_key(room: Room, call: Any) -> None:
    """A refusal, hours, a new number, what is paid: of these the record itself keeps nothing."""
    words = ["--channel", "call", "--point", room.mobile.pk, *talk(room), "--key", "K-1"]
    code, _told = call(*words)
    assert code == 0

    new = ["--new", "kind=mobile", "value=13800007788", "whose=debtor"]
    hours = ["--hours-from", "10:00", "--hours-to", "11:00"]
    for more in (new, hours, ["--check", f"{room.mobile.pk}=same"]):
        code, told = call(*words, *more)
        assert (code, told["contact"]) == (1, None), more
        assert [each["code"] for each in told["problems"]] == ["contact.request_key_other"]


# what the page refuses


def test_a_call_on_hold_needs_a_reason(room: Room, call: Any) -> None:
    people.make_hold(room.case, room.today - DAY)
    facts.refresh([room.case.pk])
    words = ["--channel", "call", "--point", room.mobile.pk, *talk(room)]
    code, told = call(*words)
    assert (code, told["contact"], columns(told)) == (1, None, ["override_reason"])
    assert not GateDecision.objects.exists()
    code, told = call(*words, "--override-reason", "手机直接拨打")
    assert (code, told["rule"]) == (0, "CN-HOLD")


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": "sms"},
        {"channel": "sms", "point": "999999999"},
        {"channel": "letter", "point": "MOBILE"},
        {"channel": "call", "point": "MOBILE"},
        {"channel": "call", "point": "MOBILE", "answered": "martian"},
        {"channel": "call", "point": "MOBILE", "answered": "debtor", "outcome": "promised"},
        {"channel": "sms", "point": "MOBILE", "next_on": "gestern"},
        {"channel": "sms", "point": "MOBILE", "seconds": "-1"},
    ],
)
def test_what_the_page_refuses_the_command_refuses_at_the_same_field(
    fields: dict[str, str], room: Room, call: Any
) -> None:
    mobile = str(room.mobile.pk)
    given = {name: value.replace("MOBILE", mobile) for name, value in fields.items()}
    words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    code, told = call(*words)
    answer = room.client.post(reverse("calls:other", args=[room.case.number]), given)

    assert (code, answer.status_code) == (1, 422)
    shown = [part.split('"')[0] for part in answer.content.decode().split('data-column="')[1:]]
    assert [column or "" for column in columns(told)] == shown
    assert all(problem["message"] for problem in told["problems"])
    assert not ContactRecord.objects.exists()


def test_who_may_not_record_is_refused(room: Room, call: Any) -> None:
    finance = people.make_user("quality", room.case.organisation)
    words = ["--channel", "sms", "--point", room.mobile.pk]
    code, told = call(*words, user=finance)
    assert (code, told["problems"][0]["code"]) == (1, "contact.read_only")
    stranger = people.make_user("collector", room.case.organisation)
    with pytest.raises(CommandError):
        call(*words, user=stranger)


@pytest.mark.parametrize(
    "words",
    [
        ["--channel", "sms", "--in"],
        ["--channel", "call", "--new", "color=red"],
        ["--channel", "call", "--new", "kind=pigeon", "value=1"],
        ["--channel", "call", *["--new", "value=1"] * 4],
        ["--channel", "call", "--check", "1=perhaps"],
    ],
)
def test_what_the_form_has_no_field_for_is_wrong_usage(
    words: list[str], room: Room, call: Any
) -> None:
    assert call(*words)[0] == 2
    assert not ContactRecord.objects.exists()


def test_the_command_has_an_option_for_every_field_of_the_form() -> None:
    by_other_options = {
        "identified",
        "hold_item",
        "paid_items",
        "request_key",
        "channel",
        "point",
        "day",
        "time",
    }

    # The guided call alone has a line; its records are attached to the call that it dialled.
    of_the_line = {"call_id"}
    fields = {*TalkForm.base_fields, *HowForm.base_fields}
    assert set(command.FIELDS) == fields - by_other_options - of_the_line


def test_a_procedure_without_outcomes_takes_no_word_for_one(
    room: Room, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = replace(room.procedure, outcomes=None)
    monkeypatch.setattr(procedure, "_read", lambda _version: without)
    words = ("--channel", "letter", "--outcome", "blablub", "--note", "x")
    code, told = call(*words)
    assert (code, ContactRecord.objects.count()) == (1, 0)
    found = {problem["column"]: problem["code"] for problem in told["problems"]}
    assert found["outcome"] == "contact.no_words"
