"""A case follows several procedures: each says when a case enters it, and to which one it goes on.

tests/packs/tracks holds two packs: the early one hands over to the late one after ninety days.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from huikuan.casebook import bindings, facts
from huikuan.casebook.models import Case
from huikuan.casebook.without_procedure import without_procedure
from huikuan.engine.playbook import Playbook, read_playbook
from huikuan.engine.vocabulary import standard
from huikuan.lib.calendar import china
from huikuan.lib.problems import Problem
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import bind as bind_command
from huikuan.ops.doctor_procedures import covered
from huikuan.people.models import User
from huikuan.planning import load, specification, specification_run
from huikuan.planning.activate import activate
from huikuan.planning.expected import differences
from huikuan.planning.pack_files import texts_of
from tests import people

FOLDER = Path(__file__).parent / "packs" / "tracks"


def read(name: str, change: tuple[str, str] = ("", "")) -> tuple[Playbook | None, list[Problem]]:
    files = dict(texts_of(FOLDER / name))
    files["playbook.yaml"] = files["playbook.yaml"].replace(*change)
    return read_playbook(files, standard())


def book_of(name: str) -> Playbook:
    book, problems = read(name)
    assert book is not None, problems
    return book


def examples() -> Iterator[object]:
    for name in ("early", "late"):
        for file in sorted((FOLDER / name / "tests").glob("*.yaml")):
            found, problems = specification.read_examples(file, book_of(name), standard())
            assert not problems
            yield from (pytest.param(name, one, id=f"{name} {one.name}") for one in found)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "example"), list(examples()))
def test_each_day_belongs_to_one_of_the_two(name, example):
    book = book_of(name)
    (fired,) = specification_run.answers(book, [example], standard(), china())
    assert list(differences(example.fires, fired, book)) == [], example.place


@pytest.mark.django_db
def test_where_it_is_not_known_whether_a_case_goes_on_it_stays():
    """A hand-over that needs a fact nobody knows takes no case away."""
    change = ("when: days_past_due > days_early", "when: promise_due_on > on")
    book, problems = read("early", change)
    assert book is not None, problems
    file = FOLDER / "early" / "tests" / "days.yaml"
    found, _problems = specification.read_examples(file, book, standard())
    second = next(one for one in found if one.fires)
    (fired,) = specification_run.answers(book, [second], standard(), china())
    assert set(fired) == {"call"}


def test_a_step_of_an_item_follows_the_track_of_its_case():
    book = book_of("early")
    for step in book.steps:
        assert "days_past_due" in step.when.facts() or "oldest_due_on" in step.when.facts()


def test_the_steps_own_condition_is_told_apart_from_the_track():
    assert book_of("late").step("letter").own.facts() == ["balance"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("enters_when: days_past_due >= 1", "enters_when: days_past_dew >= 1"), "condition"),
        (("enters_when: days_past_due >= 1", "enters_when: days_past_due"), "condition"),
        (("{pack: late, when", "{pack: late, wenn"), "yaml.unknown_key_near"),
    ],
)
def test_a_mistake_in_a_track_is_told_with_its_place(change, code):
    book, problems = read("early", change)
    assert book is None
    assert code in {one.code for one in problems}
    assert all(one.line for one in problems)


def checked(monkeypatch, folder: Path, **playbooks: str) -> list[Problem]:
    """The errors that check finds in `early`, where these procedures stand as (name → text)."""
    for name, text in playbooks.items():
        pack = (FOLDER / "early" / "pack.yaml").read_text("utf-8")
        (folder / name).mkdir()
        (folder / name / "pack.yaml").write_text(pack.replace("pack: early", f"pack: {name}"))
        (folder / name / "playbook.yaml").write_text(text)
    folders = {name: folder / name for name in playbooks}
    monkeypatch.setattr(load, "folders", lambda: folders)
    found = load.check("early", folders["early"]).problems
    return [problem for problem in found if problem.severity == "error"]


def handing(*packs: str) -> str:
    """A procedure of one step that hands its cases over to these ones."""
    text = (FOLDER / "late" / "playbook.yaml").read_text("utf-8")
    lines = "".join(f"  - {{pack: {pack}, when: days_past_due > days_early}}\n" for pack in packs)
    hands_over = f"hands_over_to:\n{lines}" if packs else ""
    return text.replace("steps:", hands_over + "steps:").replace(
        "enters_when: days_past_due > days_early\n", ""
    )


NO_STEPS = "steps: []\n"


@pytest.mark.parametrize(
    ("others", "targets", "code", "said"),
    [
        ({}, ["late"], "track.unknown", "late"),
        ({}, ["early"], "track.itself", "itself"),
        ({"late": NO_STEPS}, ["late"], "track.no_steps", "no steps"),
        ({"late": handing("early")}, ["late"], "track.circle", "early → late → early"),
        (
            {"late": handing("court"), "court": handing("early")},
            ["late"],
            "track.circle",
            "early → late → court → early",
        ),
    ],
)
def test_a_hand_over_after_which_a_case_is_nobodys_is_refused_with_its_place(
    monkeypatch, tmp_path, others, targets, code, said
):
    (found,) = checked(monkeypatch, tmp_path, early=handing(*targets), **others)
    assert (found.code, found.severity, found.line) == (code, "error", 4)
    assert said in found.text()


def test_procedures_that_hand_on_in_a_line_are_in_order(monkeypatch, tmp_path):
    line = {"early": handing("late"), "late": handing("court"), "court": handing()}
    assert checked(monkeypatch, tmp_path, **line) == []


PLACED = dt.date(2026, 3, 2)
GAP = ("enters_when: days_past_due > days_early", "enters_when: days_past_due > 95")
UNKNOWN = ("enters_when: days_past_due > days_early", "enters_when: promise_due_on > on")


def follow(*packs: str, folder: Path, change: tuple[str, str] = ("", "")) -> None:
    """The bank's cards follow these procedures; `change`: another text of the late one."""
    manager = people.make_user("manager")

    for name in packs:
        (folder / name).mkdir()
        for file, text in texts_of(FOLDER / name).items():
            if name == "late":
                text = text.replace(*change)
            (folder / name / file).write_text(text)
        put_in_force(folder / name, manager)

    creditor = people.make_creditor()
    act = people.make_act(at=people.moment(PLACED))
    bindings.set_packs(creditor.pk, "card", packs, from_on=PLACED, act=act)


def put_in_force(folder: Path, manager: User) -> None:
    version = load.store(load.check(folder.name, folder), at=people.moment(PLACED))
    version.approved_by = manager.username
    version.save(update_fields=["approved_by"])
    activate(version, actor=manager, at=people.moment(PLACED))


def late_case(days: int) -> Case:
    """A case whose item is so many days late on PLACED."""
    due_on = PLACED - dt.timedelta(days)
    case = people.make_case(placed_on=PLACED, items=[(due_on, 100_000)], product="card")
    facts.refresh([case.pk])
    return case


@pytest.fixture
def both(monkeypatch) -> None:
    folders = {"early": FOLDER / "early", "late": FOLDER / "late"}
    monkeypatch.setattr(load, "folders", lambda: folders)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("packs", "change", "days", "is_nobodys"),
    [
        (("early", "late"), ("", ""), 90, False),
        (("early", "late"), ("", ""), 91, False),
        # before the first day of arrears neither takes it
        (("early", "late"), ("", ""), 0, True),
        # from the day of the hand-over until the other one takes it
        (("early", "late"), GAP, 91, True),
        (("early", "late"), GAP, 96, False),
        # nobody knows whether the other one takes it
        (("early", "late"), UNKNOWN, 91, True),
        # the other one is not bound
        (("early",), ("", ""), 90, False),
        (("early",), ("", ""), 91, True),
    ],
)
def test_a_case_that_no_procedure_takes_is_named(both, tmp_path, packs, change, days, is_nobodys):
    follow(*packs, folder=tmp_path, change=change)
    case = late_case(days)
    gaps = without_procedure(PLACED)

    nobodys = [(case.number,)] if is_nobodys else []
    assert [gap.numbers for gap in gaps] == nobodys
    assert all(gap.in_force == packs for gap in gaps)


@pytest.mark.django_db
def test_a_case_stays_where_nobody_knows_whether_it_goes_on(both, tmp_path):
    follow("early", folder=tmp_path)
    text = "hands_over_to:\n  - {pack: late, when: promise_due_on > on}\n"
    changed = (FOLDER / "early" / "playbook.yaml").read_text("utf-8")
    start = changed.index("hands_over_to")
    end = changed.index("steps:")
    (tmp_path / "early" / "playbook.yaml").write_text(changed[:start] + text + changed[end:])
    put_in_force(tmp_path / "early", people.make_user("manager"))
    late_case(91)
    assert without_procedure(PLACED) == []


@pytest.mark.django_db
def test_the_doctor_says_how_a_case_between_two_procedures_is_mended(both, tmp_path, monkeypatch):
    follow("early", "late", folder=tmp_path, change=GAP)
    late_case(91)
    monkeypatch.setattr("huikuan.ops.doctor_procedures.today", lambda: PLACED)
    (finding,) = covered()
    assert finding.verdict == "fail"
    assert "early, late" in finding.repair
    assert "enters_when" in finding.repair


@pytest.mark.django_db
def test_a_procedure_is_bound_only_with_the_one_to_which_it_hands_over(both, tmp_path):
    follow("early", "late", folder=tmp_path)
    parser = argparse.ArgumentParser()
    bind_command.arguments(parser)
    said = ("set", "bank", "--from", f"{PLACED}")
    with pytest.raises(CommandError, match="late"):
        bind_command.run(parser.parse_args([*said, "early"]))
    assert bind_command.run(parser.parse_args([*said, "early", "late"])) == 0
