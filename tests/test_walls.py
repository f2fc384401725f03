"""Organisations are walls: a second one sees, counts, searches, exports and changes nothing of the first, on every address and
by every command."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from huikuan.casebook import facts
from huikuan.casebook.access import visible_cases, visible_placements
from huikuan.casebook.models import (
    Act,
    AllocationRun,
    Approval,
    Case,
    PlanRun,
    Task,
)
from huikuan.intake.tests import walls as intake
from huikuan.ops.commands import (
    ageing,
    allocate,
    approval,
    charge,
    clock,
    contact,
    event,
    explain,
    gate,
    hold,
    recall,
    statement,
    tasks,
    void,
)
from huikuan.ops.made_once import made_once
from huikuan.people.models import Team, User
from huikuan.people.roles import shipped_codes, unsaved
from tests import people
from tests.book import Book, make_book
from tests.walls import words_of_rooms

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SECRET = "欧阳不可见"
#: Addresses without anything of an organisation behind them.
OPEN = {"sign_in", "sign_out", "set_language", "status", "first_start"}


@made_once
def ours() -> Book:
    book = make_book("ours", SECRET)
    words_of_rooms(book)
    return book


@made_once
def theirs() -> Book:
    return make_book("theirs", "司马乙")


def named(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from named(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", list(pattern.pattern.converters)


def addresses(book: Book) -> Iterator[tuple[str, str]]:
    """Every address of the site, with our numbers in it: what a room says of its own words."""
    ours_by_room = words_of_rooms(book)
    for name, words in named(get_resolver().url_patterns):
        if name in OPEN:
            continue

        space, has_space, _name = name.rpartition(":")
        ours_by_word = ours_by_room.get(space if has_space else "desk", {})
        values = {word: ours_by_word.get(word, book.case.number) for word in words}
        yield name, reverse(name, kwargs=values)


def signs_of(book: Book) -> list[str]:
    return [
        SECRET,
        book.case.number,
        intake.NUMBER,
        intake.FILE,
        book.case.person.number,
        book.house.name,
    ]


def test_no_address_shows_anything_of_another_organisation(ours, theirs):
    asked = list(addresses(ours))
    several = ["collector", "finance", "team_lead"]
    for role in (*people.THIRTEEN, several):
        if role == "client":
            continue
        client = Client()
        client.force_login(people.make_user(role, theirs.house, team=theirs.team))
        for name, address in asked:
            for answer in (
                client.get(address),
                client.post(address, {"field": "name", "reason": "x"}),
            ):
                body = answer.getvalue() if answer.streaming else answer.content
                found = [
                    sign for sign in signs_of(ours) if sign not in address and sign.encode() in body
                ]
                assert not found, (role, name, answer.status_code, found)


def test_no_address_changes_anything_of_another_organisation(ours, theirs):
    before = list(Act.objects.filter(organisation=ours.house).values_list("pk", flat=True))
    runs = list(AllocationRun.objects.filter(organisation=ours.house).values_list("pk", "status"))
    client = Client()
    client.force_login(people.make_user("system_admin", theirs.house))
    for _name, address in addresses(ours):
        client.post(
            address,
            {"field": "name", "reason": "x", "case": ours.case.pk, "user": theirs.collector.pk},
        )
    assert list(Act.objects.filter(organisation=ours.house).values_list("pk", flat=True)) == before
    assert (
        list(AllocationRun.objects.filter(organisation=ours.house).values_list("pk", "status"))
        == runs
    )


def test_every_address_wants_a_sign_in(ours):
    for name, address in addresses(ours):
        assert Client().get(address).status_code in (302, 405), name


def test_the_one_entry_to_cases_gives_only_the_own_ones(ours, theirs):
    for role in shipped_codes():
        extra = {"creditor": theirs.case.creditor} if role == "client" else {}
        user = people.make_user(role, theirs.house, team=theirs.team, **extra)
        assert not visible_cases(user).filter(organisation=ours.house).exists(), role
        assert not visible_placements(user).filter(organisation=ours.house).exists(), role


@pytest.mark.parametrize(
    "user", [User(is_active=True), User(is_active=False)], ids=["no house", "switched off"]
)
def test_a_user_of_no_organisation_or_switched_off_sees_nothing(user, ours):
    user.held_roles = (unsaved("system_admin"),)
    if not user.is_active:
        user.organisation = ours.house
    assert not visible_cases(user).exists()


COMMANDS = [
    (tasks, []),
    (ageing, []),
    (ageing, ["--by", "collector"]),
    (allocate, []),
    (explain, ["CASE"]),
    (statement, ["list"]),
    (statement, ["show", "CASE", "2026-10"]),
    (gate, ["--case", "CASE", "--channel", "call", "--to", "debtor"]),
    (approval, ["ask", "CASE", "visit_first", "--reason", "x"]),
    (approval, ["list"]),
    (charge, ["ask", "CASE", "1", "1", "--reason", "x"]),
    (contact, ["CASE", "--channel", "sms"]),
    (event, ["CASE", "--kind", "told"]),
    (recall, ["CASE", "--reason", "x"]),
    (hold, ["list"]),
    (hold, ["place", "CASE", "--kind", "complaint", "--reason", "x"]),
    (hold, ["propose", "CASE", "--kind", "complaint", "--reason", "x"]),
    (clock, ["list"]),
    (clock, ["extend", "CLOCK", "--reason", "x"]),
    (void, ["ask", "RED-1", "--creditor", "ours", "--reason", "x"]),
]


@pytest.mark.parametrize(("module", "words"), COMMANDS)
def test_commands_of_another_organisation_say_nothing_of_ours(module, words, ours, theirs, capsys):
    import argparse

    from huikuan.ops.cli import CommandError

    parser = argparse.ArgumentParser()
    module.arguments(parser)
    of_room = words_of_rooms(ours)["clocks"]
    named = {"CASE": ours.case.number, "CLOCK": str(of_room["clock"])}
    given = [named.get(word, word) for word in words]
    args = parser.parse_args([*given, "--json", "--organisation", theirs.house.code])
    try:
        module.run(args)
    except CommandError as error:
        assert SECRET not in str(error)
    printed = capsys.readouterr().out
    assert SECRET not in printed
    assert ours.case.number not in [
        json.loads(line).get("case") for line in printed.splitlines() if line.startswith("{")
    ]


def test_the_counters_of_the_gate_still_add_up_across_both(ours):
    """One human with two creditors' agencies: three talks at one close the line at the other, which sees no case of it."""
    from huikuan.gate.check import check

    other = people.make_house("other", kind="agency")
    bank = people.make_creditor("otherbank", other)
    person = people.make_person(bank, name="同一人", key=f"id-{SECRET}")
    case = people.make_case(person, items=[(people.PLACED_ON, 100)], told_on=people.PLACED_ON)
    point = people.make_point(case)
    facts.refresh([case.pk])
    at = people.moment(ours.today, 11)
    user = people.make_user("collector", other)
    assert check(case, point, "call", actor=user, at=at, style="interactive").allowed
    for hour in (8, 9, 10):
        people.make_contact(
            ours.case, ours.today, hour=hour, connected=True, answered="debtor", seconds=60
        )
    refused = check(case, point, "call", actor=user, at=at, style="interactive")
    assert not refused.allowed
    assert ours.case.number not in json.dumps([refused.rules, refused.facts], default=str)


def test_names_of_teams_may_repeat_in_another_organisation(ours, theirs):
    assert Team.objects.filter(code="phone").count() == 2
    assert Case.objects.filter(organisation=theirs.house).count() == 1


def test_no_table_forgot_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_message_of_the_plan_counts_only_the_own_tasks(ours, theirs):
    Approval.objects.exclude(task=None).delete()
    Task.objects.all().delete()
    PlanRun.objects.all().delete()
    client = Client()
    client.force_login(theirs.lead)
    page = client.post(
        reverse("plan_today"), follow=True, headers={"accept-language": "en"}
    ).content.decode()
    own = Task.objects.filter(organisation=theirs.house).count()
    assert 0 < own < Task.objects.count()
    assert f"{own} new tasks, 0 closed" in page
