"""Organisations are walls: a second one sees, counts, searches, exports and changes nothing of the first, on every address and
by every command."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from huikuan.allocation.propose import propose
from huikuan.casebook import sealed
from huikuan.casebook.access import visible_cases, visible_placements
from huikuan.casebook.models import (
    Act,
    AllocationRun,
    Approval,
    Case,
    Payment,
    PaymentFile,
    PaymentRow,
    Placement,
)
from huikuan.desk import clock
from huikuan.ops.commands import explain, gate, tasks
from huikuan.people.models import Team, User
from huikuan.people.roles import Role
from tests import people
from tests.book import Book, make_book

pytestmark = pytest.mark.django_db
SECRET = "欧阳不可见"
#: Addresses without anything of an organisation behind them.
OPEN = {"sign_in", "sign_out", "set_language", "status"}


@pytest.fixture
def ours() -> Book:
    book = make_book("ours", SECRET)
    row = {"organisation": book.house, "creditor": book.case.creditor, "act": book.case.act}
    Placement.objects.create(
        **row, number="BATCH-OURS", mapping="card_cn", file_name="SECRET-FILE.csv", file_hash="0", status="accepted",
        received_at=clock.now(), received_on=book.today, valid_on=book.today, accepted_at=clock.now(),
    )  # fmt: skip
    waiting = people.make_case(people.make_person(book.case.creditor, name=SECRET), items=[(book.today, 100)])
    from huikuan.casebook import facts

    facts.refresh([waiting.pk])
    propose(book.house, book.today, actor=book.lead, at=clock.now())
    file = PaymentFile.objects.create(**row, name="SECRET-FILE.csv", file_hash="1", received_at=clock.now())
    line = sealed.seal('{"case": "", "account": "", "item": "", "debtor": "", "name": "", "currency": ""}')
    PaymentRow.objects.create(
        file=file, row=2, state="doubtful", line_sealed=line, amount_minor=1, paid_on=book.today, case=book.case
    )
    payment = Payment.objects.get(case=book.case)
    subject = {"payment": payment.pk, "reference": payment.reference, "on": str(book.today)}
    Approval.objects.create(
        **row, case=book.case, kind="reversal", subject=subject, amount_minor=1, currency="CNY", asked_at=clock.now()
    )
    return book


@pytest.fixture
def theirs() -> Book:
    return make_book("theirs", "司马乙")


def named(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from named(pattern.url_patterns, inner)
        elif pattern.name:
            yield f"{space}{pattern.name}", list(pattern.pattern.converters)


def money_of(book: Book) -> dict[str, int]:
    """Our payment file, its row, a payment and a request, by the word of the address."""
    row = PaymentRow.objects.get(file__organisation=book.house)
    payment = Payment.objects.get(organisation=book.house)
    approval = Approval.objects.get(organisation=book.house)
    return {"file": row.file_id, "row": row.pk, "payment": payment.pk, "approval": approval.pk}


def addresses(book: Book) -> Iterator[tuple[str, str]]:
    """Every address of the site, with our numbers in it."""
    run = AllocationRun.objects.get(organisation=book.house)
    for name, words in named(get_resolver().url_patterns):
        if name in OPEN:
            continue
        room = name.split(":")[0]
        number = {"intake": "BATCH-OURS", "allocation": str(run.pk)}.get(room, book.case.number)
        known = {"name": "phone_collection", **money_of(book)}
        values = {word: known.get(word, number) for word in words}
        yield name, reverse(name, kwargs=values)


def signs_of(book: Book) -> list[str]:
    return [SECRET, book.case.number, "BATCH-OURS", "SECRET-FILE", book.case.person.number, book.house.name]


@pytest.mark.parametrize("role", [role for role in Role.values if role != "client"])
def test_no_address_shows_anything_of_another_organisation(role, ours, theirs):
    client = Client()
    client.force_login(people.make_user(role, theirs.house, team=theirs.team))
    for name, address in addresses(ours):
        for answer in (client.get(address), client.post(address, {"field": "name", "reason": "x"})):
            body = answer.getvalue() if answer.streaming else answer.content
            found = [sign for sign in signs_of(ours) if sign not in address and sign.encode() in body]
            assert not found, (name, answer.status_code, found)


def test_no_address_changes_anything_of_another_organisation(ours, theirs):
    before = list(Act.objects.filter(organisation=ours.house).values_list("pk", flat=True))
    runs = list(AllocationRun.objects.filter(organisation=ours.house).values_list("pk", "status"))
    client = Client()
    client.force_login(people.make_user(Role.SYSTEM_ADMIN, theirs.house))
    for _name, address in addresses(ours):
        client.post(address, {"field": "name", "reason": "x", "case": ours.case.pk, "user": theirs.collector.pk})
    assert list(Act.objects.filter(organisation=ours.house).values_list("pk", flat=True)) == before
    assert list(AllocationRun.objects.filter(organisation=ours.house).values_list("pk", "status")) == runs


def test_every_address_wants_a_sign_in(ours):
    for name, address in addresses(ours):
        assert Client().get(address).status_code in (302, 405), name


@pytest.mark.parametrize("role", Role.values)
def test_the_one_entry_to_cases_gives_only_the_own_ones(role, ours, theirs):
    extra = {"creditor": theirs.case.creditor} if role == "client" else {}
    user = people.make_user(role, theirs.house, team=theirs.team, **extra)
    assert not visible_cases(user).filter(organisation=ours.house).exists()
    assert not visible_placements(user).filter(organisation=ours.house).exists()


@pytest.mark.parametrize(
    "user", [User(is_active=True, role="system_admin"), User(is_active=False, role="system_admin")]
)
def test_a_user_of_no_organisation_or_switched_off_sees_nothing(user, ours):
    if not user.is_active:
        user.organisation = ours.house
    assert not visible_cases(user).exists()


COMMANDS = [(tasks, []), (explain, ["CASE"]), (gate, ["--case", "CASE", "--channel", "call", "--to", "debtor"])]


@pytest.mark.parametrize(("module", "words"), COMMANDS)
def test_commands_of_another_organisation_say_nothing_of_ours(module, words, ours, theirs, capsys):
    import argparse

    from huikuan.ops.cli import CommandError

    parser = argparse.ArgumentParser()
    module.arguments(parser)
    given = [ours.case.number if word == "CASE" else word for word in words]
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
    from huikuan.casebook import facts
    from huikuan.gate.check import check

    other = people.make_house("other", kind="agency")
    bank = people.make_creditor("otherbank", other)
    person = people.make_person(bank, name="同一人", key=f"id-{SECRET}")
    case = people.make_case(person, items=[(people.PLACED_ON, 100)], told_on=people.PLACED_ON)
    point = people.make_point(case)
    facts.refresh([case.pk])
    at = people.moment(ours.today, 11)
    user = people.make_user(Role.COLLECTOR, other)
    assert check(case, point, "call", actor=user, at=at, style="interactive").allowed
    for hour in (8, 9, 10):
        people.make_contact(ours.case, ours.today, hour=hour, connected=True, answered="debtor", seconds=60)
    refused = check(case, point, "call", actor=user, at=at, style="interactive")
    assert not refused.allowed
    assert ours.case.number not in json.dumps([refused.rules, refused.facts], default=str)


def test_names_of_teams_may_repeat_in_another_organisation(ours, theirs):
    assert Team.objects.filter(code="phone").count() == 2
    assert Case.objects.filter(organisation=theirs.house).count() == 1


def test_no_table_forgot_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
