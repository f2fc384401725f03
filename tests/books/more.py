"""Kinds of rows that the demo's people do not write, each by its own verb where there is one."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from pathlib import Path

from huikuan.calls.start import start
from huikuan.casebook import facts
from huikuan.casebook.models import Agreement, Case, CaseEvent, CaseSummary, Hold, Payment, Tally
from huikuan.holds.entry import HoldEntry
from huikuan.holds.propose import propose
from huikuan.intake.clocks import record_breaches
from huikuan.intake.load import import_file
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.ops.demo import files
from huikuan.payments import ask, decide
from huikuan.payments.post import PaymentEntry
from huikuan.payments.receive import receive
from huikuan.people.models import Creditor, User
from huikuan.planning.event import EventEntry, event
from huikuan.telephony.dial import dial
from tests import people

#: Serial numbers that the demo has not used.
FIRST_NEW_CARD = 900
CALLS = 3


def add_all(on: dt.date) -> None:
    """Adds them on the afternoon of the demo's last day."""
    users = {user.username: user for user in User.objects.all()}
    add_calls(on)
    add_events(on, users)
    add_hold_requests(on, users)
    add_payment_requests(on, users)
    with tempfile.TemporaryDirectory() as folder:
        add_payment_file(Path(folder), on, users)
        add_waiting_rows(Path(folder), on, users)
    add_third_person_and_hours(on)

    record_breaches(people.moment(on, 23))
    Tally.objects.create(key="demo", counted_at=people.moment(on, 20), rows=[])


def free_cases() -> list[Case]:
    """Open cases of persons whom nobody has called yet, in the order of their making."""
    fresh = CaseSummary.objects.filter(is_open=True, first_attempt_on=None, has_phone=True)
    fresh = fresh.exclude(told_on=None)
    fresh = fresh.exclude(assignee_id=None).exclude(case__person__kind="company")
    ids = fresh.order_by("case_id").values_list("case_id", flat=True)
    return list(Case.objects.filter(pk__in=ids).select_related("person").order_by("pk"))


def add_calls(on: dt.date) -> None:
    """Calls that were started: the gate's answer, what was shown, and the call on the line."""
    for number, case in enumerate(free_cases()[:CALLS]):
        holder = User.objects.get(pk=CaseSummary.objects.get(pk=case.pk).assignee_id)
        point = case.person.points.filter(whose="debtor", kind="mobile").first()
        at = people.moment(on, 15, number)
        started = start(case, point, actor=holder, at=at, key=f"call-{number}")
        assert started.decision.allowed, started.decision.rule
        assert dial(started.decision.pk, actor=holder, at=at).call is not None


def add_events(on: dt.date, users: dict[str, User]) -> None:
    """A visit that is asked for, a case that is closed, and one that is recalled."""
    kinds = CaseEvent.Kind
    wanted = (
        (kinds.VISIT_ASKED, "zhouh"),
        (kinds.CLOSED, "zhouh"),
    )
    cases = free_cases()[CALLS:]
    for number, (kind, username) in enumerate(wanted):
        entry = EventEntry(kind, on, reason="试验")
        entered = event(
            cases[number].pk, entry, actor=users[username], at=people.moment(on, 15, 10 + number)
        )
        assert entered.event is not None, [str(problem) for problem in entered.problems]

    recalled = cases[len(wanted)]
    people.make_event(recalled, on, "recalled")
    facts.refresh([recalled.pk])


def add_hold_requests(on: dt.date, users: dict[str, User]) -> None:
    """A hold that was asked for, granted by nobody yet, and one that ended."""
    waiting, ended = free_cases()[-2:]
    entry = HoldEntry(Hold.Kind.COMPLAINT, Hold.Scope.CASE, on, "来电时间过早")
    proposed = propose(waiting.pk, entry, actor=users["zhouh"], at=people.moment(on, 15, 30))
    assert proposed.approval is not None, [str(problem) for problem in proposed.problems]

    earlier = on - dt.timedelta(3)
    people.make_hold(ended, earlier, "complaint", "case", ended_on=on)
    facts.refresh([ended.pk])


def add_payment_requests(on: dt.date, users: dict[str, User]) -> None:
    """Payments by hand in each state of asking, and a reversal that waits."""
    at = people.moment(on, 16)
    for number, case in enumerate(free_cases()[-6:-3]):
        entry = PaymentEntry(
            case_id=case.pk,
            amount_minor=10_000 + number,
            currency=case.currency,
            paid_on=on,
            reference=f"HAND-{number}",
        )
        asked = ask.ask_payment(entry, actor=users["caow"], at=at, reason="柜台凭条")
        assert asked.approval is not None, [str(problem) for problem in asked.problems]
        if number == 0:
            decide.decide(asked.approval.pk, grant=True, reason="", actor=users["mam"], at=at)
        if number == 1:
            decide.decide(asked.approval.pk, grant=False, reason="重复", actor=users["mam"], at=at)

    payment = Payment.objects.filter(reversal=None).order_by("pk").first()
    assert payment is not None
    asked = ask.ask_reversal(payment.pk, on=on, reason="退票", actor=users["caow"], at=at)
    assert asked.approval is not None, [str(problem) for problem in asked.problems]


def add_payment_file(folder: Path, on: dt.date, users: dict[str, User]) -> None:
    """A file of three payments: one is posted, one belongs to nobody, one cannot be read."""
    case = free_cases()[-7]
    path = folder / "payments.csv"
    lines = (
        "流水号,案件编号,还款金额,还款日期",
        f"FILE-1,{case.number},88.00,{on}",
        f"FILE-2,C-UNKNOWN,12.00,{on}",
        f"FILE-3,{case.number},,{on}",
    )
    path.write_text("\n".join(lines), encoding="utf-8-sig")

    creditor = Creditor.objects.get(pk=case.creditor_id)
    report = receive(path, creditor=creditor, actor=users["caow"], at=people.moment(on, 16, 30))
    assert [outcome.state for outcome in report.outcomes] == ["posted", "unmatched"]


def add_waiting_rows(folder: Path, on: dt.date, users: dict[str, User]) -> None:
    """A placement that was imported too late, and of which one row waits for its correction."""
    chance = random.Random(1)
    rows = list(files.card_rows(3, FIRST_NEW_CARD, on, "622200", chance))
    rows[1]["身份证号"] = "990101190001010000"
    path = files.write_csv(folder / "new.csv", files.CARD_COLUMNS, iter(rows))

    bank = Creditor.objects.get(code="demo-bank")
    result, _checked = import_file(
        path,
        bank,
        mapping_by_name("card_cn"),
        users["zhengy"],
        at=people.moment(on, 17),
        received_at=people.moment(on, 8),
    )
    assert result.reported == 1


def add_third_person_and_hours(on: dt.date) -> None:
    """Somebody's relative who asked not to be called, and hours that a debtor agreed to."""
    case = free_cases()[-8]
    point = case.person.points.exclude(whose="debtor").first()
    assert point is not None
    people.make_refusal(point, case, on)

    row = {
        "organisation_id": case.organisation_id,
        "creditor_id": case.creditor_id,
        "act_id": case.act_id,
    }
    Agreement.objects.create(
        **row,
        case=case,
        valid_on=on,
        recorded_at=people.moment(on, 17),
        from_minute=19 * 60,
        to_minute=21 * 60,
        evidence="短信",
    )
    facts.refresh([case.pk])
