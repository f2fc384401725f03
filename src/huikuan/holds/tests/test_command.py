"""`huikuan hold` does what the pages do, and what the pages refuse it refuses."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people

from huikuan.casebook.models import Act, Approval, Hold
from huikuan.holds.entry import SCOPES
from huikuan.holds.tests.conftest import Office
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import hold as command
from huikuan.people.models import User


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command as a user; gives its exit code and what it printed as JSON."""

    def run(user: User, *words: object) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        given = [str(word) for word in words]
        args = parser.parse_args([*given, "--as", user.username, "--json"])
        code = command.run(args)
        return code, json.loads(capsys.readouterr().out or "{}")

    return run


def columns(told: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(problem["code"], problem["column"]) for problem in told["problems"]]


def complaint(office: Office) -> tuple[str, ...]:
    return (office.case.number, "--kind", "complaint", "--reason", "客户投诉")


def today(office: Office) -> dt.date:
    from huikuan.ops.requests import today_of

    return today_of(office.lead)


# set and end


def test_a_lead_sets_a_hold_and_the_case_may_not_be_called(office: Office, call: Any) -> None:
    code, told = call(office.lead, "place", *complaint(office))
    hold = Hold.objects.get()

    assert (code, told["problems"]) == (0, [])
    assert told == {
        "hold": hold.pk,
        "case": office.case.number,
        "kind": "complaint",
        "scope": "case",
        "item": None,
        "account": None,
        "on": str(today(office)),
        "ended_on": None,
        "reason": "客户投诉",
        "by": office.lead.username,
        "request": None,
        "status": None,
        "problems": [],
    }


def test_the_same_hold_again_changes_nothing_and_says_so(office: Office, call: Any) -> None:
    call(office.lead, "place", *complaint(office))
    acts = Act.objects.count()
    code, told = call(office.lead, "place", *complaint(office))
    assert (code, columns(told)) == (1, [("hold.again", None)])
    assert (Hold.objects.count(), Act.objects.count()) == (1, acts)


def test_a_dispute_holds_the_item_that_is_named(office: Office, call: Any) -> None:
    number = office.items[0].number
    words = ("--kind", "dispute", "--item", number, "--reason", "金额有误")
    code, told = call(office.lead, "place", office.case.number, *words)
    assert (code, told["scope"], told["item"]) == (0, "item", number)
    assert Hold.objects.get().item == office.items[0]


def test_an_account_is_named_as_lists_show_it(office: Office, call: Any) -> None:
    account = office.case.accounts.get()
    words = ("--kind", "plan", "--account", account.number_shown, "--reason", "分期履行中")
    code, told = call(office.lead, "place", office.case.number, *words)
    assert (code, told["scope"], told["account"]) == (0, "account", account.number_shown)


def test_a_hold_ends_once(office: Office, call: Any) -> None:
    _code, told = call(office.lead, "place", *complaint(office))
    code, ended = call(office.lead, "end", told["hold"], "--reason", "投诉已处理")
    assert (code, ended["ended_on"]) == (0, str(today(office)))
    code, again = call(office.lead, "end", told["hold"], "--reason", "投诉已处理")
    assert (code, columns(again)) == (1, [("hold.ended", None)])


# what the page refuses


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--kind", "dispute", "--reason", "x"], ("hold.item", "item")),
        (["--kind", "dispute", "--scope", "case", "--reason", "x"], ("hold.scope", "scope")),
        (["--kind", "complaint", "--reason", " "], ("hold.reason", "reason")),
        (["--kind", "complaint", "--reason", "长" * 301], ("hold.reason_long", "reason")),
        (
            ["--kind", "complaint", "--reason", "x", "--on", "2099-01-01"],
            ("hold.future", "on"),
        ),
    ],
)
@pytest.mark.parametrize("act", ["place", "propose"])
def test_what_the_page_refuses_the_command_refuses(
    act: str, words: list[str], problem: tuple[str, str], office: Office, call: Any
) -> None:
    code, told = call(office.lead, act, office.case.number, *words)
    assert (code, columns(told)) == (1, [problem])
    assert told["problems"][0]["remedy"]

    given = dict(zip((word.removeprefix("--") for word in words[::2]), words[1::2], strict=True))
    form = {"scope": SCOPES[given["kind"]][0], "on": str(today(office))} | given
    client = Client()
    client.force_login(office.lead)
    answer = client.post(reverse(f"holds:{act}", args=[office.case.number]), form)
    assert answer.status_code == 422
    assert not Hold.objects.exists()
    assert not Approval.objects.exists()


def test_a_collector_sets_and_ends_nothing(office: Office, call: Any) -> None:
    code, told = call(office.collector, "place", *complaint(office))
    assert (code, columns(told)) == (1, [("hold.role", None)])
    _code, placed = call(office.lead, "place", *complaint(office))
    code, told = call(office.collector, "end", placed["hold"], "--reason", "x")
    assert (code, columns(told)) == (1, [("hold.role", None)])
    assert Hold.objects.get().ended_on is None


def test_who_does_not_see_the_case_is_told_that_there_is_none(office: Office, call: Any) -> None:
    stranger = people.make_user("collector", team=people.make_team("far"))
    with pytest.raises(CommandError):
        call(stranger, "propose", *complaint(office))
    hold = people.make_hold(office.case, today(office))
    code, told = call(stranger, "end", hold.pk, "--reason", "x")
    assert (code, columns(told)) == (1, [("hold.unknown", None)])


@pytest.mark.parametrize("name", ["--item", "--account"])
def test_an_item_or_account_that_the_case_has_not_is_a_problem(
    name: str, office: Office, call: Any
) -> None:
    with pytest.raises(CommandError):
        call(office.lead, "place", *complaint(office), name, "nothing")


# proposed and decided


def test_a_collector_proposes_and_the_lead_grants(office: Office, call: Any) -> None:
    code, asked = call(office.collector, "propose", *complaint(office))
    assert (code, asked["status"], asked["hold"]) == (0, "waiting", None)
    assert not Hold.objects.exists()

    code, told = call(office.lead, "decide", asked["request"], "--grant")
    assert (code, told["status"], told["hold"]) == (0, "granted", Hold.objects.get().pk)
    code, again = call(office.lead, "decide", asked["request"], "--grant")
    assert (code, columns(again)) == (1, [("approval.decided", None)])


def test_nobody_decides_the_own_proposal(office: Office, call: Any) -> None:
    _code, asked = call(office.lead, "propose", *complaint(office))
    code, told = call(office.lead, "decide", asked["request"], "--grant")
    assert (code, columns(told)) == (1, [("approval.own", None)])


def test_a_refusal_needs_its_reason(office: Office, call: Any) -> None:
    _code, asked = call(office.collector, "propose", *complaint(office))
    code, told = call(office.lead, "decide", asked["request"], "--refuse")
    assert (code, columns(told)) == (1, [("approval.reason", "reason")])
    code, told = call(office.lead, "decide", asked["request"], "--refuse", "--reason", "证据不足")
    assert (code, told["status"]) == (0, "refused")
    assert not Hold.objects.exists()


def test_the_proposer_takes_it_back(office: Office, call: Any) -> None:
    _code, asked = call(office.collector, "propose", *complaint(office))
    code, told = call(office.collector, "withdraw", asked["request"])
    assert (code, told["status"]) == (0, "withdrawn")


# the list


def test_the_list_shows_what_stands_and_what_has_ended(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    standing = people.make_hold(office.case, today(office))
    ended = people.make_hold(
        office.case, today(office), kind="ill", scope="person", ended_on=today(office)
    )

    assert numbers(capsys, office.lead) == [standing.pk]
    assert numbers(capsys, office.lead, "--ended") == [ended.pk]
    assert numbers(capsys, office.lead, office.case.number) == [standing.pk]
    assert numbers(capsys, office.lead, "--kind", "ill") == []
    stranger = people.make_user("collector", team=people.make_team("far"))
    assert numbers(capsys, stranger) == []


def numbers(capsys: pytest.CaptureFixture[str], user: User, *words: str) -> list[int]:
    """The holds that the list tells this user."""
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    assert command.run(parser.parse_args(["list", *words, "--as", user.username, "--json"])) == 0
    return [json.loads(line)["hold"] for line in capsys.readouterr().out.splitlines()]


def test_for_people_it_says_problem_remedy_and_the_hold(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    words = ["place", *complaint(office), "--as", office.lead.username]
    assert command.run(parser.parse_args(words)) == 0
    assert office.case.number in capsys.readouterr().out
    assert command.run(parser.parse_args([*words, "--on", "2099-01-01"])) == 1
    assert capsys.readouterr().out.startswith("on: ")


def test_the_command_offers_the_kinds_and_reaches_of_the_page() -> None:
    assert set(command.KINDS) == set(Hold.Kind.values)
    assert set(command.SCOPES) == set(Hold.Scope.values)
