"""A payment file from end to end, by the verb and by the command."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, CaseSummary, Payment
from huikuan.ops.commands import pay
from huikuan.payments.post import PaymentEntry, post
from huikuan.payments.receive import receive
from huikuan.payments.report import Report

pytestmark = pytest.mark.django_db
TODAY = people.PLACED_ON + dt.timedelta(days=20)
NOW = people.moment(TODAY, 15)
HEADER = "流水号,案件编号,卡号,客户编号,姓名,还款金额,还款日期"


def make(number: str, name: str = "王芳", **more: Any) -> Case:
    person = people.make_person(name=name, number=f"客户{number}")
    case = people.make_case(person, number=number, items=[(people.PLACED_ON, 500_00)], **more)
    facts.refresh([case.pk])
    return case


def write(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "payments.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8-sig")
    return path


def take(path: Path, **more: Any) -> Report:
    actor = people.make_user("finance")
    return receive(path, creditor=people.make_creditor(), actor=actor, at=NOW, **more)


def states(report: Report) -> list[tuple[str, list[str]]]:
    return [(outcome.state, [why.code for why in outcome.why]) for outcome in report.outcomes]


def test_each_row_finds_its_case_by_any_of_its_numbers(tmp_path: Path) -> None:
    one, two, three, four = (make(f"C-{n}") for n in range(1, 5))
    account = two.accounts.get()
    invoice = four.items.get()
    path = write(
        tmp_path,
        f"R1,C-1,,,王芳,100.00,{TODAY},",
        f"R2,,{account.number_shown[:4]} {account.number_shown[4:]},,,¥1,{TODAY:%Y年%m月%d日},",
        f"R3,,,客户C-3,王 芳,2.50,{TODAY:%Y/%m/%d},",
        f"R4,,,,,3,{TODAY},{invoice.number}",
        header=HEADER + ",发票号",
    )
    report = take(path)
    assert report.counts == {
        "received": 4, "posted": 4, "repeated": 0, "matched": 0, "doubtful": 0, "unmatched": 0, "refused": 0, "asked": 0,
        "dropped": 0,
    }  # fmt: skip
    assert report.clean
    assert [outcome.case_number for outcome in report.outcomes] == ["C-1", "C-2", "C-3", "C-4"]
    assert [case.payments.get().amount_minor for case in (one, two, three, four)] == [
        100_00,
        1_00,
        2_50,
        3_00,
    ]
    assert CaseSummary.objects.get(case=one).balance_minor == 400_00


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    make("C-1")
    path = write(tmp_path, f"R1,C-1,,,,10,{TODAY}", f"R2,C-1,,,,20,{TODAY}")
    assert take(path).counts["posted"] == 2
    again = take(path)
    assert (again.counts["posted"], again.counts["repeated"], again.clean) == (0, 2, True)
    assert Payment.objects.count() == 2


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    make("C-1")
    post(PaymentEntry(case_id=make("C-2").pk, amount_minor=1_00, currency="CNY", paid_on=TODAY, reference="R3"),
         actor=people.make_user("finance"), at=NOW)  # fmt: skip
    tomorrow = TODAY + dt.timedelta(days=1)
    path = write(
        tmp_path, f"R1,C-1,,,,600,{TODAY}", f"R2,C-1,,,,20,{tomorrow}", f"R3,C-2,,,,1,{TODAY}"
    )
    report = take(path, dry_run=True)
    assert states(report) == [
        ("matched", []),
        ("refused", ["payment.future"]),
        ("repeated", ["payment.again"]),
    ]
    assert report.outcomes[0].rest_minor == 100_00
    assert Payment.objects.count() == 1


def test_nothing_is_posted_on_a_guess(tmp_path: Path) -> None:
    make("C-1", "李雷")
    make("C-2", "韩梅梅")
    shut = make("C-3", "张伟")
    people.make_event(shut, TODAY, "returned")
    facts.refresh([shut.pk])
    both = people.make_person(name="两案", number="客户9")
    for product in ("card", "loan"):
        facts.refresh([people.make_case(both, product=product).pk])
    make("OTHER", "别家", creditor=None)
    elsewhere = people.make_case(creditor=people.make_creditor("fund"), number="C-X")
    facts.refresh([elsewhere.pk])
    path = write(
        tmp_path,
        f"R1,C-9,,,,1,{TODAY}",
        f"R2,,,,,1,{TODAY}",
        f"R3,,,,李雷,1,{TODAY}",
        f"R4,C-1,,,韩梅梅,1,{TODAY}",
        f"R5,C-1,,客户C-2,,1,{TODAY}",
        f"R6,C-3,,,,1,{TODAY}",
        f"R7,,,客户9,,1,{TODAY}",
        f"R8,C-X,,,,1,{TODAY}",
    )
    report = take(path)
    assert states(report) == [
        ("unmatched", ["match.unknown"]),
        ("unmatched", ["match.nothing_given"]),
        ("doubtful", ["match.name_only"]),
        ("doubtful", ["match.name"]),
        ("doubtful", ["match.disagree"]),
        ("doubtful", ["match.closed"]),
        ("doubtful", ["match.several"]),
        ("unmatched", ["match.unknown"]),
    ]
    assert not report.clean
    assert not Payment.objects.exists()
    for outcome in report.outcomes:
        assert "{" not in outcome.why[0].text() + outcome.why[0].remedy_text()


def test_the_same_money_under_another_reference_is_doubtful(tmp_path: Path) -> None:
    make("C-1")
    assert take(write(tmp_path, f"R1,C-1,,,,10,{TODAY}")).clean
    report = take(write(tmp_path, f"X1,C-1,,,,10,{TODAY}", f"X2,C-1,,,,11,{TODAY}"))
    assert states(report) == [("doubtful", ["match.twin"]), ("posted", [])]
    assert "R1" in report.outcomes[0].why[0].text()


def test_rows_that_cannot_be_read_are_said_and_the_others_are_posted(tmp_path: Path) -> None:
    make("C-1")
    path = write(
        tmp_path,
        f",C-1,,,,10,{TODAY}",
        f"R2,C-1,,,,ten,{TODAY}",
        f"R3,C-1,,,,-5,{TODAY}",
        "R4,C-1,,,,5,2026-02-30",
        f"R5,C-1,,,,5,{TODAY}",
        f"R5,C-1,,,,6,{TODAY}",
        f"R6,C-1,,,,7,{TODAY}",
    )
    report = take(path)
    assert [(one.code, one.row) for one in report.problems] == [
        ("payment.reference_missing", 2),
        ("money.form", 3),
        ("payment.amount", 4),
        ("date.impossible", 5),
        ("file.twice", 7),
    ]
    assert report.counts["received"] == 7
    assert (report.counts["refused"], report.counts["posted"]) == (6, 1)
    assert Payment.objects.get().amount_minor == 7_00


def test_columns_that_nothing_is_read_from_are_named(tmp_path: Path) -> None:
    make("C-1")
    header = "流水号,案件编号,还款金额,还款日期,业务编号,摘要"
    report = take(write(tmp_path, f"R1,C-1,1,{TODAY},X9,货款", header=header))
    (said,) = report.problems
    assert (said.code, said.severity) == ("file.unread", "warning")
    assert "业务编号, 摘要" in said.text()
    assert report.clean and report.counts["posted"] == 1, "a warning holds nothing up"


def test_a_file_without_the_needed_columns_is_refused_whole(tmp_path: Path) -> None:
    report = take(write(tmp_path, "1,2", header="金额,备注"))
    assert [one.code for one in report.problems] == [
        "file.column",
        "file.column",
        "file.no_key",
        "file.unread",
    ]
    assert not take(tmp_path / "nothing.csv").clean


def test_an_account_number_that_lost_its_digits_is_refused(tmp_path: Path) -> None:
    make("C-1")
    path = tmp_path / "payments.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["流水号", "卡号", "金额", "日期"])
    sheet.write_row(1, 0, ["R1", 622202000000000123, 10.5, TODAY.isoformat()])
    sheet.write_row(2, 0, ["R2", "6222", 10.5, TODAY.isoformat()])
    book.close()
    report = take(path)
    assert "cell.lost_digits" in [one.code for one in report.problems]
    assert states(report) == [("unmatched", ["match.unknown"])]


def test_another_currency_is_refused(tmp_path: Path) -> None:
    make("C-1")
    make("C-2", currency="USD")
    header = "reference,case,amount,date,currency"
    lines = [
        f"R1,C-1,10,{TODAY},USD",
        f"R2,C-2,10,{TODAY},USD",
        f"R3,C-2,11,{TODAY},",
        f"R4,C-1,10,{TODAY},JPY",
    ]
    report = take(write(tmp_path, *lines, header=header))
    assert states(report) == [
        ("refused", ["payment.currency"]),
        ("posted", []),
        ("posted", []),
        ("refused", ["payment.currency"]),
    ]


def test_the_command_prints_what_became_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make("C-1", "王芳")
    day = people.PLACED_ON.replace(year=2025)
    path = write(tmp_path, f"R1,C-1,,,,600,{day}", f"R2,C-9,,,,20,{day}")
    parser = argparse.ArgumentParser()
    pay.arguments(parser)
    assert (
        pay.run(
            parser.parse_args(
                [str(path), "--creditor", "bank", "--json", "--organisation", "house"]
            )
        )
        == 1
    )
    said = json.loads(capsys.readouterr().out)
    assert (said["received"], said["posted"], said["unmatched"]) == (2, 1, 1)
    assert (said["posted_minor"], said["allocated_minor"], said["rest_minor"]) == (
        600_00,
        500_00,
        100_00,
    )
    assert [row["row"] for row in said["rows"]] == [2, 3]
    assert (
        pay.run(parser.parse_args([str(path), "--creditor", "bank", "--organisation", "house"]))
        == 1
    )
    assert "C-9" not in capsys.readouterr().err
