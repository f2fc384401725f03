"""Two complaints of the demo: a regulator's letter about a collector, and a stranger's call."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import Assignment, Case
from huikuan.complaints import propose, told
from huikuan.complaints.accept import Point, accept
from huikuan.complaints.own import own
from huikuan.complaints.promise import promise
from huikuan.complaints.propose import Proposal
from huikuan.complaints.receive import Reception, receive
from huikuan.ops.demo.cast import Cast
from huikuan.ops.demo.history import moment

#: Days before the last one on which each comes in.
LETTER = 3
CALL = 1


def complain(cast: Cast, back: int, on: dt.date) -> None:
    """What comes in on this day, as far as the house got with it."""
    if back == LETTER:
        _regulators_letter(cast, on)
    if back == CALL:
        _strangers_call(cast, on)


def _regulators_letter(cast: Cast, on: dt.date) -> None:
    """Accepted, owned, told; the first proposal was refused, so a second one is due."""
    clerk = cast.users["xieq"]
    at = moment(on, 9, 20)
    case = _held_case(cast)
    if case is None:
        return
    entry = Reception(
        channel="regulator",
        who="debtor",
        name="投诉人甲",
        reach="13800000077",
        said="信用卡催收人员多次致电本人单位，语气粗暴，要求处理并停止联系单位。",
        received_at=moment(on, 9),
        case=case.number,
        about="zhangxy",
        reference="示例监管〔2026〕18号",
    )
    complaint = receive(entry, actor=clerk, at=at).complaint
    assert complaint is not None
    number = complaint.number

    points = [
        Point("conduct", "两次通话语气粗暴，打断对方说话", "当面或者电话道歉"),
        Point("third_person", "连续两天致电本人单位", "停止联系单位", "case"),
    ]
    accept(number, points, actor=clerk, at=at)
    own(number, clerk.username, actor=clerk, at=at)
    until = moment(on + dt.timedelta(days=CALL + LETTER), 17)
    promise(number, until=until, way="call", actor=clerk, at=at)
    asked = ["quality_supervision"]
    told.tell_departments(number, asked, question="请调听两次通话录音", actor=clerk, at=at)
    note = "经委托方投诉平台报告"
    told.report(number, "report", by_mail=False, note=note, actor=clerk, at=at)

    later = moment(on, 15)
    proposal = Proposal(1, "apology", "由客服电话道歉，并停止联系单位")
    propose.propose(number, proposal, actor=clerk, at=later)
    words = "口头道歉不够，要求书面道歉"
    propose.answer(number, agrees=False, text=words, way="call", actor=clerk, at=later)


def _held_case(cast: Cast) -> Case | None:
    """The first case of the bank that the collector was given."""
    held = Assignment.objects.filter(user=cast.users["zhangxy"]).values("case_id")
    mine = Case.objects.filter(creditor=cast.creditors["demo-bank"], pk__in=held)
    return mine.order_by("pk").first()


def _strangers_call(cast: Cast, on: dt.date) -> None:
    """Opened and not accepted yet: it waits for customer service."""
    entry = Reception(
        channel="phone",
        who="stranger",
        name="来电人乙",
        reach="13800000078",
        said="我不认识你们要找的人，一周接到三次电话，请不要再打。",
        received_at=moment(on, 16, 30),
    )
    receive(entry, actor=cast.users["xieq"], at=moment(on, 16, 40))
