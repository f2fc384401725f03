"""Taking back within ten seconds: the same book as before; and everything for which it is too late."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import people

from huikuan.approvals.decide import decide
from huikuan.calls.forms import Situation, TalkForm
from huikuan.calls.tests.call import DAY, Room, make_room
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Act,
    Agreement,
    Approval,
    CaseSummary,
    ContactPoint,
    ContactRecord,
    GateDecision,
    ItemSummary,
    Notice,
    PointStatus,
    Promise,
    Refusal,
    Task,
    UndoneContact,
)
from huikuan.contacts.save import save
from huikuan.contacts.undo import undo
from huikuan.gate import reserve
from huikuan.ops.made_once import made_once
from huikuan.web.undo import WINDOW

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
TABLES = (
    ContactRecord,
    Promise,
    PointStatus,
    Refusal,
    ContactPoint,
    Agreement,
    Approval,
    Notice,
    Task,
    CaseSummary,
    ItemSummary,
)


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room()


def book() -> list[list[dict[str, Any]]]:
    """Every row that a contact may write or change; keys of new rows do not matter when they are gone."""
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def codes(
    room: Room, contact: ContactRecord, *, after: dt.timedelta = SECOND, actor: Any = None
) -> list[str]:
    undone = undo(contact.pk, actor=actor or room.collector, at=contact.recorded_at + after)
    return [one.code for one in undone.problems]


def saved(room: Room, **more: Any) -> ContactRecord:
    assert room.save(room.talk(decision=room.decision(), **more)).status_code == 200
    return room.saved()


OUTCOMES = st.sampled_from(
    [
        "promised",
        "next_contact",
        "dispute",
        "complains",
        "refuses",
        "hung_up",
        "ill",
        "no_calls",
        "represented",
    ]
)
FORMS = st.fixed_dictionaries(
    {
        "outcome": OUTCOMES,
        "promise_count": st.sampled_from(["1", "3"]),
        "new1_value": st.sampled_from(["", "13800005555"]),
        "new2_value": st.sampled_from(["", "示例路 1 号"]),
        "hours_from": st.sampled_from(["", "09:00"]),
        "check": st.sampled_from(["", "same", "changed"]),
        "task": st.booleans(),
    }
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=FORMS)
def test_taken_back_the_book_is_the_same_as_before(drawn: dict[str, Any], room: Room) -> None:
    form = room.talk(
        evidence="凭证", new0_value="13800004444", new2_kind="address", hold_item=room.case.items.earliest("pk").pk,
        next_on=str(room.today + DAY), next_at="10:00", hours_to="20:00" if drawn["hours_from"] else "",
        tasks=[str(room.task.pk)] * drawn["task"], **{f"check-{room.mobile.pk}": drawn["check"]},
    )  # fmt: skip
    entered = TalkForm(form | drawn, seen=Situation(room.case, room.procedure, room.mobile))
    decision, now, before = (
        people.make_decision(room.case, timezone.now(), room.mobile, actor=room.collector),
        timezone.now(),
        book(),
    )
    problems = entered.problems()
    entry = entered.entry(at=decision.at, point_id=room.mobile.pk)
    recorded = save(entry, actor=room.collector, at=now, decision=decision, found=problems)
    assert recorded.contact is not None, recorded.problems
    assert book() != before
    assert undo(recorded.contact.pk, actor=room.collector, at=now + SECOND).case == room.case
    assert book() == before
    assert facts.differences() == []
    assert Act.objects.latest("pk").verb == "contacts.undo"
    # Each example is a first talk: what was taken back would use up the cap of the day.
    UndoneContact.objects.all().delete()


def test_the_decision_stays_and_serves_the_corrected_record(room: Room) -> None:
    form = room.talk(decision=room.decision())
    room.save(form)
    answer = room.client.post(reverse("calls:undo", args=[room.saved().pk]))
    assert (answer.status_code, answer["HX-Trigger-After-Swap"]) == (200, "contact-undone")
    assert "已撤销" in answer.content.decode()
    assert GateDecision.objects.count() == 1
    assert room.save(form | {"note": "更正"}).status_code == 200
    assert room.saved().note == "更正"


def test_the_act_says_what_was_taken_back(room: Room) -> None:
    contact = saved(room, new1_value="13800005555")
    assert codes(room, contact) == []
    act = Act.objects.latest("pk")
    assert (act.verb, act.actor) == ("contacts.undo", room.collector)
    for words in (f"contact {contact.pk}", "promises 1", "tasks 1", "points 1"):
        assert words in act.reason


def test_a_task_that_an_earlier_contact_did_stays_done(room: Room) -> None:
    saved(room)
    room.save(room.talk(decision=room.decision(key="page-2"), request_key="page-2"))
    assert codes(room, room.saved()) == []
    room.task.refresh_from_db()
    assert room.task.status == "done"


def test_after_ten_seconds_it_stays(room: Room) -> None:
    contact = saved(room)
    assert codes(room, contact, after=WINDOW + SECOND) == ["undo.late"]
    assert ContactRecord.objects.filter(pk=contact.pk).exists()


def test_only_who_saved_it_takes_it_back(room: Room) -> None:
    contact = saved(room)
    assert codes(room, contact, actor=room.colleague) == ["undo.other"]
    assert codes(
        room, contact, actor=people.make_user("manager", people.make_house("foreign"))
    ) == ["undo.gone"]


def test_what_came_later_holds_it(room: Room) -> None:
    contact = saved(room)
    people.make_contact(room.case, room.today, point=room.mobile)
    assert codes(room, contact) == ["undo.later"]


def test_a_payment_that_came_later_holds_it(room: Room) -> None:
    contact = saved(room)
    people.make_payment(room.case, room.today, 100, recorded_at=contact.recorded_at + SECOND)
    assert codes(room, contact, after=2 * SECOND) == ["undo.later"]


def test_a_hold_that_was_granted_meanwhile_holds_it(room: Room) -> None:
    contact = saved(room, outcome="dispute", hold_item=room.case.items.earliest("pk").pk)
    approval = Approval.objects.get()
    granted = decide(
        approval.pk, kinds=("hold",), grant=True, reason="", actor=room.colleague, at=timezone.now()
    )
    assert granted.granted
    assert codes(room, contact) == ["undo.later"]


def test_a_second_time_there_is_nothing_to_take_back(room: Room) -> None:
    contact = saved(room)
    address = reverse("calls:undo", args=[contact.pk])
    assert room.client.post(address).status_code == 200
    assert room.client.post(address).status_code == 404
    assert Act.objects.filter(verb="contacts.undo").count() == 1


def test_a_late_click_is_told_what_to_do(room: Room) -> None:
    contact = saved(room)
    ContactRecord.objects.filter(pk=contact.pk).update(
        recorded_at=contact.recorded_at - dt.timedelta(minutes=1)
    )
    answer = room.client.post(reverse("calls:undo", args=[contact.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert "备注予以更正" in answer.content.decode()


def test_without_sign_in_to_the_sign_in_page(room: Room) -> None:
    assert Client().post(reverse("calls:undo", args=[1]))["Location"].startswith("/sign-in/")


# --- what the limits count -----------------------------------------------------------------------


def asked(room: Room) -> GateDecision:
    """What the gate says now to one more talk."""
    return reserve.ask_again(
        room.case,
        room.mobile,
        "call",
        actor=room.collector,
        at=timezone.now(),
        style="interactive",
    )


def talked_and_taken_back(room: Room, page: str) -> None:
    form = room.talk(decision=room.decision(key=page), request_key=page)
    assert room.save(form).status_code == 200
    assert codes(room, room.saved()) == []


def test_talks_that_were_taken_back_use_up_the_cap(room: Room) -> None:
    """Whoever takes each talk back talks no more often than whoever does not."""
    talks = 0
    while asked(room).allowed and talks < 10:
        talks += 1
        talked_and_taken_back(room, f"page-{talks}")
        assert asked(room).facts["effective_today"] == talks
    assert 1 <= talks < 10
    assert not ContactRecord.objects.exists()


def test_the_corrected_record_is_the_same_contact(room: Room) -> None:
    form = room.talk(decision=room.decision())
    room.save(form)
    assert codes(room, room.saved()) == []
    room.save(form | {"note": "更正"})
    assert codes(room, room.saved()) == []
    assert asked(room).facts["effective_today"] == 1

    room.save(form | {"note": "再更正"})
    assert asked(room).facts["effective_today"] == 1


def test_a_talk_is_not_corrected_away(room: Room) -> None:
    """Under the same permission the record becomes one of nobody reached: the talk goes on counting."""
    form = room.talk(decision=room.decision())
    room.save(form)
    assert codes(room, room.saved()) == []
    nobody = {"request_key": "page-1", "answered": "nobody", "outcome": "no_answer"}
    assert room.save(nobody | {"decision": form["decision"], "note": "无人接听"}).status_code == 200
    assert not room.saved().connected
    assert asked(room).facts["effective_today"] == 1


def test_what_was_said_is_kept(room: Room) -> None:
    contact = saved(room)
    assert codes(room, contact) == []
    kept = UndoneContact.objects.get()
    assert (kept.contact_id, kept.act_id, kept.valid_on) == (
        contact.pk,
        contact.act_id,
        contact.valid_on,
    )
    assert (kept.undone.verb, kept.undone.actor) == ("contacts.undo", room.collector)
    assert (kept.said["note"], kept.said["outcome"]) == ("本人承诺", "promised")
