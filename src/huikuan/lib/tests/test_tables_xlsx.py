"""XLSX as people send it."""

import datetime as dt
import io
import struct
import zipfile

import pytest
import xlsxwriter

from huikuan.lib.read_table import read_table
from huikuan.lib.tables import Limits, Table, letters

ROWS = [["姓名", "证件号", "金额"], ["王一", "00001", 1.5], ["李二", None, 200]]


@pytest.fixture
def read(tmp_path):
    def reader(make, **options) -> Table:
        path = tmp_path / "placement.xlsx"
        if isinstance(make, bytes):
            path.write_bytes(make)
        else:
            book = xlsxwriter.Workbook(path)
            make(book)
            book.close()
        return read_table(path, **options)

    return reader


def sheet(book, rows, name=None):
    made = book.add_worksheet(name)
    for number, cells in enumerate(rows):
        made.write_row(number, 0, cells)
    return made


def said(table: Table) -> list[str]:
    return [f"{found.code} {found.place}" for found in table.problems]


def workbook(make) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    make(book)
    book.close()
    return buffer.getvalue()


def repacked(data: bytes, part: str, change) -> bytes:
    """The workbook with one part changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_every_cell_is_text_and_every_row_knows_its_number(read):
    table = read(lambda book: sheet(book, ROWS, "委案"))
    assert table.columns == ["姓名", "证件号", "金额"]
    assert table.frame.rows() == [(2, "王一", "00001", "1.5"), (3, "李二", None, "200")]
    assert (table.sheet, table.problems) == ("委案", [])


def test_the_ending_of_the_name_does_not_decide(tmp_path):
    path = tmp_path / "placement.csv"
    path.write_bytes(workbook(lambda book: sheet(book, ROWS)))
    assert read_table(path).frame.height == 2


def test_days_numbers_and_truth_values_become_text(read):
    def make(book):
        made = sheet(book, [["日", "时", "电话", "小", "真", "噪"]])
        made.write_datetime(
            1, 0, dt.datetime(2026, 3, 1), book.add_format({"num_format": "yyyy/m/d"})
        )
        made.write_datetime(
            1, 1, dt.datetime(2026, 3, 1, 9, 30), book.add_format({"num_format": "yyyy/m/d hh:mm"})
        )
        made.write_row(1, 2, [13800005678, 0.00001, True, 0.1 + 0.2])

    assert read(make).frame.rows() == [
        (2, "2026-03-01", "2026-03-01 09:30:00", "13800005678", "0.00001", "TRUE", "0.3")
    ]


def test_a_number_of_eighteen_digits_is_marked_not_rounded(read):
    table = read(
        lambda book: sheet(book, [["证件号", "卡号"], [310101199001011234, 999999999999999]])
    )
    assert table.frame.rows()[0][1].startswith("#LOST:3.1010119900101")
    assert table.frame.rows()[0][2] == "999999999999999"


def test_blank_rows_and_columns_keep_their_place(read):
    def make(book):
        made = book.add_worksheet()
        made.write_row(2, 1, ["a", "b"])
        made.write_row(3, 1, ["1", "2"])
        made.write_row(6, 1, ["3", "4"])

    table = read(make, header_row=3)
    assert table.columns == ["a", "b"] and table.frame.rows() == [(4, "1", "2"), (7, "3", "4")]


def test_the_first_visible_sheet_with_contents_is_read_and_the_others_are_named(read):
    def make(book):
        book.add_worksheet("空")
        sheet(book, ROWS, "隐藏").hide()
        sheet(book, ROWS, "委案").set_first_sheet()
        sheet(book, ROWS, "还款")
        book.get_worksheet_by_name("委案").activate()

    table = read(make)
    assert table.sheet == "委案" and said(table) == ["table.other_sheets placement.xlsx"]
    assert table.problems[0].params == {"name": "委案", "others": "还款"}
    assert read(make, sheet="还款").problems == []
    missing = read(make, sheet="还款 ")
    assert (
        said(missing) == ["table.sheet_missing placement.xlsx"]
        and missing.problems[0].params["suggestion"] == "还款"
    )


# Formulas


def test_formulas_count_with_their_stored_results_and_say_so(read):
    def make(book):
        made = sheet(book, [["a", "和"], [1], [2], [3]])
        made.write_formula(1, 1, "=A2+1", None, 2)
        made.write_formula(2, 1, "=A3+1", None, 3)
        made.write_formula(3, 1, '="x"&A4', None, "x3")

    table = read(make)
    assert [row[2] for row in table.frame.rows()] == ["2", "3", "x3"]
    assert said(table) == ["cell.formula_used placement.xlsx:1:和"]
    assert table.problems[0].params == {"count": 3} and table.problems[0].severity == "warning"


def test_formulas_that_were_never_calculated_are_refused(read):
    def make(book):
        made = sheet(book, [["a", "和"], [1], [2], [3, 4]])
        made.write_formula(1, 1, "=A2+1")  # the writer stores 0
        made.write_formula(2, 1, "=A3+1", None, 7)

    data = repacked(workbook(make), SHEET, lambda xml: xml.replace(b"<v>7</v>", b""))
    table = read(data)
    assert said(table) == [
        "cell.formula_not_calculated placement.xlsx:3:和",
        "cell.formula_zero placement.xlsx:2:和",
    ]
    assert [row[0] for row in table.frame.rows()] == [2, 4] and table.refused == 1


def test_spreadsheet_errors_are_not_blank_cells(read):
    def make(book):
        made = sheet(book, [["a", "商"], [1], [2, 5]])
        made.write_formula(1, 1, "=A2/0", None, "#DIV/0!")

    table = read(make)
    assert said(table) == ["cell.error_value placement.xlsx:2:商"]
    assert table.problems[0].text() == "the cell holds the spreadsheet error #DIV/0!"
    assert [row[0] for row in table.frame.rows()] == [3]


# Merged cells


def test_a_merged_header(read):
    def make(book):
        made = sheet(book, [["姓名", None, "金额"], ["王一", "x", 1]])
        made.merge_range(0, 0, 0, 1, "姓名")

    table = read(make)
    assert said(table) == ["table.header_merged placement.xlsx:1"] and table.problems[0].params == {
        "cells": "A1:B1"
    }


def test_a_title_over_the_table(read):
    def make(book):
        made = sheet(book, [[], ["姓名", "金额"], ["王一", 1]])
        made.merge_range(0, 0, 0, 1, "三月委案")

    assert said(read(make)) == ["table.header_merged placement.xlsx:1"]
    assert read(make, header_row=2).frame.rows() == [(3, "王一", "1")]


def test_merged_cells_among_the_rows(read):
    def make(book):
        made = sheet(book, [["姓名", "金额"], ["王一", 1], [None, 2], ["李二", 3]])
        made.merge_range(1, 0, 2, 0, "王一")

    table = read(make)
    assert said(table) == ["table.merged placement.xlsx:2"] and table.problems[0].params == {
        "cells": "A2:A3"
    }
    assert table.frame.rows() == [(4, "李二", "3")] and table.refused == 2


# Broken files


@pytest.mark.parametrize(
    "rows, code",
    [
        ([], "table.empty"),
        ([["a", "b"]], "table.no_rows"),
        ([[1, 2], [3, 4]], "table.no_header"),
        ([["a", "a"], [1, 2]], "table.header_duplicate"),
        ([["a", None, "c"], [1, 2, 3]], "table.header_blank"),
    ],
)
def test_what_is_no_table(read, rows, code):
    table = read(lambda book: sheet(book, rows))
    assert [found.code for found in table.problems] == [code] and not table.readable


def zipped(**parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in parts.items():
            archive.writestr(name.replace("__", "/"), contents)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "part, found",
    [
        ("word__document.xml", "DOCX"),
        ("ppt__presentation.xml", "PPTX"),
        ("content.xml", "ODS"),
        ("a.csv", "ZIP"),
    ],
)
def test_other_kinds_of_zip_file_are_named(read, part, found):
    table = read(zipped(**{part: "x"}))
    assert said(table) == ["table.wrong_type placement.xlsx"] and table.problems[0].params == {
        "found": found
    }


def test_a_password(read):
    data = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500 + "EncryptedPackage".encode("utf-16-le")
    )
    assert said(read(data)) == ["table.encrypted placement.xlsx"]


def test_a_file_cut_short(read):
    data = workbook(lambda book: sheet(book, ROWS))
    assert said(read(data[: len(data) // 2])) == ["table.damaged placement.xlsx"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "xl/_rels/workbook.xml.rels"])
def test_a_part_that_is_no_xml(read, part):
    data = repacked(
        workbook(lambda book: sheet(book, ROWS)), part, lambda xml: xml[: len(xml) // 2]
    )
    assert said(read(data)) == ["table.damaged placement.xlsx"]


def test_every_damaged_byte_is_a_message_never_a_crash(read):
    data = workbook(lambda book: sheet(book, ROWS))
    for place in range(0, len(data), 97):
        table = read(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        assert table.readable or table.problems


def test_a_zip_bomb_is_not_unpacked(read):
    blank = b" " * (80 << 20)
    data = repacked(workbook(lambda book: sheet(book, ROWS)), SHEET, lambda xml: xml + blank)
    assert len(data) < 1 << 20
    assert said(read(data)) == ["table.zip_bomb placement.xlsx"]


def test_a_zip_bomb_that_lies_about_its_size(read):
    data = repacked(
        workbook(lambda book: sheet(book, ROWS)), SHEET, lambda xml: xml + b" " * (8 << 20)
    )
    size = zipfile.ZipFile(io.BytesIO(data)).getinfo(SHEET).file_size
    lying = data.replace(struct.pack("<L", size), struct.pack("<L", 1000))
    assert said(read(lying)) == ["table.damaged placement.xlsx"]
    assert said(read(lying, limits=Limits(unpacked=4 << 20))) == ["table.zip_bomb placement.xlsx"]


def test_a_stray_cell_at_the_end_of_the_world(read):
    def make(book):
        sheet(book, ROWS).write(1048575, 16383, "x")

    table = read(make)
    assert said(table) == ["table.sparse placement.xlsx"] and table.problems[0].params == {
        "cell": "XFD1048576"
    }


def test_letters_of_columns():
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_entities_that_unfold_into_each_other(read):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    data = repacked(
        workbook(lambda book: sheet(book, ROWS)), "xl/workbook.xml", lambda xml: bomb + xml
    )
    assert said(read(data)) == ["table.damaged placement.xlsx"]
