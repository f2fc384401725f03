"""A lock and its end cannot overtake each other: the order system ends as the book says."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import people

from huikuan.casebook.about import About
from huikuan.casebook.models import Case, OutboxMessage
from huikuan.lib.sentences import Refusal
from huikuan.ops.made_once import made_once
from huikuan.outbox import state
from huikuan.outbox.post import post_webhook
from huikuan.outbox.settle import retry
from huikuan.outbox.state import Outcome
from huikuan.outbox.targets import set_target
from huikuan.outbox.tests.conftest import AT, SECRET, again, send, story
from huikuan.people.models import User

pytestmark = pytest.mark.django_db
Status = OutboxMessage.Status
MINUTE = dt.timedelta(minutes=1)
BOTH = ("erp.lock", "erp.unlock")


@made_once
def manager(case: Case) -> User:
    return people.make_user("manager", case.organisation)


@pytest.fixture(autouse=True)
def target(manager: User, far_side) -> None:
    for kind in BOTH:
        set_target(kind, far_side.url, SECRET, actor=manager, at=AT)


def post(case: Case, kind: str, at: dt.datetime = AT) -> OutboxMessage:
    subject = About.of_case(case)
    return post_webhook(kind, {}, subject=subject, act=case.act, at=at, replaces=BOTH)


def told(far_side) -> list[str]:
    """The ids that the far side has been sent, in order."""
    return [headers["webhook-id"] for headers, _body in far_side.taken]


def test_a_lock_that_was_put_off_does_not_follow_its_end(case: Case, far_side) -> None:
    far_side.answer = 503
    lock = post(case, "erp.lock")
    assert send() == {"put_off": 1}
    far_side.answer = 204
    far_side.taken.clear()

    unlock = post(case, "erp.unlock")
    assert send() == {"taken": 1}
    assert send(AT + MINUTE * 90) == {"taken": 1}
    assert set(told(far_side)) == {unlock.far_id}
    assert again(lock).status == Status.FAILED
    assert story(lock)[-1] == "replaced"


def test_a_lock_that_nobody_acknowledged_is_repeated_no_more_after_its_end(
    case: Case, far_side
) -> None:
    lock = post(case, "erp.lock")
    send()
    unlock = post(case, "erp.unlock")
    send(AT + MINUTE * 90)
    assert told(far_side) == [lock.far_id, unlock.far_id]
    assert (again(lock).status, again(lock).next_at) == (Status.SENT, None)


@pytest.mark.parametrize("result", ["taken", "put_off", "lost", "refused"])
def test_the_end_waits_while_the_lock_is_on_its_way(case: Case, far_side, result: str) -> None:
    lock = post(case, "erp.lock")
    claimed = state.claim(lock.pk, AT)
    assert claimed is not None
    unlock = post(case, "erp.unlock")
    assert send() == {}

    state.finish(claimed, Outcome(result), AT)
    assert again(lock).next_at is None
    assert send() == {"taken": 1}
    assert told(far_side) == [unlock.far_id]
    assert send(AT + MINUTE * 90) == {"taken": 1}
    assert set(told(far_side)) == {unlock.far_id}


def test_a_lock_that_failed_is_not_sent_again_after_its_end(
    case: Case, far_side, manager: User
) -> None:
    far_side.answer = 400
    lock = post(case, "erp.lock")
    send()
    assert again(lock).status == Status.FAILED

    post(case, "erp.unlock")
    with pytest.raises(Refusal) as refused:
        retry(lock.pk, actor=manager, at=AT, reason="接口已修复")
    assert refused.value.problem.code == "outbox.replaced"


def test_what_was_acknowledged_stays_as_it_is(case: Case) -> None:
    lock = post(case, "erp.lock")
    send()
    state.acknowledged(lock.pk, AT)
    post(case, "erp.unlock")
    assert again(lock).replaced_by is None
    assert story(lock)[-1] == "acknowledged"


def test_the_events_of_another_case_stay(case: Case, far_side) -> None:
    other = people.make_case(creditor=case.creditor)
    lock = post(other, "erp.lock")
    post(case, "erp.unlock")
    assert again(lock).replaced_by is None
    assert send() == {"taken": 2}


def test_a_lock_after_its_end_takes_its_place(case: Case, far_side) -> None:
    post(case, "erp.lock")
    post(case, "erp.unlock")
    newest = post(case, "erp.lock")
    assert send() == {"taken": 1}
    assert told(far_side) == [newest.far_id]
