"""A pack of the office's own works only when a manager has signed what it says."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook import packs
from huikuan.casebook.models import Act, PackActivation, PackBinding, PackVersion, Task
from huikuan.desk import clock
from huikuan.engine.pack import hash_of
from huikuan.gate.rules import in_force as in_force_for_gate
from huikuan.lib.calendar import china
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import check
from huikuan.ops.commands import pack as pack_command
from huikuan.ops.made_once import made_once
from huikuan.people.models import Organisation
from huikuan.planning import load
from huikuan.planning.activate import activate, roll_back, take_back
from huikuan.planning.approve import (
    MayNotApprove,
    PackChanged,
    PackHasErrors,
    SpecificationFails,
    approve,
)
from huikuan.planning.not_activated import MayNotActivate
from huikuan.planning.plan import plan
from tests import people
from tests.book import Book, make_book

pytestmark = [pytest.mark.django_db, pytest.mark.long]
NAME = "phone_collection"


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲", planned=False)


@pytest.fixture
def own(book: Book, tmp_path: Path, settings) -> Path:
    """The shipped procedure with another version number, in a folder of the office's own."""
    folder = tmp_path / NAME
    shutil.copytree(load.SHIPPED / NAME, folder)
    for file in sorted((folder / "tests").glob("*.yaml"))[:-1]:
        file.unlink()  # each signature runs the specification; one file of it will do here
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    (folder / "pack.yaml").write_text(
        text.replace('version: "', 'version: "own-'), encoding="utf-8"
    )
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": tmp_path})
    return folder


def in_force(house: Organisation) -> str:
    """The version in force for all cases of the house."""
    today = clock.now().astimezone(people.SHANGHAI).date()
    versions = packs.in_force_in(house, today)
    return next(version.version for version in versions if version.pack == NAME)


def page(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("pack", args=[NAME])).content.decode()


def test_an_own_pack_is_not_in_force_until_a_manager_signs_it(own, book):
    found = load.load_all(at=clock.now())
    assert [(problem.code, problem.severity) for problem in found] == [("pack.unsigned", "warning")]
    assert not in_force(book.house).startswith("own-")
    approve(NAME, None, actor=book.manager, at=clock.now())
    assert in_force(book.house).startswith("own-")
    assert load.load_all(at=clock.now()) == []
    act = Act.objects.get(verb="planning.approve")
    assert act.actor == book.manager and "own-" in act.reason


def test_a_page_asks_once_what_is_in_force_and_sees_what_it_signed_itself(
    own, book, django_assert_num_queries
):
    load.load_all(at=clock.now())
    in_force(book.house)

    with packs.one_answer():
        with django_assert_num_queries(1):
            assert not in_force(book.house).startswith("own-")
            assert not in_force(book.house).startswith("own-")
        approve(NAME, None, actor=book.manager, at=clock.now())
        assert in_force(book.house).startswith("own-")

    # Outside of a request another process may sign between two questions.
    with django_assert_num_queries(2):
        assert in_force(book.house) and in_force(book.house)


def test_signing_twice_is_one_act(own, book):
    first = approve(NAME, None, actor=book.manager, at=clock.now())
    again = approve(
        NAME, None, actor=people.make_user("general_manager", book.house), at=clock.now()
    )
    assert again.approved_by == first.approved_by == book.manager.username
    assert Act.objects.filter(verb="planning.approve").count() == 1


def test_what_was_changed_after_the_look_is_not_signed(own, book):
    with pytest.raises(PackChanged):
        approve(NAME, "another content", actor=book.manager, at=clock.now())
    (own / "playbook.yaml").write_text("steps: [", encoding="utf-8")
    with pytest.raises(PackHasErrors):
        approve(NAME, None, actor=book.manager, at=clock.now())


@pytest.mark.parametrize("role", ["team_lead", "system_admin", "quality"])
def test_nobody_else_signs(role, own, book):
    user = people.make_user(role, book.house)
    with pytest.raises(MayNotApprove):
        approve(NAME, None, actor=user, at=clock.now())
    client = Client()
    client.force_login(user)
    assert client.post(reverse("pack_approve", args=[NAME])).status_code == 403


def test_an_agency_signs_nothing_for_its_principal(own, book):
    agency = people.make_agency(principal=book.house)
    with pytest.raises(MayNotApprove):
        approve(NAME, None, actor=people.make_user("manager", agency), at=clock.now())


def test_the_manager_signs_on_the_page_what_the_page_shows(own, book):
    assert "未批准" in page_of_list(book.manager)
    assert 'name="hash"' in page(book.manager)
    assert 'name="hash"' not in page(book.collector)

    client = Client()
    client.force_login(book.manager)
    assert client.get(reverse("pack_approve", args=[NAME])).status_code == 405
    checked = load.check(NAME, own)
    assert checked.pack is not None
    client.post(reverse("pack_approve", args=[NAME]), {"hash": checked.pack.hash})
    assert in_force(book.house).startswith("own-")
    assert f"{book.manager.username} 批准" in page(book.collector)
    assert Client().post(reverse("pack_approve", args=[NAME])).status_code == 302


def page_of_list(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("packs")).content.decode()


def test_the_command_signs_for_a_named_manager(own, book, capsys, monkeypatch):
    monkeypatch.setattr("huikuan.ops.database.connect", lambda: None)
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    with pytest.raises(CommandError):
        check.run(parser.parse_args([NAME, "--approve", "nobody"]))
    with pytest.raises(CommandError):
        check.run(parser.parse_args([NAME, "--approve", book.lead.username]))
    assert check.run(parser.parse_args([NAME, "--approve", book.manager.username])) == 0
    assert PackVersion.objects.get(approved_by=book.manager.username).version.startswith("own-")


def break_the_specification(own: Path) -> None:
    """A case that states a step which does not fire."""
    [file] = (own / "tests").glob("*.yaml")
    text = file.read_text(encoding="utf-8")
    facts = "facts: {}"
    fires = "fires: {promise_remind: 2026-03-08}"
    wrong = f"  - name: 不会出现\n    on: 2026-03-08\n    {facts}\n    {fires}\n"
    file.write_text(text.rstrip("\n") + "\n" + wrong, encoding="utf-8")


def test_nobody_signs_what_its_own_specification_contradicts(own, book, capsys, monkeypatch):
    break_the_specification(own)
    with pytest.raises(SpecificationFails) as error:
        approve(NAME, None, actor=book.manager, at=clock.now())
    [problem] = error.value.problems
    assert "不会出现" in problem.text()
    assert not in_force(book.house).startswith("own-")

    client = Client()
    client.force_login(book.manager)
    pack = load.check(NAME, own).pack
    answer = client.post(reverse("pack_approve", args=[NAME]), {"hash": pack.hash})
    assert answer.status_code == 422
    assert "不会出现" in answer.content.decode()

    monkeypatch.setattr("huikuan.ops.database.connect", lambda: None)
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    assert check.run(parser.parse_args([NAME, "--approve", book.manager.username])) == 1
    assert "不会出现" in capsys.readouterr().out
    assert not Act.objects.filter(verb="planning.approve").exists()


def test_signing_leaves_the_book_as_it_was(own, book):
    """A specification lays tables of its own over the summaries; nothing of them stays."""
    from huikuan.casebook.models import CaseSummary

    before = list(CaseSummary.objects.values_list("pk", flat=True))
    approve(NAME, None, actor=book.manager, at=clock.now())
    assert list(CaseSummary.objects.values_list("pk", flat=True)) == before != []


def test_a_folder_and_its_pack_have_one_name(own, book, tmp_path):
    own.rename(tmp_path / "card_collection")
    found = load.load_all(at=clock.now())
    [problem] = [one for one in found if one.code == "pack.other_name"]
    assert problem.place == "card_collection/pack.yaml:1:7"
    assert not PackVersion.objects.filter(version__startswith="own-").exists()
    with pytest.raises(PackHasErrors):
        approve("card_collection", None, actor=book.manager, at=clock.now())


def test_loading_again_after_a_roll_back_changes_nothing(own, book):
    """Defect: the newest stored version won, whatever anybody had decided."""
    approve(NAME, None, actor=book.manager, at=clock.now())
    assert in_force(book.house).startswith("own-")
    roll_back(NAME, actor=book.manager, at=clock.now())
    assert load.load_all(at=clock.now()) == []
    assert not in_force(book.house).startswith("own-")

    today = clock.now().astimezone(people.SHANGHAI).date()
    [problem] = load.passed_over(today, book.house)
    assert problem.code == "pack.not_in_force"
    assert "huikuan pack activate" in problem.remedy_text()


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    pack_command.arguments(parser)
    return pack_command.run(parser.parse_args(words))


def test_by_command_a_version_is_activated_rolled_back_and_taken_back(own, book, capsys):
    approve(NAME, None, actor=book.manager, at=clock.now(), activated=False)
    assert not in_force(book.house).startswith("own-")
    by = ("--user", book.manager.username)
    assert command("activate", NAME, *by, "--creditor", "bank", "--reason", "trial") == 0
    today = clock.now().astimezone(people.SHANGHAI).date()
    assert packs.of_case(book.case, today)[0].version.startswith("own-")
    assert not in_force(book.house).startswith("own-")

    assert command("activate", NAME, *by) == 0
    assert in_force(book.house).startswith("own-")
    assert command("rollback", NAME, *by) == 0
    assert not in_force(book.house).startswith("own-")

    coming = f"{today + dt.timedelta(5)}"
    assert command("activate", NAME, *by, "--from", coming) == 0
    capsys.readouterr()
    assert command("list", NAME, "--json") == 0
    row = json.loads(capsys.readouterr().out)
    newest = row["activations"][0]
    assert (newest["state"], newest["from_on"]) == ("coming", coming)
    assert newest["by"] == book.manager.username
    assert row["activations"][-2]["reason"] == "trial"
    assert command("take-back", str(newest["number"]), *by) == 0
    assert PackActivation.objects.get(pk=newest["number"]).replaced_by is not None


@pytest.mark.parametrize(
    "words",
    [
        ("activate", "phone_colection"),
        ("activate", NAME, "--version", "9"),
        ("activate", NAME, "--team", "nobody"),
        ("rollback", NAME),
        ("take-back", "0"),
    ],
)
def test_the_command_says_what_is_wrong(words, book):
    with pytest.raises(CommandError):
        command(*words, "--user", book.manager.username)
    with pytest.raises(CommandError):
        command(*words, "--user", book.lead.username)


def test_on_the_page_the_manager_decides_and_everybody_reads_who_did(own, book):
    approve(NAME, None, actor=book.manager, at=clock.now(), activated=False)
    client = Client()
    client.force_login(book.manager)
    version = PackVersion.objects.get(version__startswith="own-")
    today = clock.now().astimezone(people.SHANGHAI).date()
    given = {"version": version.pk, "from_on": f"{today + dt.timedelta(3)}", "reason": "试行"}

    client.post(reverse("pack_activate", args=[NAME]), given)
    row = PackActivation.objects.get(version=version)
    assert row.from_on == today + dt.timedelta(3)
    shown = page(book.collector)
    assert "试行" in shown
    assert str(book.manager) in shown
    assert "<form" not in shown[shown.index("pack-history") :]

    client.post(reverse("pack_take_back", args=[NAME, row.pk]))
    client.post(reverse("pack_activate", args=[NAME]), given | {"from_on": f"{today}"})
    assert in_force(book.house).startswith("own-")
    client.post(reverse("pack_rollback", args=[NAME]))
    assert not in_force(book.house).startswith("own-")
    assert client.post(reverse("pack_activate", args=[NAME]), {}).status_code == 422


@pytest.mark.parametrize("address", ["pack_activate", "pack_rollback"])
def test_nobody_else_decides(address, book):
    client = Client()
    client.force_login(book.lead)
    assert client.post(reverse(address, args=[NAME]), {}).status_code == 403


# --- two houses


@made_once
def other(book: Book) -> Book:
    """Another house on the same installation."""
    return make_book("neighbour", "司马乙", planned=False)


def test_what_one_house_decides_changes_nothing_in_another(other, own, book):
    approve(NAME, None, actor=book.manager, at=clock.now())
    assert in_force(book.house).startswith("own-")
    assert not in_force(other.house).startswith("own-")

    today = clock.now().astimezone(people.SHANGHAI).date()
    assert packs.of_case(book.case, today)[0].version.startswith("own-")
    assert not packs.of_case(other.case, today)[0].version.startswith("own-")
    followed = {line.creditor_id: line.version_id for line in packs.follows(today)}
    assert len(set(followed.values())) == 2

    plan(today, actor=book.manager, at=clock.now(), calendar=china())
    versions = dict(Task.objects.values_list("case_id", "pack_version__version").distinct())
    assert versions[book.case.pk].startswith("own-")
    assert not versions[other.case.pk].startswith("own-")


def test_nobody_sees_or_touches_what_another_house_decided(other, own, book, capsys):
    approve(NAME, None, actor=book.manager, at=clock.now(), activated=False)
    coming = clock.now().astimezone(people.SHANGHAI).date() + dt.timedelta(5)
    version = PackVersion.objects.get(version__startswith="own-")
    row = activate(version, actor=book.manager, at=clock.now(), from_on=coming, reason="只在本机构")

    assert "只在本机构" in page(book.manager)
    assert "只在本机构" not in page(other.manager)
    capsys.readouterr()
    assert command("list", NAME, "--organisation", other.house.code) == 0
    assert f"{row.pk}: own-" not in capsys.readouterr().out

    client = Client()
    client.force_login(other.manager)
    assert client.post(reverse("pack_take_back", args=[NAME, row.pk])).status_code == 404
    with pytest.raises(CommandError):
        command("take-back", str(row.pk), "--user", other.manager.username)
    with pytest.raises(MayNotActivate):
        take_back(row, actor=other.manager, at=clock.now())
    row.refresh_from_db()
    assert row.replaced_at is None


def test_what_came_with_the_program_is_taken_back_by_nobody(book):
    row = PackActivation.objects.filter(pack=NAME).get()
    with pytest.raises(MayNotActivate):
        take_back(row, actor=book.manager, at=clock.now())


def test_an_agency_works_by_the_packs_of_its_principal(own, book):
    agency = people.make_agency(principal=book.house)
    creditor = people.make_creditor("bank", agency)
    PackBinding.objects.create(
        creditor=creditor, product="card", pack=NAME, from_on=dt.date(2020, 1, 1)
    )
    case = people.make_case(creditor=creditor)
    approve(NAME, None, actor=book.manager, at=clock.now())
    today = clock.now().astimezone(people.SHANGHAI).date()
    assert packs.of_case(case, today)[0].version.startswith("own-")
    assert in_force(agency).startswith("own-")


def test_the_contact_rules_of_one_house_are_not_those_of_another(book, other):
    """Plan and gate: a house that forbids more forbids it for its own cases alone."""
    rules = PackVersion.objects.get(pack="limits_cn")
    texts = dict(rules.content)
    texts["rules.yaml"] += "\n# of one house\n"
    stricter = PackVersion.objects.create(
        pack=rules.pack,
        kind=rules.kind,
        version="stricter",
        hash=hash_of(texts),
        content=texts,
        effective_from=rules.effective_from,
        approved_by=book.manager.username,
        loaded_at=clock.now(),
    )
    activate(stricter, actor=book.manager, at=clock.now())

    today = clock.now().astimezone(people.SHANGHAI).date()
    ours = in_force_for_gate(today, book.case.creditor_id).versions
    theirs = in_force_for_gate(today, other.case.creditor_id).versions
    assert stricter.pk in ours and rules.pk not in ours
    assert rules.pk in theirs and stricter.pk not in theirs

    plan(today, actor=book.manager, at=clock.now(), calendar=china())
    for mine in (book, other):
        keys = Task.objects.filter(case=mine.case).values_list("step_id", "anchor")
        assert keys and len(keys) == len(set(keys))
