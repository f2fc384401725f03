"""CSV as people send it."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib.csvfile import PRIVATE_TO_UNICODE, long_line, sniff
from huikuan.lib.read_table import read_table
from huikuan.lib.tables import ROW, Limits, Table


@pytest.fixture
def read(tmp_path):
    def reader(contents: bytes | str, **options) -> Table:
        path = tmp_path / "placement.csv"
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return read_table(path, **options)

    return reader


def rows(table: Table) -> list[tuple]:
    return table.frame.rows()


def said(table: Table) -> list[str]:
    return [f"{found.code} {found.place}" for found in table.problems]


def test_every_cell_is_text_and_every_row_knows_its_number(read):
    table = read("姓名,证件号,金额\n王一,011,1.50\n李二,,2\n")
    assert table.columns == ["姓名", "证件号", "金额"]
    assert rows(table) == [(2, "王一", "011", "1.50"), (3, "李二", None, "2")]
    assert (table.encoding, table.delimiter, table.problems) == ("utf-8", ",", [])


def test_blank_lines_count_as_rows_and_are_left_out(read):
    table = read("a,b\n\n1,2\n,\n \n3,4\n\n")
    assert rows(table) == [(3, "1", "2"), (6, "3", "4")]
    assert not table.problems


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_of_every_system(read, end, last):
    assert rows(read(end.join(["a,b", "1,2", "3,4"]) + (end if last else ""))) == [
        (2, "1", "2"),
        (3, "3", "4"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(read, delimiter):
    table = read(
        delimiter.join(["姓名", "a b", "c"]) + "\n" + delimiter.join(["王一", "x", "1"]) + "\n"
    )
    assert table.delimiter == delimiter and rows(table) == [(2, "王一", "x", "1")]


def test_a_separator_inside_a_text_is_not_taken_for_one():
    assert sniff(["a;b;c", "1,5;2,5;3,5"]) == ";"
    assert sniff(['"x,y,z";b']) == ";"
    assert sniff(["single"]) == ","


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_found_by_rule(read, encoding):
    table = read("姓名,地址\n李䶮,上海市\n刘𫖯,北京市\n".encode(encoding))
    assert rows(table) == [(2, "李䶮", "上海市"), (3, "刘𫖯", "北京市")]
    assert table.columns[0] == "姓名"
    assert table.encoding == encoding.removesuffix("-sig")


def test_characters_of_the_old_gb18030_table_become_unicode(read):
    table = read("姓名,x\n".encode("gb18030") + b"\xfe\x59,\xa6\xd9\n")
    assert rows(table) == [(2, "龴", "︐")]
    assert len(PRIVATE_TO_UNICODE) == 24
    assert rows(read("姓名,x\n王\ue81e,1\n")) == [(2, "王龴", "1")]


def test_other_private_characters_are_warned_of(read):
    table = read("姓名,x\n王\ue001,1\n")
    assert said(table) == ["cell.private_use placement.csv:2:姓名"]
    assert table.problems[0].severity == "warning" and len(rows(table)) == 1


def test_quotation_marks(read):
    table = read('"姓名","说明"\n"王一","a,b"\n李二,"他说""好"""\n"",x\n')
    assert rows(table) == [(2, "王一", "a,b"), (3, "李二", '他说"好"'), (4, None, "x")]


def test_a_cell_may_hold_line_ends_and_rows_are_counted_as_the_spreadsheet_does(read):
    table = read('a,b\n"first\nsecond",1\n\nx,2\n')
    assert rows(table) == [(2, "first\nsecond", "1"), (4, "x", "2")]


def test_a_mark_inside_a_text_is_text(read):
    table = read('a,b\n5" pipe,1\n6" x 3",2\n')
    assert rows(table) == [(2, '5" pipe', "1"), (3, '6" x 3"', "2")]


def test_the_header_may_stand_lower(read):
    table = read("三月委案\n\na,b\n1,2\n", header_row=3)
    assert table.columns == ["a", "b"] and rows(table) == [(4, "1", "2")]


def test_column_names_are_made_plain(read):
    assert read(" 姓　名 ,ＩＤ,\n1,2,\n").columns == ["姓 名", "ID"]


def test_a_table_of_one_column(read):
    assert rows(read("编号\n001\n\n002\n")) == [(2, "001"), (4, "002")]


# Broken files: a clear message each, good rows stay


def test_ragged_rows_are_named_one_by_one_and_the_others_stay(read):
    table = read("a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    assert said(table) == ["table.ragged placement.csv:3", "table.ragged placement.csv:4"]
    assert table.problems[0].text() == "the row has 2 cells, the header has 3"
    assert rows(table) == [(2, "1", "2", "3"), (5, "10", "11", "12")] and table.refused == 2


def test_ragged_rows_among_quoted_ones(read):
    table = read('a,b\n"1,5",2\n"3",4,5\n"x\ny",6,7\n8,9\n')
    assert said(table) == ["table.ragged placement.csv:3", "table.ragged placement.csv:4"]
    assert [row[0] for row in rows(table)] == [2, 5]


def test_a_thousand_problems_are_listed_the_rest_counted(read):
    table = read("a,b\n" + "1\n" * 30, limits=Limits(listed=10))
    assert len(table.problems) == 11 and table.refused == 30
    assert table.problems[-1].text() == "20 further problems of this kind are not listed"


@pytest.mark.parametrize("contents", [b"", b"\xef\xbb\xbf", b"\n\n", b"  \r\n"])
def test_an_empty_file(read, contents):
    assert said(read(contents)) == ["table.empty placement.csv"]


def test_a_header_without_rows(read):
    assert said(read("a,b\n")) == ["table.no_rows placement.csv"]


def test_a_file_that_is_not_there(tmp_path):
    assert said(read_table(tmp_path / "none.csv")) == ["table.not_found none.csv"]


@pytest.mark.parametrize(
    "start, found",
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"<html><table><tr><td>1</td>", "HTML"),
        (b"<?xml version='1.0'?><Workbook>", "XML"),
        (b'{"rows": []}', "JSON"),
        (b"a,b\n1,\x00\x00\x01", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "XLS"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "DOC"),
    ],
)
def test_other_kinds_of_file_are_named(read, start, found):
    table = read(start + b" " * 100)
    assert said(table) == ["table.wrong_type placement.csv"] and table.problems[0].params == {
        "found": found
    }


def test_bytes_in_no_known_encoding_are_placed(read):
    table = read("姓名,x\n王一,1\n".encode() + b"\xff\xff,2\n")
    assert said(table) == ["table.encoding placement.csv:3"]
    assert table.problems[0].params == {"offset": len("姓名,x\n王一,1\n".encode())}


def test_one_endless_line_is_not_read(read):
    table = read(b"a,b\n1,2\n" + b"x" * (3 << 20))
    assert said(table) == ["table.long_line placement.csv:3"]
    assert said(read(b"x" * (3 << 20))) == ["table.long_line placement.csv:1"]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(5, 30))
def test_the_first_line_over_the_limit_is_found(lengths, limit):
    data = b"".join(b"x" * length + b"\n" for length in lengths)
    expected = next((row for row, length in enumerate(lengths, start=1) if length > limit), None)
    assert long_line(data, limit) == expected


def test_a_file_over_the_limit(read):
    assert said(read("a,b\n1,2\n", limits=Limits(file=4))) == ["table.too_large placement.csv"]


def test_a_mark_that_is_never_closed_does_not_swallow_the_file_silently(read):
    table = read('a,b\n1,2\n"open,3\n4,5\n6,7\n')
    assert said(table) == ["table.open_quote placement.csv:3"]
    assert rows(table) == [(2, "1", "2")]


def test_no_header(read):
    assert said(read("1,2\n3,4\n")) == ["table.no_header placement.csv:1"]


def test_a_column_without_a_name(read):
    assert said(read("a,,c\n1,2,3\n")) == ["table.header_blank placement.csv:1:B"]


def test_two_columns_of_one_name(read):
    table = read("a,b,a\n1,2,3\n")
    assert said(table) == ["table.header_duplicate placement.csv:1:a"]
    assert table.problems[0].text() == "the column name a stands in columns A, C"


def test_a_title_above_the_header(read):
    assert said(read("三月委案,,\n姓名,金额,日期\n王一,1,2\n")) == [
        "table.header_merged placement.csv:1"
    ]


CELL = st.text(
    st.characters(exclude_categories=["Cs", "Co"], exclude_characters="\x00\x01\r\ufeff"),
    max_size=8,
)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12),
    st.sampled_from(",;\t|"),
)
def test_whatever_was_written_as_csv_is_read_back(tmp_path_factory, body, delimiter):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerows([["ha", "hb", "hc"], *body])
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    path.write_bytes(buffer.getvalue().encode())
    table = read_table(path)
    expected = [
        (row, *(cell or None for cell in cells))
        for row, cells in enumerate(body, start=2)
        if any(cells)
    ]
    if expected:
        assert rows(table) == expected
        assert all(dtype == pl.String for name, dtype in table.frame.schema.items() if name != ROW)
    else:
        assert said(table) == ["table.no_rows any.csv"]


def test_a_header_row_below_the_end(read):
    assert said(read("a,b\n1,2\n", header_row=9)) == ["table.no_header placement.csv:9"]
