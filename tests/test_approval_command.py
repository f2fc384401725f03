"""huikuan approval does what the pages do: one asks, the role that the step names decides."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from huikuan.calls.tests.call import Room, make_room, make_task
from huikuan.casebook.models import Approval, Task
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import approval
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from tests import people
from tests.shipped import load_packs

pytestmark = pytest.mark.django_db


@made_once
def room() -> Room:
    load_packs()
    made = make_room()
    make_task(made.case, made.today, "visit_first")
    return made


@made_once
def manager(room: Room) -> User:
    return people.make_user("manager", room.collector.organisation)


def huikuan(*words: str) -> int:
    parser = argparse.ArgumentParser()
    approval.arguments(parser)
    return approval.run(parser.parse_args([*words, "--organisation", "house", "--json"]))


def said(capsys: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def ask(room: Room, step: str = "visit_first", reason: str = "多次致电未果") -> int:
    lead = room.colleague.username
    return huikuan("ask", room.case.number, step, "--reason", reason, "--as", lead)


def test_one_asks_and_another_grants(room: Room, manager: User, capsys: Any) -> None:
    assert ask(room) == 0
    (asked,) = said(capsys)
    assert (asked["kind"], asked["status"], asked["problems"]) == ("step", "waiting", [])

    assert huikuan("list", "--as", manager.username) == 0
    (waits,) = said(capsys)
    assert (waits["request"], waits["reason"]) == (asked["request"], "多次致电未果")

    assert huikuan("decide", str(asked["request"]), "--grant", "--as", manager.username) == 0
    assert Approval.objects.get().status == "granted"


def test_whoever_asked_does_not_decide(room: Room, capsys: Any) -> None:
    ask(room)
    (asked,) = said(capsys)
    lead = room.colleague.username
    assert huikuan("decide", str(asked["request"]), "--grant", "--as", lead) == 1
    (answer,) = said(capsys)
    assert answer["problems"][0]["code"] == "approval.role"
    assert huikuan("list", "--as", lead) == 0
    assert said(capsys) == []


def test_a_second_request_is_the_first_one(room: Room, capsys: Any) -> None:
    ask(room)
    assert ask(room) == 0
    first, second = said(capsys)
    assert second["request"] == first["request"]
    assert second["problems"][0]["code"] == "approval.standing"


def test_a_step_that_needs_none_is_said(room: Room, capsys: Any) -> None:
    assert ask(room, "first_call") == 1
    (answer,) = said(capsys)
    assert answer["problems"][0]["code"] == "approval.not_needed"


@pytest.mark.parametrize("step", ["lawyers_letter", "no_such_step"])
def test_a_step_without_an_open_task_is_refused(step: str, room: Room) -> None:
    with pytest.raises(CommandError, match=step):
        ask(room, step)


# --- a grant taken back


def granted(room: Room, manager: User, capsys: Any) -> int:
    """The number of a request for the visit, granted by the manager."""
    assert ask(room) == 0
    (asked,) = said(capsys)
    assert huikuan("decide", str(asked["request"]), "--grant", "--as", manager.username) == 0
    said(capsys)
    return asked["request"]


def take_back(request: int, user: User) -> int:
    return huikuan("take-back", str(request), "--reason", "情况有变", "--as", user.username)


def test_a_grant_is_taken_back_before_its_use(room: Room, manager: User, capsys: Any) -> None:
    request = granted(room, manager, capsys)
    assert take_back(request, room.colleague) == 1
    (answer,) = said(capsys)
    assert answer["problems"][0]["code"] == "approval.not_yours_to_take"

    assert take_back(request, manager) == 0
    (answer,) = said(capsys)
    assert (answer["status"], answer["problems"]) == ("taken_back", [])
    assert ask(room) == 1, "nothing is new since"
    (answer,) = said(capsys)
    codes = [found["code"] for found in answer["problems"]]
    assert codes == ["approval.nothing_new_since_grant", "approval.same_reason"]


def test_a_grant_is_not_taken_back_after_its_use(room: Room, manager: User, capsys: Any) -> None:
    request = granted(room, manager, capsys)
    Task.objects.filter(pk=Approval.objects.get().task_id).update(status="done")
    assert take_back(request, manager) == 1
    (answer,) = said(capsys)
    assert answer["problems"][0]["code"] == "approval.used"
    assert Approval.objects.get().status == "granted"


def test_the_other_manager_is_not_asked_after_a_refusal(
    room: Room, manager: User, capsys: Any
) -> None:
    people.make_user("manager", room.collector.organisation)
    ask(room)
    (asked,) = said(capsys)
    words = ("decide", str(asked["request"]), "--refuse", "--reason", "暂缓")
    assert huikuan(*words, "--as", manager.username) == 0
    said(capsys)

    assert ask(room, reason="换一位经理再问") == 1
    (answer,) = said(capsys)
    assert answer["problems"][0]["code"] == "approval.nothing_new"
    assert not Approval.objects.filter(status="waiting").exists()
