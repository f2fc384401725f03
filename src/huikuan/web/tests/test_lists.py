"""Pages by key, on real rows, and lists as XLSX."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from huikuan.people.models import Organisation
from huikuan.web.export import Column, write_xlsx, xlsx_response
from huikuan.web.paging import keyset, numbered
from huikuan.web.tests.conftest import make_request

ORDER = ("-kind", "code")


def codes(rows: list[Organisation]) -> list[str]:
    return [row.code for row in rows]


@pytest.mark.django_db
def test_pages_by_key_forth_and_back() -> None:
    Organisation.objects.bulk_create(
        Organisation(code=f"t{n:02}", name="x", kind="house" if n % 2 else "agency")
        for n in range(7)
    )
    rows = Organisation.objects.filter(code__startswith="t")
    whole = codes(list(rows.order_by(*ORDER)))
    first = keyset(make_request("/"), rows, ORDER, size=3)
    second = keyset(make_request("/", data={"after": first.after}), rows, ORDER, size=3)
    third = keyset(make_request("/", data={"after": second.after}), rows, ORDER, size=3)
    assert codes(first.rows) + codes(second.rows) + codes(third.rows) == whole
    assert (first.before, third.after) == ("", "")
    again = keyset(make_request("/", data={"before": third.before}), rows, ORDER, size=3)
    assert codes(again.rows) == codes(second.rows)
    start = keyset(make_request("/", data={"before": second.before}), rows, ORDER, size=3)
    assert codes(start.rows) == codes(first.rows)
    assert start.before == ""


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "eyJ:forged:token", ""])
def test_a_foreign_token_starts_the_list_again(token: str) -> None:
    Organisation.objects.create(code="only", name="x")
    page = keyset(
        make_request("/", data={"after": token}),
        Organisation.objects.filter(code="only"),
        ("code",),
    )
    assert codes(page.rows) == ["only"]


@pytest.mark.parametrize(("asked", "given"), [("2", 2), ("99", 3), ("0", 3), ("x", 1)])
def test_pages_by_number(asked: str, given: int) -> None:
    assert numbered(make_request("/", data={"page": asked}), range(25), size=10).number == given


def test_xlsx_keeps_text_as_text_and_money_exact() -> None:
    columns = [
        Column("证件号码"), Column("金额", "money"), Column("日期", "date"), Column("时间", "moment"),
        Column("占比", "percent"), Column("件数", "number"),
    ]  # fmt: skip
    at = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC)
    rows = [
        ("440301190001011234", 1290805, dt.date(2026, 11, 23), at, Decimal("0.41"), 12),
        ("=1+1", None, None, None, None, 0),
        ("https://x", -5, None, None, None, None),
    ]
    file = io.BytesIO()
    assert write_xlsx(file, columns, iter(rows)) == 3
    file.seek(0)
    head, first, second, third = (
        CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    )
    assert head == ["证件号码", "金额", "日期", "时间", "占比", "件数"]
    assert first == [
        "440301190001011234",
        12908.05,
        dt.date(2026, 11, 23),
        dt.datetime(2026, 11, 23, 0, 30),
        0.41,
        12,
    ]
    assert second[:2] == ["=1+1", ""]
    assert third[:2] == ["https://x", -0.05]


def test_download_has_a_chinese_name() -> None:
    answer = xlsx_response("今日作业-2026-11-23", [Column("案号")], [["C1"]])
    assert "filename*=utf-8''%E4%BB%8A" in answer["Content-Disposition"]
    assert b"".join(answer).startswith(b"PK")
