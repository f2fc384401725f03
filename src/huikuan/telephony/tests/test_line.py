"""What the line reports: signed, fresh, in any order, any number of times; and what the collector marks where it is silent."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import people

from huikuan.casebook.calls import line_of
from huikuan.casebook.models import PhoneCall
from huikuan.lib.signature import sign, valid
from huikuan.ops.made_once import made_once
from huikuan.telephony import line
from huikuan.telephony.dial import dial
from huikuan.telephony.tests.conftest import SECRET, Exchange, Office, message, told

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def call(office: Office, adapter, exchange: Exchange) -> PhoneCall:
    adapter("originate", exchange.url)
    dialled = dial(office.permission().pk, actor=office.collector, at=timezone.now())
    assert dialled.started is not None and dialled.call is not None
    return dialled.call


def stands(call: PhoneCall) -> tuple[str, int | None, str, str]:
    call.refresh_from_db()
    seen = line_of(call)
    return seen.state, seen.seconds, seen.cause, seen.recording


def reports(call: PhoneCall) -> list[dict]:
    at = call.started_at
    return [
        message(call.call_id, "ringing", at + SECOND),
        message(call.call_id, "answered", at + 5 * SECOND),
        message(call.call_id, "ended", at + 65 * SECOND, cause="normal"),
        message(
            call.call_id, "recording", at + 66 * SECOND, recording="https://pbx.example.com/r/1.wav"
        ),
    ]


def test_a_call_rings_talks_and_ends(call: PhoneCall) -> None:
    ringing, answered, ended, recording = reports(call)
    assert told(ringing).status_code == 200 and stands(call)[0] == "ringing"
    told(answered)
    assert stands(call)[:2] == ("talking", None)
    told(ended)
    told(recording)
    assert stands(call) == ("ended", 60, "normal", "https://pbx.example.com/r/1.wav")


def test_the_order_of_reports_does_not_matter(call: PhoneCall) -> None:
    final = ("ended", 60, "normal", "https://pbx.example.com/r/1.wav")
    for order in itertools.permutations(reports(call)):
        PhoneCall.objects.update(answered_at=None, ended_at=None, cause="", recording="")
        for one in order:
            assert told(one).status_code == 200
        assert stands(call) == final


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.lists(st.integers(0, 3), max_size=10))
def test_a_repeated_report_changes_nothing(call: PhoneCall, order: list[int]) -> None:
    """Law: the row depends on which reports came, not on how often or in which order."""
    given_reports = reports(call)
    PhoneCall.objects.update(answered_at=None, ended_at=None, cause="", recording="")
    for number in order:
        told(given_reports[number])
    first = stands(call)
    PhoneCall.objects.update(answered_at=None, ended_at=None, cause="", recording="")
    for number in sorted(set(order)):
        told(given_reports[number])
    assert stands(call) == first


def test_nobody_answered(call: PhoneCall) -> None:
    told(message(call.call_id, "ended", call.started_at + 30 * SECOND, cause="no_answer"))
    assert stands(call) == ("ended", 0, "no_answer", "")


def test_a_wrong_signature_an_old_message_and_a_changed_one_are_refused(
    call: PhoneCall, client
) -> None:
    answered = reports(call)[1]
    assert told(answered, secret="another-secret-of-this-length").status_code == 401
    for minutes in (-6, 6):
        assert told(answered, at=timezone.now() + dt.timedelta(minutes=minutes)).status_code == 401
    headers = sign(SECRET, "m1", timezone.now(), b'{"event":"ended"}')
    assert (
        client.post(
            "/line/events/", b"{}", content_type="application/json", headers=headers
        ).status_code
        == 401
    )
    assert client.post("/line/events/", b"{}", content_type="application/json").status_code == 401
    assert stands(call)[0] == "ringing"


def test_what_we_ask_of_the_telephone_system_reports_nothing_when_it_comes_back(
    call: PhoneCall,
) -> None:
    ours = {"agent": "wang.min", "callee": "+8613800000001", "case": "C-1"}
    answer = told(ours | {"call_id": str(call.call_id)})
    assert (answer.status_code, answer.json()) == (422, {"error": "event"})


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 15_000,
        b'{"a":' * 3_000,
        b'{"event": "\\ud800"}',
        b"\xff",
    ],
)
def test_signed_bytes_that_no_parser_takes_are_refused(
    call: PhoneCall, client, body: bytes
) -> None:
    headers = sign(SECRET, "m2", timezone.now(), body)
    answer = client.post("/line/events/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()) == (422, {"error": "body"})


@pytest.mark.parametrize("field", ["cause", "recording"])
def test_a_sign_that_the_book_cannot_keep_is_refused(call: PhoneCall, field: str) -> None:
    event = "recording" if field == "recording" else "ended"
    text = {"cause": "normal\0", "recording": "https://pbx.example.com/\0"}[field]
    answer = told(message(call.call_id, event, call.started_at + 30 * SECOND) | {field: text})
    assert answer.status_code == 422


def test_a_report_that_is_too_large_is_not_read(call: PhoneCall) -> None:
    assert told(reports(call)[0] | {"cause": "x" * 20_000}).status_code == 413


def test_an_unknown_call_is_not_found_and_nothing_more_is_said(call: PhoneCall) -> None:
    answer = told(message(uuid.uuid4(), "answered"))
    assert (answer.status_code, answer.json()) == (404, {})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": "sneezed"}, "event"),
        ({"call_id": "7"}, "call_id"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-23T10:00:00"}, "at"),
        ({"at": "2020-01-01T10:00:00+08:00"}, "at"),
        ({"event": "recording", "recording": "javascript:alert(1)"}, "recording"),
        ({"event": "recording"}, "recording"),
    ],
)
def test_what_cannot_be_understood_names_its_field(
    call: PhoneCall, change: dict, field: str
) -> None:
    answer = told(message(call.call_id, "answered") | change)
    assert (answer.status_code, answer.json()) == (422, {"error": field})


def test_without_a_secret_there_is_no_door(office: Office, client) -> None:
    assert client.post("/line/events/", b"{}", content_type="application/json").status_code == 404
    assert client.get("/line/events/").status_code == 405


def test_a_late_report_brings_a_failed_call_back(call: PhoneCall) -> None:
    PhoneCall.objects.update(ended_at=call.started_at, cause="not_started")
    assert stands(call)[0] == "failed"
    told(reports(call)[1])
    assert stands(call)[0] == "talking"


def test_a_contact_saved_before_the_end_gets_what_it_lacks(call: PhoneCall, office: Office) -> None:
    contact = people.make_contact(
        office.case, people.PLACED_ON, point=office.point, connected=True, seconds=None
    )
    PhoneCall.objects.update(contact=contact)
    for one in reports(call):
        told(one)
    contact.refresh_from_db()
    assert (contact.seconds, contact.recording) == (60, "https://pbx.example.com/r/1.wav")
    contact.seconds = 55
    contact.save()
    told(reports(call)[2])
    contact.refresh_from_db()
    assert contact.seconds == 55


# the collector marks


@made_once
def silent(office: Office) -> PhoneCall:
    dialled = dial(office.permission().pk, actor=office.collector, at=timezone.now())
    assert dialled.call is not None
    return dialled.call


def test_the_collector_marks_answer_and_end_once(office: Office, silent: PhoneCall) -> None:
    at = silent.started_at
    for event, seconds in (
        ("answered", 4),
        ("answered", 9),
        ("ended", 64),
        ("ended", 99),
        ("answered", 100),
    ):
        assert not line.mark(
            silent.call_id, event, actor=office.collector, at=at + seconds * SECOND
        ).problems
    assert stands(silent) == ("ended", 60, "hung_up", "")


def test_ended_without_an_answer_is_nobody(office: Office, silent: PhoneCall) -> None:
    line.mark(silent.call_id, "ended", actor=office.collector, at=silent.started_at + 20 * SECOND)
    assert stands(silent) == ("ended", 0, "no_answer", "")


def test_only_whoever_dialled_marks_and_only_where_the_line_is_silent(
    office: Office, silent: PhoneCall
) -> None:
    manager = people.make_user("manager")
    found = line.mark(silent.call_id, "ended", actor=manager, at=timezone.now())
    assert [problem.code for problem in found.problems] == ["line.not_yours"]
    PhoneCall.objects.update(adapter="originate")
    found = line.mark(silent.call_id, "ended", actor=office.collector, at=timezone.now())
    assert [problem.code for problem in found.problems] == ["line.busy"]
    stranger = people.make_user("manager", people.make_house("other"))
    assert line.mark(silent.call_id, "ended", actor=stranger, at=timezone.now()).call is None


@given(
    body=st.binary(max_size=200),
    other=st.binary(max_size=200),
    key=st.text(min_size=1, max_size=40),
)
def test_a_signature_fits_its_own_body_only(body: bytes, other: bytes, key: str) -> None:
    at = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    headers = sign(key, "m", at, body)
    assert valid(key, headers, body, at)
    assert valid(key, headers, other, at) == (body == other)
    assert not valid(key + "x", headers, body, at)


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the specification's libraries."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    at = dt.datetime.fromtimestamp(1614265330, dt.UTC)
    headers = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
