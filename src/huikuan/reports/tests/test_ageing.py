"""The ageing: what was open on a day by age; the page and the command tell the same."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Charge
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import ageing as command
from huikuan.people.models import User
from huikuan.reports.ageing import BUCKETS, GROUPINGS, Ageing, ageing, as_json
from huikuan.reports.tests.conftest import House

DAY = dt.timedelta(days=1)
PAGE = "reports:ageing"
SHEET = "reports:ageing_export"


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def page(user: User, query: str = "") -> str:
    answer = signed_in(user).get(reverse(PAGE) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def call(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    assert command.run(parser.parse_args([*words, "--organisation", "house"])) == 0
    return capsys.readouterr().out


def buckets(told: Ageing) -> dict[str, int]:
    """What is open of the only currency, empty buckets left out."""
    (total,) = told.totals
    return {code: minor for code, minor in total.minor.items() if minor}


def owing(house: House, *ages: int) -> Case:
    """A further case of 100.00 for each item, due so many days before today."""
    dues = [(house.today - age * DAY, 100_00) for age in ages]
    case = people.make_case(
        creditor=people.make_creditor("third", house.organisation),
        placed_on=house.today - 400 * DAY,
        items=dues,
        collector=house.collectors[0],
    )
    facts.refresh([case.pk])
    return case


def of_third(house: House, on: dt.date, user: User | None = None) -> Ageing:
    third = people.make_creditor("third", house.organisation)
    return ageing(user or house.manager, on, creditor=third)


# how old


@pytest.mark.parametrize(
    ("age", "bucket"),
    [
        (-30, "not_due"), (0, "not_due"), (1, "days_1_30"), (30, "days_1_30"), (31, "days_31_60"),
        (60, "days_31_60"), (61, "days_61_90"), (90, "days_61_90"), (91, "days_91_180"),
        (180, "days_91_180"), (181, "days_181_365"), (365, "days_181_365"), (366, "over_a_year"),
    ],
)  # fmt: skip
def test_an_item_stands_in_the_bucket_of_its_age(age: int, bucket: str, house: House) -> None:
    owing(house, age)
    assert buckets(of_third(house, house.today)) == {bucket: 100_00}


def test_a_day_later_the_same_item_is_a_day_older(house: House) -> None:
    owing(house, 30)
    assert buckets(of_third(house, house.today - 30 * DAY)) == {"not_due": 100_00}
    assert buckets(of_third(house, house.today)) == {"days_1_30": 100_00}


# as it was on the day


def test_a_payment_lowers_what_was_open_from_its_day_on(house: House) -> None:
    case = owing(house, 10)
    paid_on = house.today - 5 * DAY
    people.make_payment(case, paid_on, 40_00, to=Charge.objects.get(case=case))
    assert buckets(of_third(house, paid_on - DAY)) == {"days_1_30": 100_00}
    assert buckets(of_third(house, paid_on)) == {"days_1_30": 60_00}


def test_a_payment_counts_until_the_day_it_is_taken_back(house: House) -> None:
    case = owing(house, 10)
    payment = people.make_payment(
        case, house.today - 5 * DAY, 100_00, to=Charge.objects.get(case=case)
    )
    people.make_reversal(payment, house.today - 2 * DAY)
    assert of_third(house, house.today - 3 * DAY).totals == ()
    assert buckets(of_third(house, house.today - 2 * DAY)) == {"days_1_30": 100_00}


def test_a_credit_note_lowers_what_was_open_from_its_day_on(house: House) -> None:
    case = owing(house, 10)
    people.make_charge(case.items.get(), "principal", -30_00, on=house.today)
    assert buckets(of_third(house, house.today - DAY)) == {"days_1_30": 100_00}
    assert buckets(of_third(house, house.today)) == {"days_1_30": 70_00}


def test_a_case_belongs_to_who_held_it_on_the_day(house: House) -> None:
    case = owing(house, 10)
    people.make_assignment(case, house.today, house.collectors[2])
    assert of_third(house, house.today - DAY, house.collectors[0]).totals != ()
    assert of_third(house, house.today, house.collectors[0]).totals == ()
    assert of_third(house, house.today, house.collectors[2]).totals != ()


def test_what_nobody_held_is_a_line_of_its_own(house: House) -> None:
    case = owing(house, 10)
    people.make_assignment(case, house.today, None)
    told = ageing(house.manager, house.today, grouping="collector")
    assert (told.lines[-1].code, told.lines[-1].open_minor) == ("", 100_00)
    assert "公池（无人持案）" in page(house.manager, "?by=collector")


def test_the_customer_with_most_overdue_stands_first(house: House) -> None:
    """A company by its name and number, a private person masked as in every list."""
    third = people.make_creditor("third", house.organisation)
    more = {"placed_on": house.today - 90 * DAY, "collector": house.collectors[0]}
    for name, kind, dues in (
        (
            "宁波海川商贸有限公司",
            "company",
            [(house.today + DAY, 900_00), (house.today - 9 * DAY, 50_00)],
        ),
        ("深圳恒盛实业有限公司", "company", [(house.today - 40 * DAY, 70_00)]),
        ("钱学海", "person", [(house.today - 5 * DAY, 10_00)]),
    ):
        person = people.make_person(third, kind=kind, name=name)
        case = people.make_case(person, items=dues, **more)
        facts.refresh([case.pk])

    told = ageing(house.manager, house.today, creditor=third, grouping="customer")
    assert [(line.name, line.overdue_minor, line.open_minor) for line in told.lines] == [
        ("深圳恒盛实业有限公司", 70_00, 70_00),
        ("宁波海川商贸有限公司", 50_00, 950_00),
        ("钱**", 10_00, 10_00),
    ]
    text = page(house.manager, "?by=customer&creditor=third")
    assert told.lines[0].code in text and "钱学海" not in text


# currencies


def test_amounts_of_two_currencies_are_never_added_up(house: House) -> None:
    owing(house, 10)
    dollars = people.make_case(
        creditor=people.make_creditor("third", house.organisation),
        items=[(house.today - 5 * DAY, 7_00)],
        placed_on=house.today - 30 * DAY,
        currency="USD",
    )
    facts.refresh([dollars.pk])

    told = of_third(house, house.today)
    assert [(line.currency, line.open_minor) for line in told.lines] == [
        ("CNY", 100_00),
        ("USD", 7_00),
    ]
    assert [(line.currency, line.open_minor) for line in told.totals] == [
        ("CNY", 100_00),
        ("USD", 7_00),
    ]
    assert "USD" in page(house.manager, "?creditor=third")


# who sees what


def test_everybody_sees_the_own_part(house: House) -> None:
    whole = ageing(house.manager, house.today).totals[0].open_minor
    team = ageing(house.lead, house.today).totals[0].open_minor
    own = ageing(house.collectors[0], house.today).totals[0].open_minor
    assert (whole, team, own) == (6 * 1_000_00, 4 * 1_000_00, 2 * 1_000_00)


def test_a_client_sees_the_own_debts_and_no_name(house: House) -> None:
    # Who is signed in stands on the page, by a name that may begin like a collector's.
    text = page(house.client, "?by=collector").replace(house.client.display_name, "")
    assert house.creditors[0].name in text
    assert house.creditors[1].name not in text
    assert not any(collector.display_name in text for collector in house.collectors)
    assert not any(collector.username in text for collector in house.collectors)


def test_another_creditor_than_the_own_is_not_understood(house: House) -> None:
    text = page(house.client, f"?creditor={house.creditors[1].code}")
    assert house.creditors[1].name not in text


def test_another_house_sees_nothing(house: House) -> None:
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    assert "当日无未付金额" in page(stranger)
    assert house.creditors[0].name not in page(stranger, f"?creditor={house.creditors[0].code}")


# the page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("grouping", GROUPINGS)
def test_the_page_and_its_sheet_open_in_each_grouping(
    grouping: str, language: str, house: House
) -> None:
    for user in (house.manager, house.lead, house.collectors[0], house.client):
        for name in (PAGE, SHEET):
            answer = signed_in(user, language).get(reverse(name), {"by": grouping})
            assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["?on=yesterday", "?by=colour", "?creditor=nobody", "?on=2099-01-01"]
)
def test_what_is_not_understood_is_left_out(query: str, house: House) -> None:
    assert str(house.today) in page(house.manager, query)


@pytest.mark.parametrize("asked", ["", "?on=2099-01-01", "?on=x"])
def test_the_form_says_which_day_is_shown(asked: str, house: House) -> None:
    text = page(house.manager, asked)
    assert f'value="{house.today}"' in text
    assert "---------" not in text


def test_the_page_shows_every_bucket_and_the_sum(house: House) -> None:
    text = page(house.manager)
    for title in ("未到期", "逾期31–60天", "逾期1年以上", "未付金额"):
        assert title in text
    assert "6,000.00" in text


def test_the_sheet_has_the_lines_of_the_page_and_adds_up(house: House) -> None:
    answer = signed_in(house.manager).get(reverse(SHEET), {"by": "collector"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    head, *rows = book.get_sheet_by_index(0).to_python()
    place = head.index("未付金额 CNY")
    assert [row[0] for row in rows][-1] == "合计"
    assert sum(row[place] for row in rows[:-1]) == rows[-1][place] == 6_000


@pytest.mark.parametrize("name", [PAGE, SHEET])
def test_as_many_queries_for_a_full_book_as_for_a_small_one(name: str, house: House) -> None:
    client = signed_in(house.manager)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as small:
        client.get(reverse(name))

    for age in range(8):
        owing(house, age)
    people.nothing_waits()
    with CaptureQueriesContext(connection) as full:
        client.get(reverse(name))
    assert len(full) == len(small) <= 11, [query["sql"][:90] for query in full]


# the command


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_the_command_tells_what_the_page_tells(
    grouping: str, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    owing(house, 10, 100)
    told = json.loads(call(capsys, "--by", grouping, "--json"))
    assert told == as_json(ageing(house.manager, house.today, grouping=grouping))
    assert list(told["totals"][0]["buckets_minor"]) == [bucket.code for bucket in BUCKETS]


def test_the_command_tells_a_past_day(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    owing(house, 10)
    on = house.today - 20 * DAY
    told = json.loads(call(capsys, "--on", str(on), "--creditor", "third", "--json"))
    assert told["on"] == str(on)
    assert told["lines"][0]["buckets_minor"]["not_due"] == 100_00


def test_the_table_for_a_spreadsheet_has_units_and_no_totals(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    owing(house, 10)
    out = call(capsys, "--creditor", "third", "--csv")
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(out)))
    assert [(row["code"], row["days_1_30"], row["open"]) for row in rows] == [
        ("third", "100.00", "100.00")
    ]


def test_for_people_it_says_each_line_and_the_total(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    out = call(capsys)
    assert house.creditors[0].name in out
    assert "¥6,000.00" in out


def test_a_day_ahead_and_an_unknown_creditor_are_problems(house: House) -> None:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    for words in (["--on", "2099-01-01"], ["--creditor", "nobody"]):
        with pytest.raises(CommandError):
            command.run(parser.parse_args([*words, "--organisation", "house"]))


def test_the_command_offers_the_groupings_of_the_page() -> None:
    assert command.GROUPINGS == GROUPINGS
