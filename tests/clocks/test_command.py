"""`huikuan clock` and `huikuan arrival` do what the pages do, and refuse what they refuse."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import threading
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from huikuan.casebook.models import Clock, ClockExtension, Placement
from huikuan.intake.creditors import creditor_of, made
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import arrival, clock
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, User
from huikuan.planning import load
from tests import people
from tests.together import at_once


@made_once
def supply(db: None) -> User:
    assert load.load_all(at=timezone.now() - dt.timedelta(hours=9)) == []
    house = people.make_house()
    people.make_creditor("card-bank", house)
    return people.make_user("supply_chain", house)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command as a user; gives its exit code and the lines that it printed as JSON."""

    def run(module: ModuleType, user: User, *words: str) -> tuple[int, list[dict[str, Any]]]:
        parser = argparse.ArgumentParser()
        module.arguments(parser)
        who = ("--as", user.username, "--organisation", user.organisation.code)
        args = parser.parse_args([*words, *who, "--json"])
        code = module.run(args)
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def arrive(call: Any, user: User, *words: str) -> tuple[int, list[dict[str, Any]]]:
    given = ("cards.csv", "--creditor", "card-bank", "--mapping", "card_cn", *words)
    return call(arrival, user, *given)


def test_an_arrival_gives_the_batch_its_number_and_begins_its_deadline(
    supply: User, call: Any
) -> None:
    came = timezone.now() - dt.timedelta(minutes=10)
    code, told = arrive(call, supply, "--at", came.isoformat())
    placement = Placement.objects.get()
    assert (code, told[0]["placement"]) == (0, placement.number)
    assert (placement.status, placement.received_at) == ("arrived", came)

    code, listed = call(clock, supply, "list")
    assert code == 0
    assert [(row["kind"], row["about"], row["state"]) for row in listed] == [
        ("fetched", placement.number, "running")
    ]
    assert listed[0]["due_at"] == (came + dt.timedelta(hours=1)).isoformat()


def test_without_a_user_every_deadline_of_the_house_is_listed(
    supply: User, call: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    arrive(call, supply)
    people.make_house("other")
    parser = argparse.ArgumentParser()
    clock.arguments(parser)

    def listed(house: str) -> list[str]:
        assert clock.run(parser.parse_args(["list", "--organisation", house])) == 0
        return capsys.readouterr().out.splitlines()

    assert [Placement.objects.get().number in line for line in listed("house")] == [True]
    assert listed("other") == []


def test_noted_twice_it_is_one_batch(supply: User, call: Any) -> None:
    assert arrive(call, supply)[1][0]["placement"] == arrive(call, supply)[1][0]["placement"]
    assert Placement.objects.count() == 1


@pytest.mark.parametrize("words", [("--at", "2999-01-01T00:00"), ("--mapping", "nothing")])
def test_what_cannot_be_noted_is_refused(supply: User, call: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        arrive(call, supply, *words)
    assert not Placement.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "a\nb.csv",
        "../../x.csv",
        "C:\\x.csv",
        "x" * 400,
        "batch\u200b.csv",
        "a\u202exslx.csv",
        "batch.csv ",
        "\ufeffbatch.csv",
        "ba\u00adtch.csv",
    ],
)
def test_a_name_that_no_import_finds_again_is_refused(supply: User, call: Any, name: str) -> None:
    words = (name, "--creditor", "card-bank", "--mapping", "card_cn")
    with pytest.raises(CommandError):
        call(arrival, supply, *words)
    assert not Placement.objects.exists()


def test_an_ordinary_name_of_the_channel_is_taken(supply: User, call: Any) -> None:
    name = "示例银行 委外(11月)　第2批.csv"
    call(arrival, supply, name, "--creditor", "card-bank", "--mapping", "card_cn")
    assert Placement.objects.get().file_name == name


@pytest.mark.django_db(transaction=True)
def test_two_first_arrivals_of_a_creditor_make_it_once() -> None:
    house = people.make_house()
    chosen = mapping_by_name("card_cn")

    def comes() -> int:
        draft = creditor_of("card-bank", chosen, house, make=False)
        assert draft is not None
        both_know_none.wait(timeout=20)
        return made(draft).pk

    both_know_none = threading.Barrier(2)
    first, second = at_once([comes, comes])
    assert first == second == Creditor.objects.get().pk


def test_whoever_does_not_import_notes_no_arrival(supply: User, call: Any) -> None:
    with pytest.raises(CommandError):
        arrive(call, people.make_user("collector", supply.organisation))
    assert not Placement.objects.exists()


def test_a_deadline_is_extended_with_a_reason(supply: User, call: Any) -> None:
    arrive(call, supply)
    running = Clock.objects.get()
    code, told = call(clock, supply, "extend", str(running.pk), "--reason", "解压密码未到")
    assert (code, told[0]["clock"]) == (0, running.pk)
    running.refresh_from_db()
    assert running.due_at == running.started_at + dt.timedelta(hours=3)
    assert told[0]["due_at"] == running.due_at.isoformat()


def test_a_reason_that_comes_too_late_is_refused_with_a_code(supply: User, call: Any) -> None:
    came = timezone.now() - dt.timedelta(minutes=61)
    arrive(call, supply, "--at", came.isoformat())
    running = Clock.objects.get()
    code, told = call(clock, supply, "extend", str(running.pk), "--reason", "x")
    assert code == 1
    assert [problem["code"] for problem in told[0]["problems"]] == ["clock.too_late"]
    assert not ClockExtension.objects.exists()


def test_nobody_lists_or_extends_another_houses_deadline(supply: User, call: Any) -> None:
    arrive(call, supply)
    stranger = people.make_user("manager", people.make_house("other"))
    assert call(clock, stranger, "list") == (0, [])
    code, told = call(clock, stranger, "extend", str(Clock.objects.get().pk), "--reason", "x")
    assert code == 1
    assert [problem["code"] for problem in told[0]["problems"]] == ["clock.unknown"]
