"""The worked examples of CONTRIBUTING.md for a channel and a role do what the page says."""

from __future__ import annotations

import argparse
import datetime as dt
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import facts
from huikuan.casebook.models import Case, ContactRecord, PackBinding, Task
from huikuan.engine import acts
from huikuan.lib.calendar import china
from huikuan.ops import cli
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.approve import approve
from huikuan.planning.plan import plan
from huikuan.planning.tasks import tasks
from tests import people
from tests.test_contributing import example, signed_in

TODAY = dt.date(2026, 3, 4)
NOW = people.moment(TODAY, 10)
PACK_YAML = """
pack: {name}
kind: playbook
version: "1"
title: {{zh: 示例, en: Example}}
source: worked example
effective_from: 2020-01-01
"""

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def boss(monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    return people.make_user("manager")


@pytest.fixture
def case(boss: User) -> Case:
    """A customer with a mobile, in their collector's hands."""
    supplier = people.make_creditor("supplier", kind="supplier")
    person = people.make_person(supplier, kind="company")
    collector = people.make_user("collector", team=people.make_team())
    placed = TODAY - dt.timedelta(4)
    made = people.make_case(
        person, product="goods", placed_on=placed, items=[(placed, 100)], collector=collector
    )

    people.make_point(made)
    facts.refresh([made.pk])
    return made


def follow(name: str, case: Case, boss: User, folder: Path, settings: Any) -> None:
    """The pack of an example is checked, signed and bound to what the customer owes."""
    (folder / name).mkdir()
    (folder / name / "pack.yaml").write_text(PACK_YAML.format(name=name), encoding="utf-8")
    steps = example("yaml", name)
    (folder / name / "playbook.yaml").write_text(steps, encoding="utf-8")

    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": folder})
    PackBinding.objects.create(
        creditor=case.creditor, product="goods", pack=name, from_on=dt.date(2020, 1, 1)
    )
    load.load_all(at=NOW)
    approve(name, None, actor=boss, at=NOW)


def planned(boss: User, on: dt.date = TODAY) -> list[Task]:
    plan(on, actor=boss, at=people.moment(on, 8), calendar=china())
    return list(Task.objects.filter(status="open").select_related("step"))


def test_a_channel_is_one_entry(
    case: Case, boss: User, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, Any] = {"Act": acts.Act, "Channel": acts.Channel}
    exec(example("python", "channel"), names)
    monkeypatch.setitem(acts.ACTS, "chat", names["CHAT"])
    follow("channel", case, boss, tmp_path, settings)

    (task,) = planned(boss)
    assert (task.step.code, task.verdict) == ("chat_reminder", "allowed")

    holder = User.objects.get(pk=case.summary.assignee_id)
    client = signed_in(holder)
    address = reverse("calls:other", args=[case.number])
    page = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "企业微信" in page

    point = case.person.points.get()
    form = {"channel": "chat", "point": point.pk, "note": "已提醒", "tasks": [task.pk]}
    assert client.post(address, form).status_code == 200
    record = ContactRecord.objects.get()
    assert (record.channel, record.decision.channel) == ("chat", "chat")
    assert (
        "企业微信"
        in client.get(
            reverse("case", args=[case.number]), headers={"accept-language": "zh-hans"}
        ).content.decode()
    )

    task.refresh_from_db()
    assert task.status == "done"
    assert planned(boss, TODAY + dt.timedelta(1)) == [], "it was counted"
    assert [each.step.code for each in planned(boss, TODAY + dt.timedelta(8))] == ["chat_reminder"]


def test_without_its_entry_no_pack_may_ask_for_it(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(PACK_YAML.format(name="channel"), encoding="utf-8")
    steps = example("yaml", "channel")
    (tmp_path / "playbook.yaml").write_text(steps, encoding="utf-8")
    checked = load.check("channel", tmp_path)
    assert [problem for problem in checked.problems if "chat" in str(problem)]


def run(line: str) -> int:
    """A command of the page, as it would be typed."""
    _huikuan, name, *words = shlex.split(line)
    module = import_module(f"huikuan.ops.commands.{cli.names()[name].stem}")
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    return int(module.run(parser.parse_args(words)))


def test_a_role_is_a_row_that_packs_name(
    case: Case, boss: User, tmp_path: Path, settings: Any
) -> None:
    li = people.make_user("collector", team=people.make_team())
    User.objects.filter(pk=li.pk).update(username="li")
    for line in example("sh", "role").splitlines():
        assert run(line) == 0, line

    follow("role", case, boss, tmp_path, settings)
    assert [task.step.code for task in planned(boss)] == ["mediate"]

    li = User.objects.get(pk=li.pk)
    assert set(li.role_codes) == {"collector", "mediator"}
    on_list = tasks(TODAY, user=li, calendar=china())
    assert [each.step.id for each in on_list if each.step.role in li.role_codes] == ["mediate"]
