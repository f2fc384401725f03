"""Events go out signed, again and again with one id, until somebody says that they have arrived."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import people

from huikuan.casebook.about import About
from huikuan.casebook.models import Act, Case, OutboxMessage, WebhookTarget
from huikuan.lib.sentences import Refusal
from huikuan.lib.signature import sign, valid
from huikuan.ops.made_once import made_once
from huikuan.outbox import state
from huikuan.outbox.post import post_webhook
from huikuan.outbox.settle import acknowledge
from huikuan.outbox.targets import set_target
from huikuan.outbox.tests.conftest import AT, SECRET, again, send, story

pytestmark = pytest.mark.django_db
Status = OutboxMessage.Status
MINUTE = dt.timedelta(minutes=1)


def lock(case: Case, **more: Any) -> OutboxMessage:
    subject = About.of_case(case)
    data = {"customer": "C-77", "orders": "new", "reason": "525"}
    return post_webhook("erp.lock", data, subject=subject, act=case.act, at=AT, **more)


@made_once
def manager(case):
    return people.make_user("manager", case.organisation)


@pytest.fixture
def target(manager, far_side) -> WebhookTarget:
    return set_target("erp.lock", far_side.url, SECRET, actor=manager, at=AT)


def called_back(body: bytes, *, secret: str = SECRET, call_id: str = "", **more: Any) -> int:
    """The status of the answer to these bytes, signed."""
    headers = sign(secret, call_id or uuid.uuid4().hex, more.get("at") or timezone.now(), body)
    answer = Client(enforce_csrf_checks=True).post(
        "/outbox/acknowledge/", body, content_type="application/json", headers=headers
    )
    return answer.status_code


def words_of(message: OutboxMessage, **more: Any) -> bytes:
    """An acknowledgement of the message as the far side writes it."""
    told = {"type": f"{message.purpose}.acknowledged", "id": message.far_id}
    return json.dumps(told | more).encode()


def acknowledgement(
    message: OutboxMessage, *, secret: str = SECRET, at: dt.datetime | None = None, **more: Any
) -> int:
    """The status of the answer to a signed acknowledgement."""
    return called_back(words_of(message, **more), secret=secret, at=at)


def test_an_event_goes_out_signed_and_nothing_of_it_lies_open(case, target, far_side):
    message = lock(case)
    assert b"C-77" not in bytes(message.payload_sealed)
    assert SECRET.encode() not in bytes(target.secret_sealed)
    assert send() == {"taken": 1}

    ((headers, body),) = far_side.taken
    assert valid(SECRET, headers, body, AT)
    assert headers["webhook-id"] == message.far_id
    assert json.loads(body) == {
        "type": "erp.lock",
        "timestamp": AT.astimezone(dt.UTC).isoformat(),
        "id": message.far_id,
        "data": {"customer": "C-77", "orders": "new", "reason": "525"},
    }
    assert again(message).status == Status.SENT


def test_it_is_sent_again_with_growing_waits_until_it_is_acknowledged(case, target, far_side):
    message = lock(case)
    at = AT
    waits = []
    for _ in range(6):
        assert send(at) == {"taken": 1}
        waits.append(again(message).next_at - at)
        assert send(at + waits[-1] - dt.timedelta(seconds=1)) == {}
        at += waits[-1]
    assert waits == [MINUTE * 2**number for number in range(6)]
    assert len({body for _headers, body in far_side.taken}) == 1
    assert {headers["webhook-id"] for headers, _body in far_side.taken} == {message.far_id}

    assert acknowledgement(message, reference="ERP-4711") == 200
    assert send(at + dt.timedelta(days=9)) == {}
    done = again(message)
    assert done.acknowledged_at is not None
    assert message.events.get(kind="acknowledged").detail == "ERP-4711"
    assert acknowledgement(message) == 200, "a repetition is no mistake"
    assert again(message).acknowledged_at == done.acknowledged_at


@pytest.mark.parametrize("answer", [503, 429, 408])
def test_an_answer_that_asks_for_patience_puts_off(case, target, far_side, answer):
    far_side.answer = answer
    message = lock(case, wants_acknowledgement=False)
    assert send() == {"put_off": 1}
    assert again(message).status == Status.WAITING
    far_side.answer = 204
    assert send(AT + MINUTE) == {"taken": 1}
    assert send(AT + dt.timedelta(days=9)) == {}


@pytest.mark.parametrize("answer", [400, 401, 404, 410, 302])
def test_an_answer_that_says_no_is_a_failure_with_its_reason(case, target, far_side, answer):
    far_side.answer = answer
    message = lock(case)
    assert send() == {"refused": 1}
    assert again(message).status == Status.FAILED
    assert again(message).error.startswith(str(answer))
    assert len(far_side.taken) == 1, "no redirect is followed"


def test_a_line_that_breaks_is_an_unknown_outcome(case, target, far_side):
    far_side.answer = 0
    once = lock(case, wants_acknowledgement=False)
    repeated = lock(case)
    assert send() == {"lost": 2}
    assert again(once).status == again(repeated).status == Status.OUTCOME_UNKNOWN

    # By the protocol an id is taken once: the event that wants an answer goes out again.
    far_side.answer = 200
    assert send(AT + dt.timedelta(days=1)) == {"taken": 1}
    assert again(once).status == Status.OUTCOME_UNKNOWN
    assert again(repeated).status == Status.SENT


def test_an_event_is_never_given_up_while_nobody_has_it(case, target, far_side):
    far_side.answer = 503
    message = lock(case)
    at = AT
    for _ in range(state.MOST_ATTEMPTS + 5):
        assert send(at) == {"put_off": 1}
        at = again(message).next_at
    assert again(message).status == Status.WAITING


def test_what_a_slow_worker_says_late_does_not_touch_the_claim_of_another(case, target):
    message = lock(case)
    slow = state.claim(message.pk, AT)
    later = AT + 2 * state.LEASE
    state.lose_abandoned(later)
    other = state.claim(message.pk, later + dt.timedelta(hours=1))
    assert other is not None and other.claim != slow.claim

    state.finish(slow, state.Outcome("refused", "404"), later + dt.timedelta(hours=1))
    assert again(message).status == Status.SENDING
    assert story(message)[-1] == "refused"


def test_without_an_address_an_event_waits(case, manager, far_side):
    message = lock(case)
    assert send() == {}
    elsewhere = people.make_user("manager", people.make_house("elsewhere"))
    set_target("erp.lock", far_side.url, SECRET, actor=elsewhere, at=AT)
    set_target("erp.unlock", far_side.url, SECRET, actor=manager, at=AT)
    assert send() == {}
    assert again(message).attempts == 0
    set_target("erp.lock", far_side.url, SECRET, actor=manager, at=AT)
    assert send() == {"taken": 1}


def test_only_who_has_the_secret_acknowledges_and_only_now(case, target):
    message = lock(case)
    assert acknowledgement(message, secret="b-secret-of-the-order-system") == 401
    assert acknowledgement(message, at=timezone.now() - dt.timedelta(minutes=6)) == 401
    assert acknowledgement(message, at=timezone.now() + dt.timedelta(minutes=6)) == 401
    silent = lock(case, wants_acknowledgement=False)
    assert acknowledgement(silent) == 401
    assert again(message).acknowledged_at is None
    assert acknowledgement(message) == 200


HOSTILE = [
    b"",
    b"[]",
    b'{"id": 3}',
    b'{"type": "erp.lock.acknowledged", "id": "\\u0000"}',
    b'{"type": "erp.lock.acknowledged", "id": "\\ud800"}',
    b"[" * 15_000,
    b'{"a":' * 3_000,
    b"\xff\xfe",
]


@pytest.mark.parametrize("body", HOSTILE)
def test_a_stranger_hears_of_the_signature_whatever_the_bytes_say(case, target, body):
    answer = Client().post("/outbox/acknowledge/", body, content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize("body", HOSTILE)
def test_what_cannot_be_understood_is_told_to_whoever_signed_it(case, target, body):
    assert called_back(body) == 422


@pytest.mark.parametrize("size", [20_000, 6_000_000])
def test_too_much_is_not_even_read(case, target, size):
    assert called_back(b" " * size) == 413


def test_before_the_signature_is_checked_the_book_is_not_asked_for_what_the_bytes_say(
    case, target, django_assert_num_queries
):
    body = words_of(lock(case))
    with django_assert_num_queries(1):  # the secrets, whatever came
        Client().post("/outbox/acknowledge/", body, content_type="application/json")


def test_our_own_event_sent_back_to_us_acknowledges_nothing(case, target, far_side):
    """A proxy that echoes, a test server, whoever reads a log: all have our bytes and headers."""
    message = lock(case)
    assert send(timezone.now()) == {"taken": 1}
    ((headers, body),) = far_side.taken
    sent = {name: value for name, value in headers.items() if name.startswith("webhook-")}
    answer = Client().post(
        "/outbox/acknowledge/", body, content_type="application/json", headers=sent
    )
    assert answer.status_code == 422
    assert again(message).acknowledged_at is None
    assert story(message) == ["posted", "sending", "taken"]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "erp.lock"},
        {"type": "erp.unlock.acknowledged"},
        {"type": None},
        {"data": {}},
        {"timestamp": "2026-11-03T02:00:00+00:00"},
        {"reference": {"number": "ERP-4711"}},
    ],
)
def test_an_acknowledgement_says_what_it_is_and_nothing_else(case, target, change):
    message = lock(case)
    assert acknowledgement(message, **change) == 422
    assert again(message).acknowledged_at is None


def test_an_acknowledgement_has_an_id_of_its_own(case, target):
    message = lock(case)
    assert called_back(words_of(message), call_id=message.far_id) == 422
    assert again(message).acknowledged_at is None


def test_a_call_that_comes_again_writes_nothing_more(case, target):
    first = lock(case)
    second = lock(case)
    assert called_back(words_of(first), call_id="c1") == 200
    assert called_back(words_of(first), call_id="c1") == 200
    assert story(first) == ["posted", "acknowledged"]
    assert called_back(words_of(second), call_id="c1") == 409
    assert again(second).acknowledged_at is None


def test_one_secret_acknowledges_the_events_that_go_to_its_address(case, target, manager, far_side):
    other = "another-secret-of-the-order-system"
    set_target("erp.unlock", far_side.url, other, actor=manager, at=AT)
    message = lock(case)
    assert acknowledgement(message, secret=other) == 401
    assert again(message).acknowledged_at is None


def test_no_event_of_ours_is_called_as_an_acknowledgement_is(case, manager, far_side):
    for name in ("erp.lock.acknowledged", "erp.acknowledged"):
        with pytest.raises(Refusal) as caught:
            post_webhook(name, {}, subject=About.of_case(case), act=case.act, at=AT)
        assert caught.value.code == "outbox.type"
        with pytest.raises(Refusal):
            set_target(name, far_side.url, SECRET, actor=manager, at=AT)


def test_nobody_looks_at_the_door(db):
    assert Client().get("/outbox/acknowledge/").status_code == 405


def test_a_person_acknowledges_with_a_reason(case, target, manager):
    message = lock(case)
    send()
    with pytest.raises(Refusal) as caught:
        acknowledge(message.pk, actor=manager, at=AT, reason="")
    assert caught.value.code == "outbox.reason"

    acknowledge(message.pk, actor=manager, at=AT, reason="仓库电话确认")
    assert again(message).next_at is None
    assert Act.objects.get(verb="outbox.acknowledge").reason == "仓库电话确认"
    with pytest.raises(Refusal) as caught:
        silent = lock(case, wants_acknowledgement=False)
        acknowledge(silent.pk, actor=manager, at=AT, reason="x")
    assert caught.value.code == "outbox.not_webhook"


def test_who_only_looks_or_does_not_see_the_case_acknowledges_nothing(case, target):
    message = lock(case)
    claimed = state.claim(message.pk, AT)
    state.finish(claimed, state.Outcome("put_off", "timeout"), AT)
    elsewhere = people.make_house("elsewhere")
    nobody = (
        ("quality", case.organisation, "outbox.right"),
        ("collector", case.organisation, "outbox.right"),
        ("manager", elsewhere, "outbox.unknown"),
    )
    for role, house, code in nobody:
        user = people.make_user(role, house)
        with pytest.raises(Refusal) as caught:
            acknowledge(message.pk, actor=user, at=AT, reason="仓库电话确认")
        assert caught.value.code == code, role

    supply_chain = people.make_user("supply_chain", case.organisation)
    acknowledge(message.pk, actor=supply_chain, at=AT, reason="仓库电话确认")
    assert again(message).acknowledged_at is not None


def test_an_acknowledgement_may_be_quicker_than_the_answer(case, target):
    message = lock(case)
    claimed = state.claim(message.pk, AT)
    assert acknowledgement(message) == 200
    assert again(message).status == Status.SENDING
    state.finish(claimed, state.Outcome("taken", "200", "OK"), AT)
    done = again(message)
    assert (done.status, done.next_at) == (Status.SENT, None)
    assert story(message) == ["posted", "sending", "acknowledged", "taken"]


@pytest.mark.parametrize(
    ("kind", "url", "secret", "code"),
    [
        ("ERP.Lock", "https://erp.example.com/", SECRET, "outbox.type"),
        ("erp.lock", "ftp://erp.example.com/", SECRET, "outbox.url"),
        ("erp.lock", "https://u:p@erp.example.com/", SECRET, "outbox.url"),
        ("erp.lock", "https://erp.example.com:x/", SECRET, "outbox.url"),
        ("erp.lock", "https://erp.example.com/锁货", SECRET, "outbox.url"),
        ("erp.lock", "https://erp.example.com/\r\nX: y", SECRET, "outbox.url"),
        ("erp.lock", "https://erp.example.com/", "short", "outbox.secret"),
        ("erp.lock", "https://erp.example.com/", "whsec_c2hvcnQ=", "outbox.secret"),
    ],
)
def test_a_target_that_cannot_be_is_refused(manager, kind, url, secret, code):
    with pytest.raises(Refusal) as caught:
        set_target(kind, url, secret, actor=manager, at=AT)
    assert caught.value.code == code
    assert not WebhookTarget.objects.exists()
