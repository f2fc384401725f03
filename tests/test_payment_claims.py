"""A customer says in a call that an item is paid: what is recorded, what rests, and how long."""

from __future__ import annotations

import datetime as dt
import re

from django.urls import reverse

from huikuan.calls import quick
from huikuan.calls.tests.call import DAY, Room, make_room, text
from huikuan.casebook import facts
from huikuan.casebook.models import Case, Item, Notice, PaymentClaim, Task
from huikuan.contacts.procedure import at_hand
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.planning.done import done, undo
from huikuan.planning.plan import plan
from tests import people
from tests.shipped import load_packs


@made_once
def room(db: None) -> Room:
    load_packs()
    room = make_room("b2b_receivables", "company", name="宁波海川商贸有限公司")
    Case.objects.filter(pk=room.case.pk).update(statement_cycle=True)
    Item.objects.filter(case=room.case).update(confirmed_on=room.case.placed_on)
    people.make_point(room.case, kind="email", value="caiwu@example.com")
    older = room.case.items.earliest("due_on")
    Task.objects.filter(pk=room.task.pk).update(subject_id=older.pk)
    facts.refresh([room.case.pk])
    return room


def says_paid(room: Room, *items: Item, **more: str) -> dict[str, object]:
    return {
        "request_key": "page-1", "decision": room.decision(), "answered": "debtor",
        "identified": "on",
        "outcome": "says_paid", "note": "对方称已付款", "evidence": "网银回单", "seconds": "60",
        "paid_items": [str(item.pk) for item in items],
    } | more  # fmt: skip


def chased(room: Room, on: dt.date) -> set[str]:
    """Numbers of the items that a fresh plan has chased on the day, by phone."""
    plan(on, actor=room.colleague, at=people.moment(on, 7), calendar=china())
    open_now = Task.objects.filter(case=room.case, status="open", step__code="chase_call")
    ids = open_now.exclude(pk=room.task.pk).values_list("subject_id", flat=True)
    return set(Item.objects.filter(pk__in=ids).values_list("number", flat=True))


def items_of(room: Room) -> tuple[Item, Item]:
    older, newer = room.case.items.order_by("due_on")
    return older, newer


def test_only_the_items_that_were_ticked_are_said_to_be_paid(room: Room) -> None:
    older, newer = items_of(room)
    answer = room.save(says_paid(room, older))
    assert answer.status_code == 200, text(answer)
    assert f"客户称已付：{older.number}" in text(answer).replace(" ", "")

    claim = PaymentClaim.objects.get()
    assert (claim.item, claim.contact, claim.valid_on) == (older, room.saved(), room.today)
    older.summary.refresh_from_db()
    newer.summary.refresh_from_db()
    assert (older.summary.claimed_on, newer.summary.claimed_on) == (room.today, None)
    assert older.summary.open_minor == 1000_00, "nothing is booked by what somebody says"
    assert not facts.differences()


def test_it_must_be_said_which_items_and_they_are_those_of_the_case(room: Room) -> None:
    assert 'data-column="paid_items"' in text(room.save(says_paid(room)))

    other = people.make_case(items=[(room.today, 100)]).items.get()
    assert 'data-column="paid_items"' in text(room.save(says_paid(room, other)))
    assert not PaymentClaim.objects.exists()


def test_the_chase_of_the_item_rests_while_finance_looks_and_goes_on_without_the_money(
    room: Room,
) -> None:
    older, newer = items_of(room)
    room.save(says_paid(room, older))
    tomorrow = room.today + DAY
    # Both items are chased every other day at first, daily later: two days show both.
    assert chased(room, tomorrow) | chased(room, tomorrow + DAY) == {newer.number}

    look = Task.objects.get(case=room.case, step__code="finance_check")
    assert look.subject_id == older.pk, "finance is told of which item"
    finance = people.make_user("finance")
    at = people.moment(tomorrow + DAY, 9)
    assert done(look.pk, text="三个账户都没有这笔款", actor=finance, at=at).saved
    assert older.number in chased(room, tomorrow + 2 * DAY)


def test_who_heard_it_is_told_what_finance_found(room: Room) -> None:
    older, _newer = items_of(room)
    saved = text(room.save(says_paid(room, older, tasks=[str(room.task.pk)])))
    assert f"已完成：电话催款{older.number}" in re.sub(r"<[^>]+>|\s", "", saved)
    plan(room.today, actor=room.colleague, at=people.moment(room.today, 7), calendar=china())

    look = Task.objects.get(case=room.case, step__code="finance_check")
    finance = people.make_user("finance")
    at = people.moment(room.today, 9)
    assert done(look.pk, text="未到账，继续催收", actor=finance, at=at).saved
    page = text(room.client.get(reverse("notices")))
    assert f"{finance}已答复“客户称已付款，财务核对到账；未到账注明继续催收" in page
    assert f"{older.number} · {room.case.number}”：未到账，继续催收" in page

    assert undo(look.pk, actor=finance, at=at).saved
    assert "未到账，继续催收" not in text(room.client.get(reverse("notices")))


def test_who_answers_it_alone_is_told_nothing(room: Room) -> None:
    older, _newer = items_of(room)
    room.save(says_paid(room, older))
    plan(room.today, actor=room.colleague, at=people.moment(room.today, 7), calendar=china())
    look = Task.objects.get(case=room.case, step__code="finance_check")
    roles.give(room.collector, ["collector", "finance"])
    # Read anew: an account keeps its rights while it is at hand.
    both = User.objects.get(pk=room.collector.pk)
    assert done(look.pk, text="没有到账", actor=both, at=people.moment(room.today, 9)).saved
    assert not Notice.objects.filter(user=room.collector).exists()


def test_the_call_page_says_which_item_each_demand_is_about(room: Room) -> None:
    older, _newer = items_of(room)
    page = re.sub(r"<[^>]+>|\s", "", text(room.client.get(room.address("call"))))
    assert f"电话催款{older.number}" in page


def suggested(room: Room) -> list[tuple[str, int]]:
    """The sums that the form suggests for a promise, beside all that is owed."""
    room.case.refresh_from_db()
    procedures = at_hand(room.case, room.today).procedures
    return quick.amounts(room.case, room.today, procedures)


def test_what_rests_is_neither_suggested_for_a_promise_nor_asked_of_one(room: Room) -> None:
    older, newer = items_of(room)
    assert suggested(room) == [], "all of it is overdue and may be demanded"

    room.save(says_paid(room, older))
    assert suggested(room) == [("可催金额", 234_50)]

    tomorrow = room.today + DAY
    people.make_promise(room.case, room.today, [(room.today + 4 * DAY, 234_50)])
    facts.refresh([room.case.pk])
    assert chased(room, tomorrow) | chased(room, tomorrow + DAY) == set(), "the promise covers it"

    look = Task.objects.get(case=room.case, step__code="finance_check")
    at = people.moment(tomorrow + DAY, 9)
    assert done(look.pk, text="没有到账", actor=people.make_user("finance"), at=at).saved
    both = {older.number, newer.number}
    assert chased(room, tomorrow + 2 * DAY) | chased(room, tomorrow + 3 * DAY) == both


def test_taken_back_within_its_time_nothing_was_said(room: Room) -> None:
    older, _newer = items_of(room)
    room.save(says_paid(room, older))
    answer = room.client.post(reverse("calls:undo", args=[room.saved().pk]))
    assert answer.status_code == 200, text(answer)
    assert not PaymentClaim.objects.exists()
    older.summary.refresh_from_db()
    assert older.summary.claimed_on is None


def test_the_next_call_says_what_was_claimed(room: Room) -> None:
    older, _newer = items_of(room)
    room.save(says_paid(room, older))
    started = text(room.start(request_key="page-2"))
    assert f"您{room.today.month}月{room.today.day}日称已付" in started.replace(" ", "")
