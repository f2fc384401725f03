"""Open cases that follow no procedure are counted and named: by plan, doctor and board."""

from __future__ import annotations

import argparse
import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook import bindings, facts
from huikuan.casebook.models import Case, PackActivation, PackBinding
from huikuan.casebook.without_procedure import NAMED, without_procedure
from huikuan.desk import clock
from huikuan.ops import doctor
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import bind
from huikuan.ops.commands import plan as plan_command
from huikuan.ops.made_once import made_once
from huikuan.planning.activate import Scope, activate
from tests import people
from tests.book import Book, make_book

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲", planned=False)


def run(module, *words: str) -> int:
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    return module.run(parser.parse_args(words))


def unbound_cases(book: Book, number: int = NAMED + 2) -> list[Case]:
    """Cases of a product that nobody has bound."""
    creditor = book.case.creditor
    found = []
    for _number in range(number):
        case = people.make_case(creditor=creditor, product="loan", placed_on=book.today - 5 * DAY)
        found.append(case)
    facts.refresh([case.pk for case in found])
    return found


def test_a_covered_book_has_no_gap(book: Book) -> None:
    assert without_procedure(book.today) == []


def test_open_cases_of_an_unbound_product_are_counted_and_the_first_named(book: Book) -> None:
    cases = unbound_cases(book)
    [gap] = without_procedure(book.today)
    assert (gap.creditor, gap.product, gap.cases) == (book.case.creditor, "loan", len(cases))
    assert gap.numbers == tuple(case.number for case in cases[:NAMED])
    assert gap.bound == ()


def test_a_closed_case_needs_no_procedure(book: Book) -> None:
    for case in unbound_cases(book):
        people.make_event(case, book.today - DAY, "closed")
        facts.refresh([case.pk])
    assert without_procedure(book.today) == []


def test_a_pack_that_ends_leaves_its_cases_without_one(book: Book) -> None:
    PackActivation.objects.filter(pack="phone_collection").update(until_on=book.today + DAY)
    assert without_procedure(book.today) == []
    [gap] = without_procedure(book.today + DAY)
    assert gap.bound == ("phone_collection",)
    assert gap.numbers == (book.case.number,)


def test_only_the_cases_of_other_teams_are_without_one(book: Book) -> None:
    row = PackActivation.objects.get(pack="phone_collection")
    row.organisation = book.house
    row.team = book.team
    row.save(update_fields=["organisation", "team"])
    other = people.make_case(creditor=book.case.creditor, placed_on=book.today - DAY)
    facts.refresh([other.pk])
    [gap] = without_procedure(book.today)
    assert gap.numbers == (other.number,)


def test_the_plan_says_it_in_words_and_in_json(book: Book, capsys) -> None:
    cases = unbound_cases(book)
    assert run(plan_command, "--on", f"{book.today}") == 0
    said = capsys.readouterr().err
    assert cases[0].number in said
    assert "huikuan bind set bank --product 'loan'" in said

    assert run(plan_command, "--on", f"{book.today}", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["without_procedure"] == [
        {
            "creditor": "bank",
            "product": "loan",
            "cases": len(cases),
            "numbers": [case.number for case in cases[:NAMED]],
            "packs": [],
            "in_force": [],
        }
    ]


def test_a_plan_that_stops_says_why(book: Book, capsys) -> None:
    PackActivation.objects.all().delete()
    with pytest.raises(CommandError, match="huikuan pack list"):
        run(plan_command, "--on", f"{book.today}")


def test_the_doctor_names_them_with_the_repair(book: Book) -> None:
    cases = unbound_cases(book)
    [finding] = [one for one in doctor.procedures() if one.check == "procedures"]
    assert finding.verdict == "fail"
    assert cases[0].number in finding.text
    assert finding.repair.startswith("bind it") or "huikuan bind set bank" in finding.repair


def test_the_board_names_them_to_the_lead_who_sees_them(book: Book) -> None:
    cases = unbound_cases(book)
    client = Client()
    client.force_login(book.lead)
    page = client.get(reverse("reports:board")).content.decode()
    assert cases[0].number in page

    other = make_book("agency", "司马乙", planned=False)
    client.force_login(other.lead)
    page = client.get(reverse("reports:board")).content.decode()
    assert cases[0].number not in page


def test_the_command_binds_cases_that_are_there(book: Book, capsys) -> None:
    unbound_cases(book)
    day = f"{book.today}"
    words = ("set", "bank", "phone_collection", "--product", "loan", "--from", day)
    assert run(bind, *words, "--reason", "forgotten") == 0
    assert without_procedure(book.today) == []
    row = PackBinding.objects.get(product="loan")
    assert row.act is not None
    assert (row.act.verb, row.act.reason) == ("bind.set", "forgotten")

    capsys.readouterr()
    assert run(bind, "list", "bank", "--json") == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["product"]: line["by"] for line in listed} == {
        "card": None,
        "loan": "service.house",
    }
    assert run(bind, "end", "bank", "--product", "loan", "--from", day) == 0
    assert [gap.product for gap in without_procedure(book.today)] == ["loan"]


@pytest.mark.parametrize(
    ("pack", "said"),
    [("phone_colection", "phone_collection"), ("limits_cn", "phone_collection")],
)
def test_the_command_binds_to_no_pack_that_is_not_there(book: Book, pack: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(bind, "set", "bank", pack)


def test_an_approved_version_for_one_creditor_covers_its_cases(book: Book) -> None:
    shop = people.make_creditor("shop", book.house)
    case = people.make_case(creditor=shop, placed_on=book.today - DAY)
    facts.refresh([case.pk])
    row = PackActivation.objects.get(pack="b2b_receivables")
    PackActivation.objects.filter(pk=row.pk).delete()
    named = ["b2b_receivables"]
    bindings.set_packs(shop.pk, "", named, from_on=book.today, act=case.act)
    assert [gap.creditor for gap in without_procedure(book.today)] == [shop]

    boss = people.make_user("manager", book.house)
    activate(row.version, actor=boss, at=clock.now(), scope=Scope(creditor=shop))
    assert without_procedure(book.today) == []


def told_of(book: Book, capsys: pytest.CaptureFixture[str], product: str) -> str:
    """Binds the product; what was said of it on standard error."""
    assert run(bind, "set", "bank", "phone_collection", "--product", product) == 0
    return capsys.readouterr().err


def test_a_product_that_no_case_has_is_told_with_the_one_that_was_meant(book: Book, capsys) -> None:
    unbound_cases(book)
    assert "loan" in told_of(book, capsys, "laon")
    assert told_of(book, capsys, "loan") == ""

    # A product whose first file is still to come has nothing near; it is told, and bound.
    assert "card, loan" in told_of(book, capsys, "mortgage")
    assert PackBinding.objects.filter(product="mortgage").exists()


def test_a_creditor_without_cases_may_have_any_product(book: Book, capsys) -> None:
    people.make_creditor("shop", book.house)
    assert run(bind, "set", "shop", "phone_collection", "--product", "anything") == 0
    assert capsys.readouterr().err == ""


def test_a_product_that_no_case_can_have_is_refused(book: Book) -> None:
    with pytest.raises(CommandError):
        run(bind, "set", "bank", "phone_collection", "--product", "x" * 41)
    assert not PackBinding.objects.filter(product__startswith="x").exists()
