"""A day's work by command alone: the list names each task, what it is about and how to reach whom;
a task that is no contact is done by its number, with the checks of its page.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from huikuan.casebook import facts
from huikuan.casebook.models import Approval, Case, CaseNote, PackBinding, Task
from huikuan.lib.calendar import china
from huikuan.ops.commands import approval, done, explain, tasks
from huikuan.people.models import User
from huikuan.planning.plan import plan
from tests import people
from tests.shipped import load_packs

pytestmark = pytest.mark.django_db
FOUR_MONTHS = 125


@dataclass
class Office:
    """A customer with two invoices four months late, planned today by the shipped procedure."""

    case: Case
    manager: User
    capsys: pytest.CaptureFixture[str]

    @property
    def today(self) -> dt.date:
        return timezone.now().astimezone(people.SHANGHAI).date()

    def text(self, command: ModuleType, *words: object) -> tuple[int, list[str]]:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        given = [str(word) for word in words]
        code = command.run(parser.parse_args([*given, "--organisation", "house"]))
        return code, self.capsys.readouterr().out.splitlines()

    def json(self, command: ModuleType, *words: object) -> tuple[int, list[dict[str, Any]]]:
        code, lines = self.text(command, *words, "--json")
        return code, [json.loads(line) for line in lines]

    def task(self, step: str, item: str | None = None) -> dict[str, Any]:
        """The row of the list."""
        _code, rows = self.json(tasks, "--on", self.today)
        return next(row for row in rows if (row["step"], row["item"]) == (step, item))


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Commands answer in the language of the process, which another test may have set."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def office(capsys: pytest.CaptureFixture[str]) -> Office:
    load_packs()
    manager = people.make_user("manager")
    today = timezone.now().astimezone(people.SHANGHAI).date()
    due = today - dt.timedelta(FOUR_MONTHS)

    supplier = people.make_creditor("supplier", kind="supplier")
    PackBinding.objects.create(
        creditor=supplier, product="b2b", pack="b2b_receivables", from_on=dt.date(2020, 1, 1)
    )

    person = people.make_person(supplier, kind="company", name="深圳恒盛商贸")
    case = people.make_case(
        person,
        product="b2b",
        placed_on=due,
        items=[(due, 600_000), (due, 400_000)],
        collector=people.make_user("collector", team=people.make_team("sales")),
    )
    for item, number in zip(case.items.order_by("pk"), ("I8", "I9"), strict=True):
        item.number = number
        item.confirmed_on = due
        item.save()
    people.make_point(case, kind="phone", place="work")
    facts.refresh([case.pk])
    plan(today, actor=manager, at=people.moment(today, 7), calendar=china())
    return Office(case, manager, capsys)


def test_the_list_names_task_customer_invoice_amount_and_how_to_reach_them(office: Office) -> None:
    row = office.task("chase_call", "I9")
    task = Task.objects.get(pk=row["task"])
    assert (task.case, task.status) == (office.case, "open")
    assert (row["customer"], row["amount_minor"]) == ("深圳恒盛商贸", 400_000)
    point = office.case.person.points.get()
    assert row["points"] == [{"id": point.pk, "kind": "phone", "shown": point.value_masked}]

    _code, lines = office.text(tasks, "--on", office.today)
    (line,) = [line for line in lines if line.startswith(f"#{task.pk} ")]
    for words in ("深圳恒盛商贸", "I9 ¥4,000.00", row["title"], "催收员", f"联系方式 {point.pk}"):
        assert words in line
    assert "collector" not in line and "allowed" not in line


def test_a_number_that_may_not_be_used_is_not_named(office: Office) -> None:
    point = office.case.person.points.get()
    people.make_refusal(point, office.case, office.today)
    people.make_status(point, office.case, "valid", office.today)
    assert office.task("chase_call", "I9")["points"] == [], "a refusal counts for good"
    assert office.task("manager", "I9")["points"] == [], "a review reaches nobody"


def test_a_day_that_is_only_computed_names_no_task_that_is_not_there(office: Office) -> None:
    Task.objects.filter(step__code="manager").delete()
    _code, rows = office.json(tasks, "--on", office.today + dt.timedelta(1))
    numbers = {(row["step"], row["item"]): row["task"] for row in rows}
    assert numbers["manager", "I8"] is None
    assert numbers["general_manager", "I8"] is not None


# --- done by its number


def test_a_review_is_done_by_its_number(office: Office) -> None:
    task = office.task("manager", "I8")["task"]
    words = (task, "--note", "已核实，客户月底付款", "--as", office.manager.username)
    code, (told,) = office.json(done, *words)
    note = CaseNote.objects.get()
    expected = {"task": task, "case": office.case.number, "step": "manager", "status": "done"}
    assert (code, told) == (0, {**expected, "note": note.pk, "problems": []})
    assert note.text == "已核实，客户月底付款"

    code, lines = office.text(done, *words)
    assert (code, len(lines), CaseNote.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("step", "who", "code"),
    [
        ("chase_call", "manager", "done.contact"),
        ("general_manager", "manager", "done.role"),
        ("lock_deliveries", "manager", "done.by_command"),
        ("manager", "", "done.role"),
    ],
)
def test_what_the_page_refuses_the_command_refuses(
    office: Office, step: str, who: str, code: str
) -> None:
    task = office.task(step, "I8")["task"]
    actor = ("--as", office.manager.username) if who else ()
    status, (told,) = office.json(done, task, "--note", "已办", *actor)
    assert (status, told["note"], told["status"]) == (1, None, "open")
    assert [found["code"] for found in told["problems"]] == [code]


def test_a_task_that_nobody_may_see_is_none(office: Office) -> None:
    stranger = people.make_user("manager", people.make_house("other"))
    parser = argparse.ArgumentParser()
    done.arguments(parser)
    task = office.task("manager", "I8")["task"]
    words = [str(task), "--as", stranger.username, "--organisation", "other", "--json"]
    assert done.run(parser.parse_args(words)) == 1
    (told,) = (json.loads(line) for line in office.capsys.readouterr().out.splitlines())
    assert told["task"] is None and told["problems"][0]["code"] == "done.unknown"


# --- two invoices of one customer


@pytest.fixture
def asked(office: Office) -> list[Approval]:
    """The lock was asked for because of the first invoice; later the second is asked for, too."""
    _first, second = Task.objects.filter(step__code="lock_deliveries").order_by("subject_id")
    Task.objects.filter(pk=second.pk).update(status=Task.Status.CLOSED)
    ask_for_the_lock(office)
    Task.objects.filter(pk=second.pk).update(status=Task.Status.OPEN)
    ask_for_the_lock(office)
    return list(Approval.objects.order_by("pk"))


def ask_for_the_lock(office: Office) -> None:
    words = ("ask", office.case.number, "lock_deliveries", "--reason", "逾期四个月")
    office.text(approval, *words, "--as", office.manager.username)


def test_what_is_one_act_is_asked_for_once_with_all_its_invoices(office: Office) -> None:
    ask_for_the_lock(office)
    _code, (line,) = office.text(approval, "list")
    assert "I8、I9，未付 ¥10,000.00" in line


def test_requests_for_two_invoices_are_told_apart_in_the_list(
    office: Office, asked: list[Approval]
) -> None:
    for actor in (("--as", people.make_user("proprietor").username), ()):
        _code, lines = office.text(approval, "list", *actor)
        assert len(lines) == len({line.partition(" ")[2] for line in lines}) == 2
        assert "I8，未付 ¥6,000.00" in lines[0] and "I9，未付 ¥4,000.00" in lines[1]

    _code, rows = office.json(approval, "list")
    about = [(row["subject"], row["about"], row["open_minor"]) for row in rows]
    assert about == [("item", "I8", 600_000), ("item", "I9", 400_000)]
    assert len({row["what"] for row in rows}) == 2


def test_an_explanation_shows_under_an_invoice_its_own_request_only(
    office: Office, asked: list[Approval]
) -> None:
    _code, rows = office.json(explain, office.case.number, "--on", office.today)
    locks = [row for row in rows if row["step"] == "lock_deliveries"]
    about = [(row["item"], request["about"]) for row in locks for request in row["requests"]]
    assert about == [("I8", "I8"), ("I9", "I9")]


def test_the_pages_tell_them_apart_too(office: Office, asked: list[Approval]) -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.make_user("proprietor"))
    inbox = client.get("/approvals/").content.decode()
    assert "I8，未付 ¥6,000.00" in inbox and "I9，未付 ¥4,000.00" in inbox
    why = client.get(f"/cases/{office.case.number}/why/").content.decode()
    rows = [row for row in why.split("<tr>") if re.search(r"\block_deliveries", row)]
    waits = str(Approval.Status.WAITING.label)
    assert [row.count(waits) for row in rows] == [1, 1]


def test_a_refusal_that_holds_for_every_task_is_said_once(office: Office) -> None:
    collector = User.objects.get(pk=office.case.summary.assignee_id)
    words = ("ask", office.case.number, "lock_deliveries", "--reason", "逾期四个月")
    code, lines = office.text(approval, *words, "--as", collector.username)
    assert (code, len(lines)) == (1, 1)
