"""`huikuan event` and `huikuan recall` do what the pages do, and refuse what the pages refuse."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pytest

from huikuan.casebook import facts
from huikuan.casebook.models import Act, Assignment, Case, CaseEvent, CaseSummary
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import event, recall
from huikuan.ops.requests import today_of
from huikuan.people.models import User
from tests import people

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@dataclass
class Desk:
    """Two open cases of a collector, and the lead."""

    case: Case
    other: Case
    collector: User
    lead: User
    capsys: pytest.CaptureFixture[str]

    @property
    def today(self) -> dt.date:
        return today_of(self.lead)

    def call(self, module: Any, user: User, *words: object) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        module.arguments(parser)
        given = [str(word) for word in words]
        code = module.run(parser.parse_args([*given, "--as", user.username, "--json"]))
        return code, json.loads(self.capsys.readouterr().out)


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str]) -> Desk:
    team = people.make_team("phone")
    collector = people.make_user("collector", team=team)
    lead = people.make_user("team_lead", team=team)
    placed = today_of(lead) - 10 * DAY
    cases = [
        people.make_case(
            placed_on=placed,
            items=[(placed, 100_00)],
            collector=collector,
        )
        for _ in range(2)
    ]
    facts.refresh([case.pk for case in cases])

    return Desk(*cases, collector, lead, capsys)


def problems(told: dict[str, Any]) -> list[tuple[str, str | None]]:
    assert all(problem["message"] for problem in told["problems"])
    return [(problem["code"], problem["column"]) for problem in told["problems"]]


# events


def test_a_kept_case_is_entered_until_its_day(desk: Desk) -> None:
    until = desk.today + 20 * DAY
    words = ("--kind", "retained", "--until", until, "--reason", "客户申请")
    code, told = desk.call(event, desk.lead, desk.case.number, *words)

    assert (code, told) == (
        0,
        {
            "case": desk.case.number,
            "kind": "retained",
            "on": str(desk.today),
            "until": str(until),
            "problems": [],
        },
    )
    assert CaseEvent.objects.get().until_on == until


def test_the_same_event_again_changes_nothing_and_says_so(desk: Desk) -> None:
    words = (desk.case.number, "--kind", "closed", "--reason", "客户结清意向终止")
    manager = people.make_user("manager")
    code, _told = desk.call(event, manager, *words)
    assert code == 0
    acts = Act.objects.count()
    code, told = desk.call(event, manager, *words)
    assert (code, Act.objects.count()) == (1, acts)
    assert problems(told)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--kind", "closed"], ("event.reason", "reason")),
        (["--kind", "retained"], ("event.until", "until")),
        (["--kind", "retained", "--until", "2020-01-01"], ("event.until", "until")),
        (["--kind", "told", "--on", "2099-01-01"], ("event.future", "on")),
        (["--kind", "closed", "--reason", "x", "--on", "2020-01-01"], ("event.before", "on")),
        (["--kind", "closed", "--reason", "长" * 301], ("event.reason_long", "reason")),
    ],
)
def test_what_the_page_refuses_the_command_refuses(
    words: list[str], problem: tuple[str, str], desk: Desk
) -> None:
    manager = people.make_user("manager")
    code, told = desk.call(event, manager, desk.case.number, *words)
    assert (code, told["kind"]) == (1, None)
    assert problem in problems(told)
    assert not CaseEvent.objects.exists()


def test_an_event_asks_for_its_right(desk: Desk) -> None:
    code, told = desk.call(event, desk.collector, desk.case.number, "--kind", "closed")
    assert code == 1
    assert ("event.role", "kind") in problems(told)


def test_who_does_not_see_the_case_is_told_that_there_is_none(desk: Desk) -> None:
    stranger = people.make_user("collector", team=people.make_team("far"))
    with pytest.raises(CommandError):
        desk.call(event, stranger, desk.case.number, "--kind", "told")


def test_the_command_offers_the_events_of_the_page() -> None:
    from huikuan.planning.event import WHO

    assert set(event.KINDS) == {str(kind) for kind in WHO}


# recall


def test_recalled_cases_are_off_the_lists_and_nobodys(desk: Desk) -> None:
    numbers = [desk.case.number, desk.other.number]
    code, told = desk.call(recall, desk.lead, *numbers, "--reason", "委托方要求收回")
    assert (code, sorted(told["recalled"]), told["problems"]) == (0, sorted(numbers), [])
    assert not CaseSummary.objects.filter(is_open=True).exists()
    assert Assignment.objects.filter(user=None, reason="recalled").count() == 2
    assert set(CaseEvent.objects.values_list("valid_on", flat=True)) == {desk.today}


def test_all_are_recalled_or_none(desk: Desk) -> None:
    desk.call(recall, desk.lead, desk.other.number, "--reason", "x")
    numbers = [desk.case.number, desk.other.number, "C-NOTHING"]
    code, told = desk.call(recall, desk.lead, *numbers, "--reason", "x")
    assert (code, told["recalled"]) == (1, [])
    assert problems(told) == [("recall.ended", "case"), ("recall.case", "case")]
    assert CaseSummary.objects.get(case=desk.case).is_open


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--reason", "x", "--on", "2099-01-01"], ("recall.future", "on")),
        (["--reason", "x", "--on", "2020-01-01"], ("recall.before", "on")),
        (["--reason", "长" * 301], ("recall.reason_long", "reason")),
    ],
)
def test_a_recall_that_cannot_be_is_refused(
    words: list[str], problem: tuple[str, str], desk: Desk
) -> None:
    code, told = desk.call(recall, desk.lead, desk.case.number, *words)
    assert (code, problems(told)) == (1, [problem])
    assert not CaseEvent.objects.exists()


def test_who_does_not_allocate_recalls_nothing(desk: Desk) -> None:
    code, told = desk.call(recall, desk.collector, desk.case.number, "--reason", "x")
    assert (code, problems(told)) == (1, [("recall.role", None)])
    assert not CaseEvent.objects.exists()


def test_a_case_of_another_team_is_none_of_those_you_may_see(desk: Desk) -> None:
    far = people.make_user("team_lead", team=people.make_team("far"))
    code, told = desk.call(recall, far, desk.case.number, "--reason", "x")
    assert (code, problems(told)) == (1, [("recall.case", "case")])


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_that_is_in_no_book_is_a_mistake_of_the_command(desk: Desk, day: str) -> None:
    with pytest.raises(SystemExit):
        desk.call(event, desk.lead, desk.case.number, "--kind", "told", "--on", day)
    assert "no day of the book" in desk.capsys.readouterr().err
    assert not CaseEvent.objects.exists()


def test_nobody_was_told_before_there_was_a_debt(desk: Desk) -> None:
    before = desk.case.placed_on - DAY
    code, _said = desk.call(event, desk.lead, desk.case.number, "--kind", "told", "--on", before)
    assert (code, CaseEvent.objects.count()) == (1, 0)

    people.make_item(desk.case, before, 5_00)
    code, _said = desk.call(event, desk.lead, desk.case.number, "--kind", "told", "--on", before)
    assert (code, CaseEvent.objects.get().valid_on) == (0, before)
