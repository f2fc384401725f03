"""Files as they should not be: each with a clear sentence, nothing lost, nothing half done."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from huikuan.casebook.models import (
    Account,
    Case,
    CaseSummary,
    Item,
    Person,
    Placement,
    PlacementProblem,
    PlacementRow,
)
from huikuan.intake import load
from huikuan.intake.tests.conftest import AT

Make = Callable[[str], bytes]


def edit(row: int, column: str, value: str) -> Make:
    """The sample with one cell changed (row as the spreadsheet counts)."""

    def make(text: str) -> bytes:
        lines = [line.split(",") for line in text.splitlines()]
        lines[row - 1][lines[0].index(column)] = value
        return "\n".join(",".join(line) for line in lines).encode()

    return make


def rename(old: str, new: str) -> Make:
    return lambda text: text.replace(old, new, 1).encode()


def repeat(row: int, column: str = "", value: str = "") -> Make:
    """One row twice, the second time with another value."""

    def make(text: str) -> bytes:
        lines = text.splitlines()
        again = lines[row - 1].split(",")
        if column:
            again[lines[0].split(",").index(column)] = value
        return "\n".join([*lines, ",".join(again)]).encode()

    return make


def workbook(
    change: Callable[[xlsxwriter.Workbook, object, list[list[str]]], None] | None = None,
) -> Make:
    def make(text: str) -> bytes:
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"strings_to_numbers": False})
        sheet = book.add_worksheet()
        rows = [line.split(",") for line in text.splitlines()]
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
        if change:
            change(book, sheet, rows)
        book.close()
        return out.getvalue()

    return make


def number_in(column: str) -> Make:
    """An identity or card number that was typed as a number: the spreadsheet has rounded it."""

    def change(_book, sheet, rows):  # type: ignore[no-untyped-def]
        place = rows[0].index(column)
        sheet.write_number(1, place, float(rows[1][place].replace("X", "0")))

    return workbook(change)


def formula(_book, sheet, rows):  # type: ignore[no-untyped-def]
    sheet.write_formula(1, rows[0].index("欠款本金"), "=SUM(A1:A2)", None, "#DIV/0!")


def merged(book, sheet, _rows):  # type: ignore[no-untyped-def]
    sheet.merge_range(0, 0, 0, 2, "债务人资料")


def bomb(_text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(80):
                sheet.write(b" " * (1 << 20))
    return out.getvalue()


def other_name(text: str) -> bytes:
    """A second card of the first debtor, under another name: neither row can be believed."""
    lines = text.splitlines()
    again = lines[1].replace("赵试一", "王试一").replace("6222000000100007", "6222000000700004")
    return "\n".join([*lines, again]).encode()


#: name → (how the file is made, codes that must be reported, rows accepted of the sample's six)
FILES: dict[str, tuple[Make, set[str], int]] = {
    "empty": (lambda text: b"", {"table.empty"}, 0),
    "header only": (lambda text: text.splitlines()[0].encode(), {"table.no_rows"}, 0),
    "wrong type": (lambda text: b"%PDF-1.7\n1 0 obj\n", {"table.wrong_type"}, 0),
    "web page": (lambda text: b"<html><table><tr><td>1</td></tr></table></html>", {"table.wrong_type"}, 0),
    "old workbook": (lambda text: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {"table.wrong_type"}, 0),
    "damaged workbook": (lambda text: workbook()(text)[:1500], {"table.damaged"}, 0),
    "wrong encoding": (lambda text: text.encode() + b"\n\xff\xff\xff\xff,1", {"table.encoding"}, 0),
    "no header": (lambda text: "\n".join(["1,2,3", "4,5,6"]).encode(), {"table.no_header"}, 0),
    "other file": (lambda text: b"a,b,c\n1,2,3", {"file.column_missing"}, 0),
    "missing column": (rename("身份证号,", ""), {"table.ragged"}, 0),
    "renamed column": (rename("欠款本金", "欠款本金额"), {"file.column_missing_near"}, 0),
    "column twice": (rename("家庭电话", "手机"), {"table.header_duplicate"}, 0),
    "merged header": (workbook(merged), {"table.header_merged"}, 0),
    "one line of 100 MB": (lambda text: b"x" * (100 << 20), {"table.long_line"}, 0),
    "zip bomb": (bomb, {"table.zip_bomb"}, 0),
    "unclosed quotation mark": (lambda text: (text + '"abc,1,2').encode(), {"table.open_quote"}, 6),
    "too few cells": (lambda text: (text.rstrip("\n") + "\n李试七,1").encode(), {"table.ragged"}, 6),
    "identity number as number": (number_in("身份证号"), {"cell.lost_digits"}, 5),
    "card number as number": (number_in("卡号"), {"cell.lost_digits"}, 5),
    "error in a formula": (workbook(formula), {"cell.error_value"}, 5),
    "identity check digit": (edit(2, "身份证号", "990101190501010015"), {"id.check_digit"}, 5),
    "identity birth date": (edit(2, "身份证号", "990101190513410014"), {"id.birth_date"}, 5),
    "identity of 15 digits": (edit(2, "身份证号", "990101050101001"), {"id.old_15"}, 5),
    "identity missing": (edit(2, "身份证号", ""), {"id.empty"}, 5),
    "card characters": (edit(3, "卡号", "6222O00000200005"), {"card.characters"}, 5),
    "impossible date": (edit(2, "逾期日期", "2026年2月30日"), {"date.impossible"}, 5),
    "ambiguous date": (edit(2, "逾期日期", "3/4/2026"), {"date.ambiguous"}, 5),
    "serial date": (edit(2, "逾期日期", "46082"), {"date.serial"}, 5),
    "date missing": (edit(2, "逾期日期", ""), {"date.empty"}, 5),
    "return before placement": (edit(2, "退案日", "2026-10-01"), {"date.before_placement"}, 5),
    "told in the future": (edit(2, "委外告知日", "2027-10-01"), {"date.future"}, 5),
    "negative amount": (edit(2, "欠款本金", "-120.00"), {"amount.negative"}, 5),
    "amount with three decimals": (edit(2, "欠款本金", "120.005"), {"money.decimals"}, 5),
    "amount in words": (edit(2, "欠款本金", "约一万"), {"money.form"}, 5),
    "amount missing": (edit(2, "欠款本金", ""), {"money.empty"}, 5),
    "phone too short": (edit(2, "手机", "1380000001"), {"phone.invalid"}, 5),
    "phone without its last digits": (edit(2, "手机", "1380000"), {"phone.invalid"}, 5),
    "a landline without its last digits": (edit(2, "家庭电话", "1380000"), {"phone.invalid"}, 5),
    "a hotline is nobody's mobile": (edit(2, "手机", "95555"), {"phone.service"}, 5),
    "phone masked": (edit(2, "手机", "138****0001"), {"phone.masked"}, 5),
    "two phones in one cell": (edit(2, "手机", "13800000001/13800000002"), {"phone.several"}, 5),
    "landline without area code": (edit(2, "家庭电话", "26000001"), {"phone.no_area_code"}, 5),
    "unknown relation": (edit(2, "联系人1关系", "邻居"), {"value.code"}, 5),
    "name too long": (edit(2, "姓名", "长" * 121), {"value.long"}, 5),
    "the same row twice": (repeat(2), {"row.duplicate"}, 6),
    "one card, two amounts": (repeat(2, "欠款本金", "99.00"), {"row.contradiction"}, 5),
    "one card, two debtors": (repeat(2, "身份证号", "99010119050202002X"), {"row.contradiction"}, 5),
    "one debtor, two names": (other_name, {"person.contradiction"}, 5),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_says_what_is_wrong_and_loses_nothing(
    name, tmp_path: Path, admin, bank, cards, card_text
):
    make, codes, accepted = FILES[name]
    path = tmp_path / "委案.csv"
    path.write_bytes(make(card_text))

    result, checked = load.import_file(path, bank, cards, admin, at=AT)

    assert codes <= set(result.problems), result.problems
    assert result.accepted == accepted
    assert result.accepted + result.reported == result.received
    assert checked is not None and checked.reported == result.reported
    _nothing_half_done(accepted)
    placement = Placement.objects.get()
    assert placement.status == ("accepted" if accepted else "refused")
    assert PlacementRow.objects.count() == result.reported
    for problem in PlacementProblem.objects.all():
        assert problem.message and problem.code
    for problem in checked.problems():
        assert problem.text() and "{" not in problem.text() + problem.remedy_text()
        assert problem.place.startswith("委案.csv")


def _nothing_half_done(accepted: int) -> None:
    """As many debtors, cases, accounts, items and summaries as rows, for every row of the sample is a debtor of their
    own.
    """
    counts = [model.objects.count() for model in (Person, Case, Account, Item, CaseSummary)]
    assert counts == [accepted] * 5


def test_a_formula_with_a_result_is_read_and_mentioned(
    tmp_path: Path, admin, bank, cards, card_text
):
    def calculated(_book, sheet, rows):  # type: ignore[no-untyped-def]
        sheet.write_formula(1, rows[0].index("欠款本金"), "=12000+908", None, 12908)

    path = tmp_path / "委案.xlsx"
    path.write_bytes(workbook(calculated)(card_text))
    result, _checked = load.import_file(path, bank, cards, admin, at=AT)
    assert (result.accepted, result.problems) == (6, {"cell.formula_used": 1})


def test_the_encodings_of_the_field_give_the_same_book(
    tmp_path: Path, admin, bank, cards, card_text
):
    results = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(card_text.encode(encoding))
        results.append(load.import_file(path, bank, cards, admin, at=AT)[0])
    assert [result.new["persons"] for result in results] == [6, 0, 0, 0]
    assert [result.accepted for result in results] == [6, 6, 6, 6]
    assert sorted(Person.objects.values_list("name", flat=True))[:2] == ["周试六", "孙试三"]
