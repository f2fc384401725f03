"""The statement of account: its figures from the ledger, and the same figures in the PDF's text."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from pypdf import PdfReader
from tests import people

from huikuan.casebook.about import About
from huikuan.casebook.models import Case, Charge, Document, Payment, Person
from huikuan.documents import statement as ledger
from huikuan.documents.read import content_of
from huikuan.documents.statement import Statement, statement_of
from huikuan.documents.statement_pdf import keep_statement, statement_data, statement_pdf
from huikuan.lib.sentences import Refusal
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2026, 10, 1)
MADE_AT = dt.datetime(2026, 11, 3, 9, 0, tzinfo=people.SHANGHAI)


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


@made_once
def case() -> Case:
    """September: 12,000 owed, 2,000 paid. October: 8,000.50 charged, 500 credited, 4,000 paid."""
    creditor = people.make_creditor(
        "supplier", name="瑞江电子有限公司", pay_to="招商银行 上海分行 0000 1111 2222"
    )
    person = people.make_person(creditor, kind=Person.Kind.COMPANY, name="嘉禾贸易（上海）有限公司")
    case = people.make_case(person, product="trade", placed_on=day(8, 1))

    first = people.make_item(case, day(9, 20), 1_200_000, on=day(9, 1))
    paid_in_september = people.make_payment(
        case, day(9, 25), 200_000, to=Charge.objects.get(item=first)
    )
    second = people.make_item(case, day(11, 5), 800_050, on=day(10, 6))
    people.make_charge(second, "principal", -50_000, on=day(10, 12))
    people.make_payment(case, day(10, 15), 300_000, to=Charge.objects.get(item=first))
    people.make_payment(case, day(10, 20), 100_000)
    people.make_reversal(paid_in_september, day(10, 22))
    people.make_item(case, day(12, 5), 999_900, on=day(11, 1))
    return case


def made(case: Case, month: dt.date = OCTOBER, **more: Any) -> Statement:
    return statement_of(case, month, **more)


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_the_month_follows_from_the_ledger(case):
    (account,) = made(case).accounts
    assert account.currency == "CNY"
    assert account.opening_minor == 1_200_000 - 200_000
    assert account.total_minor(ledger.CHARGE) == 800_050
    assert account.total_minor(ledger.CREDIT_NOTE) == -50_000
    assert account.total_minor(ledger.PAYMENT) == -400_000
    assert account.total_minor(ledger.REVERSAL) == 200_000
    assert account.closing_minor == 1_550_050
    assert [entry.on for entry in account.entries] == sorted(entry.on for entry in account.entries)


def test_open_items_and_closing_balance_agree(case):
    (account,) = made(case).accounts
    assert [(item.due_on, item.open_minor) for item in account.open_items] == [
        (day(9, 20), 900_000),
        (day(11, 5), 750_050),
    ]
    assert account.not_set_minor == 100_000
    open_minor = sum(item.open_minor for item in account.open_items)
    assert open_minor - account.not_set_minor == account.closing_minor


def test_the_month_has_its_first_and_its_last_day(case):
    (before,) = made(case).accounts
    people.make_item(case, day(12, 1), 100, on=day(10, 1))
    last = people.make_item(case, day(12, 1), 20_000, on=day(10, 31))
    people.make_payment(case, day(10, 31), 3_000, to=Charge.objects.get(item=last))
    (account,) = made(case).accounts
    assert account.opening_minor == before.opening_minor
    assert account.closing_minor == before.closing_minor + 100 + 20_000 - 3_000


def test_the_closing_balance_opens_the_next_month(case):
    (october,) = made(case).accounts
    (november,) = made(case, day(11, 30)).accounts
    assert november.opening_minor == october.closing_minor
    assert november.closing_minor == october.closing_minor + 999_900


def test_with_known_at_the_month_is_as_it_was_known_then(case):
    before = made(case, known_at=people.moment(day(10, 15)))
    (account,) = before.accounts
    assert account.closing_minor == 1_000_000 + 800_050 - 50_000
    assert account.not_set_minor == 0


def test_a_customer_without_any_movement_has_a_page_that_says_so():
    case = people.make_case(placed_on=day(9, 1))
    content = statement_pdf(made(case), language="en", made_at=MADE_AT)
    assert "Nothing was charged or paid." in pages_of(content)[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["对账单", "期初余额", "期末余额", "红字", "到期日", "请核对本对账单"]),
        ("en", ["Statement of account", "Opening balance", "Closing balance", "Credit note"]),
    ],
)
def test_the_text_of_the_pdf_has_the_figures_of_the_ledger(case, language, words):
    statement = made(case)
    content = statement_pdf(statement, language=language, made_at=MADE_AT, confirm_by=day(11, 20))
    (page,) = pages_of(content)
    flat = re.sub(r"\s", "", page)
    for word in [*words, "嘉禾贸易（上海）有限公司", "瑞江电子有限公司", "2026-11-20", "1/1"]:
        assert word.replace(" ", "") in flat, word

    figures = re.findall(r"-?\d[\d,]*\.\d\d", page)
    (account,) = statement_data(statement, made_on=MADE_AT.date())["accounts"]
    wanted = [amount for _label, amount in account["totals"]]
    wanted += [cell for line in account["lines"] for cell in line[4:] if cell]
    wanted += [cell for line in account["open"] for cell in line[3:]]
    wanted += [account["opening"][1], account["closing"][1], account["not_set"][1]]
    assert sorted(figures) == sorted(wanted)
    assert "15,500.50" in wanted
    assert {len(line) for line in account["lines"]} == {len(account["columns"])}
    assert {len(line) for line in account["open"]} == {len(account["open_columns"])}


def test_markup_in_a_name_is_printed_as_it_is_written(case):
    case.person.name = "#let x = 1 *甲* $a$ @b <c> \\ // [乙]"
    content = statement_pdf(made(case), language="en", made_at=MADE_AT)
    flat = re.sub(r"\s", "", pages_of(content)[0])
    assert re.sub(r"\s", "", case.person.name) in flat


def test_a_sign_that_the_type_lacks_is_refused_and_named(case):
    case.person.name = "𠮷野贸易"
    with pytest.raises(Refusal) as caught:
        statement_pdf(made(case), language="zh-hans", made_at=MADE_AT)
    assert caught.value.code == "statement.glyphs"
    assert "𠮷" in str(caught.value)


def test_rare_signs_of_names_are_printed(case):
    case.person.name = "李䶮 𬭩𫖯𬬻𫟹𬱖㛃 龘"
    content = statement_pdf(made(case), language="zh-hans", made_at=MADE_AT)
    assert "䶮" in pages_of(content)[0]
    assert "𬭩" in pages_of(content)[0]


def test_a_long_month_has_numbered_pages_and_repeats_its_heads(case):
    for number in range(1, 90):
        people.make_item(case, day(11, 20), 100_00 + number, on=day(10, 1 + number % 28))
    content = statement_pdf(made(case), language="en", made_at=MADE_AT)
    pages = pages_of(content)
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
    assert "Paid or credited" in pages[1]


def test_the_same_data_give_the_same_bytes_and_are_kept_once(case):
    statement = made(case)
    first = statement_pdf(statement, language="zh-hans", made_at=MADE_AT)
    second = statement_pdf(statement, language="zh-hans", made_at=MADE_AT)
    assert first == second

    about = {"subject": About.of_case(case), "act": case.act, "at": MADE_AT}
    kept = keep_statement(statement, first, **about)
    again = keep_statement(statement, second, **about)
    assert again.pk == kept.pk
    assert Document.objects.count() == 1
    assert kept.media_type == "application/pdf"
    assert kept.name == "对账单 嘉禾贸易（上海）有限公司 2026-10.pdf"
    assert content_of(kept) == first


def test_a_payment_of_a_list_is_named_by_the_item_that_was_paid(case):
    made_of_list = "placement:2b99396f9a501a51:FP003701:2026-10-15:0"
    Payment.objects.filter(amount_minor=300_000).update(reference=made_of_list)
    content = statement_pdf(made(case), language="zh-hans", made_at=MADE_AT)
    text = "\n".join(pages_of(content))
    assert "FP003701" in text
    assert "placement:" not in text
