"""Before a call the page shows points of dispute, likely excuses with answers, and the customer."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.calls.prepare import nameless
from huikuan.calls.tests.call import DAY, Room, make_room
from huikuan.casebook import facts
from huikuan.casebook.models import CaseNote, PaymentClaim, StatementLine
from huikuan.contacts.script_shown import Words
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room("b2b_receivables", "company", name="百川电子")


def page(room: Room) -> str:
    """The page before the call: nothing was dialled yet."""
    answer = room.client.get(room.address("call"), headers={"accept-language": "zh-hans"})
    return " ".join(answer.content.decode().split())


def test_likely_excuses_stand_with_their_answers(room: Room) -> None:
    shown = page(room)
    assert "公司资金紧张" in shown
    assert "那我们先定一笔：本周能付多少、其余哪天付？" in shown
    assert "货有问题、金额不对" in shown


def test_the_answers_name_nobody_before_the_call_is_started(room: Room) -> None:
    assert "赵经理" not in page(room)
    assert "赵经理" in room.start().content.decode()

    told = {"contact_person": "赵经理", "debtor_name": "百川电子", "complaint_phone": "400"}
    (words,) = nameless([Words(room.procedure.scripts["chase_call"], told)])
    assert words.values == {"complaint_phone": "400"}


def test_without_a_step_there_are_no_words_to_prepare(room: Room) -> None:
    room.task.delete()
    assert "公司资金紧张" not in page(room)


def test_points_of_dispute_stand_with_what_was_said_of_them(room: Room) -> None:
    assert "目前没有" in page(room)

    item, other = room.case.items.order_by("pk")
    people.make_hold(
        room.case, room.today - DAY, "dispute", "item", item=item, reason="两箱货有破损"
    )
    month = (room.today.replace(day=1) - DAY).replace(day=1)
    statement = people.make_statement(room.case, month)
    line = differs(room, statement, other, "少开一张红字")
    shown = page(room)
    assert "两箱货有破损" in shown
    assert item.number in shown
    assert "少开一张红字" in shown

    settled = differs(room, statement, other, "", differs=False)
    assert settled.pk > line.pk
    assert "少开一张红字" not in page(room)


def differs(room: Room, statement, item, said: str, *, differs: bool = True) -> StatementLine:
    act = people.make_act(room.case.organisation)

    return StatementLine.objects.create(
        organisation_id=room.case.organisation_id,
        creditor_id=room.case.creditor_id,
        act=act,
        valid_on=room.today,
        recorded_at=timezone.now(),
        case=room.case,
        statement=statement,
        item=item,
        differs=differs,
        note=said,
    )


def test_what_the_customer_says_is_paid_is_such_a_point(room: Room) -> None:
    item = room.case.items.order_by("pk").first()
    contact = people.make_contact(room.case, room.today - DAY, connected=True, answered="debtor")

    PaymentClaim.objects.create(
        organisation_id=room.case.organisation_id,
        creditor_id=room.case.creditor_id,
        act_id=contact.act_id,
        valid_on=room.today - DAY,
        recorded_at=contact.recorded_at,
        case=room.case,
        item=item,
        contact=contact,
    )
    facts.refresh([room.case.pk])

    assert "称已付" in page(room)


def test_how_the_customer_works_is_a_note_with_its_purpose(room: Room) -> None:
    said = "赵经理上午在厂里，喜欢先看明细；公司在搬厂房"
    address = reverse("planning:note", args=[room.case.number])
    form = {"kind": "customer", "text": said}
    assert room.client.post(address, form).status_code == 422
    assert not CaseNote.objects.exists()

    room.client.post(address, form | {"purpose": "定拜访和去电时间"})
    shown = page(room)
    assert said in shown
    assert "定拜访和去电时间" in shown


def test_the_call_opens_with_what_was_agreed_and_never_with_our_note(room: Room) -> None:
    people.make_contact(
        room.case, room.today - 3 * DAY, connected=True, answered="debtor", note="态度差，敷衍"
    )
    people.make_promise(room.case, room.today - 3 * DAY, [(room.today - DAY, 50_000)])
    facts.refresh([room.case.pk])

    scripts = dict(room.start().context["scripts"])
    script = scripts["debtor"]
    lines = [line for part in (*script.before, *script.after) for line in part.lines]
    said = " ".join(piece.text for line in lines if line.said for piece in line.pieces)
    assert "500.00" in said
    assert "态度差" not in said
