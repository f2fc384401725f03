"""The money that arrives: a file of 10,000 lines is shown, posted once, settles promises; a reversal gives all back."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Allocation,
    Approval,
    Case,
    CaseSummary,
    Charge,
    Notice,
    Payment,
    PaymentFile,
    PaymentRow,
    Promise,
)
from huikuan.payments import ask, decide, receive
from huikuan.people.models import User
from tests import people

pytestmark = pytest.mark.long

CASES, LINES = 9_700, 10_000
DAY = dt.timedelta(days=1)
PLACED = people.PLACED_ON
TODAY = PLACED + 20 * DAY
NOW = people.moment(TODAY, 15)
HEADER = "流水号,案件编号,姓名,还款金额,还款日期"
#: Costs 1, interest 9, principal 90 yuan; promised are 50.
MANY = """
WITH n AS (SELECT generate_series(1, %(cases)s) AS n),
person AS (
    INSERT INTO casebook_person (organisation_id, creditor_id, act_id, kind, number, name, initials, id_masked, sex, region,
        timezone, details)
    SELECT %(org)s, %(creditor)s, %(act)s, 'person', 'N' || n, '批' || n, '', '', '', '', '', '{}' FROM n RETURNING id, number
),
made AS (
    INSERT INTO casebook_case (organisation_id, creditor_id, act_id, number, person_id, product, currency, hand, placed_on,
        settles_by_receipts, statement_cycle, recorded_at)
    SELECT %(org)s, %(creditor)s, %(act)s, 'M-' || substr(number, 2), id, 'card', 'CNY', 1, %(placed)s, false, false, %(at)s
    FROM person RETURNING id, number
),
account AS (
    INSERT INTO casebook_account (organisation_id, creditor_id, act_id, case_id, product, number_sealed, number_index,
        number_shown, currency)
    SELECT %(org)s, %(creditor)s, %(act)s, id, 'card', '', decode(md5(number), 'hex'), '****', 'CNY' FROM made
    RETURNING id, case_id
),
item AS (
    INSERT INTO casebook_item (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, account_id, number, due_on)
    SELECT %(org)s, %(creditor)s, %(act)s, %(placed)s, %(at)s, case_id, id, '1', %(placed)s FROM account RETURNING id, case_id
),
charge AS (
    INSERT INTO casebook_charge (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, item_id, kind, basis,
        currency, amount_minor)
    SELECT %(org)s, %(creditor)s, %(act)s, %(placed)s, %(at)s, case_id, id, k.kind, '合同', 'CNY', k.amount
    FROM item, (VALUES ('cost', 100), ('interest', 900), ('principal', 9000)) k(kind, amount)
)
INSERT INTO casebook_promise (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, plan, currency,
    amount_minor, due_on, grace_days, tolerance_minor)
SELECT %(org)s, %(creditor)s, %(act)s, %(placed)s, %(at)s, id, md5(number)::uuid, 'CNY', 5000, %(due)s, 0, 0 FROM made
"""


@pytest.fixture
def many(transactional_db: None) -> Iterator[User]:
    """9,700 cases of one creditor, each with a promise of 50 yuan for today; gives somebody of finance."""
    creditor = people.make_creditor()
    act = people.make_act(creditor.organisation)
    values = {
        "org": creditor.organisation_id,
        "creditor": creditor.pk,
        "act": act.pk,
        "placed": PLACED,
        "due": TODAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(MANY, values | {"cases": CASES, "at": people.moment(PLACED)})
    facts.rebuild()
    yield people.make_user("finance")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE people_organisation CASCADE")


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    """10,000 lines: 9,700 certain, 100 with only a name, 100 of unknown cases, 60 of a wrong payer, 40 unreadable."""
    lines = [f"R{n},M-{n},,60.00,{TODAY}" for n in range(1, CASES + 1)]
    lines += [f"D{n},,批{n},10.00,{TODAY}" for n in range(1, 101)]
    lines += [f"U{n},X-{n},,10.00,{TODAY}" for n in range(1, 101)]
    lines += [f"W{n},M-{n},另一人{n},10.00,{TODAY}" for n in range(1, 61)]
    lines += [f"B{n},M-{n},,about ten,{TODAY}" for n in range(1, 41)]
    assert len(lines) == LINES
    path = tmp_path / "statement.csv"
    path.write_text("\n".join([HEADER, *lines]), "utf-8-sig")
    return path


def rows_by_state(file: PaymentFile) -> dict[str, int]:
    file.refresh_from_db()
    return {state: kept["rows"] for state, kept in file.counts.items()}


def at_once(count: int, work: Any) -> list[Any]:
    """The same work in threads, each with a connection of its own, all started together."""
    barrier, answers = threading.Barrier(count), [None] * count

    def run(n: int) -> None:
        try:
            barrier.wait()
            answers[n] = work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_statement_of_10_000_lines_is_shown_posted_once_and_settles_promises(
    many: User, statement: Path
) -> None:
    creditor = people.make_creditor()
    taken = receive.take(statement, creditor=creditor, actor=many, at=NOW)
    assert taken.file is not None
    shown = {"matched": CASES, "doubtful": 160, "unmatched": 100, "refused": 40}
    assert rows_by_state(taken.file) == shown
    assert not Payment.objects.exists(), "the preview posts nothing"
    assert receive.take(statement, creditor=creditor, actor=many, at=NOW).file == taken.file

    # two connections post it at once: each row is posted by one of them
    key = taken.file.pk
    reports = at_once(2, lambda: receive.post_file(key, actor=User.objects.get(pk=many.pk), at=NOW))
    assert sorted(report.counts["posted"] for report in reports) == [0, CASES]
    assert Payment.objects.count() == CASES
    assert rows_by_state(taken.file) == {
        "posted": CASES,
        "doubtful": 160,
        "unmatched": 100,
        "refused": 40,
    }

    # costs, interest, principal; the promise of 50 is kept by 60
    kinds = (
        Allocation.objects.values_list("charge__kind")
        .annotate(Sum("amount_minor"))
        .order_by("charge__kind")
    )
    assert list(kinds) == [
        ("cost", CASES * 100),
        ("interest", CASES * 900),
        ("principal", CASES * 5000),
    ]
    assert (
        CaseSummary.objects.filter(balance_minor=40_00, promise_paid_minor__gte=5000).count()
        == CASES
    )

    # the same file again, by the page or by the command, changes nothing
    again = receive.receive(statement, creditor=creditor, actor=many, at=NOW)
    assert (again.counts["posted"], again.counts["repeated"]) == (0, CASES)
    assert (Payment.objects.count(), PaymentFile.objects.count()) == (CASES, 1)

    # taken back by a second person: balance and promise are what they were
    payment = Payment.objects.get(reference="R7")
    asked = ask.ask_reversal(payment.pk, on=TODAY, reason="退票", actor=many, at=NOW)
    assert asked.approval is not None
    boss = people.make_user("manager")
    assert decide.decide(asked.approval.pk, grant=True, reason="", actor=boss, at=NOW).decided
    summary = CaseSummary.objects.get(case=payment.case_id)
    assert (summary.balance_minor, summary.promise_paid_minor) == (100_00, 0)
    assert facts.differences() == []


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_kill_between_preview_and_post_or_while_posting_loses_and_doubles_nothing(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finance, creditor = people.make_user("finance"), people.make_creditor()
    cases = [people.make_case(items=[(PLACED, 100_00)]) for _ in range(3)]
    facts.refresh([case.pk for case in cases])
    path = tmp_path / "p.csv"
    path.write_text(
        "\n".join([HEADER, *(f"R{n},{case.number},,5,{TODAY}" for n, case in enumerate(cases))])
    )
    taken = receive.take(path, creditor=creditor, actor=finance, at=NOW)
    assert taken.file is not None

    def die(_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(receive.rows, "recount", die)
        receive.post_file(taken.file.pk, actor=finance, at=NOW)
    connection.close()
    assert not Payment.objects.exists()
    assert rows_by_state(taken.file) == {"matched": 3}
    assert receive.post_file(taken.file.pk, actor=finance, at=NOW).counts["posted"] == 3
    assert Payment.objects.count() == 3


def test_two_deciders_at_once_post_once(transactional_db: None) -> None:
    finance = people.make_user("finance")
    case = people.make_case(items=[(PLACED, 100_00)])
    facts.refresh([case.pk])
    entry = receive.PaymentEntry(
        case_id=case.pk, amount_minor=30_00, currency="CNY", paid_on=TODAY, reference="H1"
    )
    asked = ask.ask_payment(entry, actor=finance, at=NOW)
    assert asked.approval is not None
    bosses = iter([people.make_user("manager").pk, people.make_user("general_manager").pk])
    key = asked.approval.pk

    def grant() -> decide.Done:
        return decide.decide(
            key, grant=True, reason="", actor=User.objects.get(pk=next(bosses)), at=NOW
        )

    answers = at_once(2, grant)
    assert sorted(answer.decided for answer in answers) == [False, True]
    assert Payment.objects.get().amount_minor == 30_00
    assert Notice.objects.filter(kind="decided", user=finance).count() == 1
    assert Approval.objects.get().status == "granted"


def test_conservation_names_every_row(transactional_db: None, tmp_path: Path) -> None:
    """Whatever a file holds, each of its rows has one state; nothing is lost between the file and the table."""
    finance, creditor = people.make_user("finance"), people.make_creditor()
    case = people.make_case(items=[(PLACED, 100_00)], number="C-1")
    facts.refresh([case.pk])
    path = tmp_path / "p.csv"
    lines = [
        f"R1,C-1,,1,{TODAY}",
        f"R1,C-1,,1,{TODAY}",
        f"R2,C-1,,1,{TODAY}",
        f"R2,C-1,,2,{TODAY}",
        f",C-1,,1,{TODAY}",
    ]
    path.write_text("\n".join([HEADER, *lines]))
    taken = receive.take(path, creditor=creditor, actor=finance, at=NOW)
    assert taken.file is not None
    assert rows_by_state(taken.file) == {"matched": 1, "repeated": 1, "refused": 3}
    receive.post_file(taken.file.pk, actor=finance, at=NOW)
    states = PaymentRow.objects.order_by("row").values_list("state", flat=True)
    assert list(states) == ["posted", "repeated", "refused", "refused", "refused"]
    assert Payment.objects.count() == 1
    assert Case.objects.get().payments.get().reference == "R1"
    assert (Charge.objects.count(), Promise.objects.count()) == (1, 0)
