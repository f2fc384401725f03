"""A case follows several procedures: each says when a case enters it, and to which one it goes on.

tests/packs/tracks holds two packs: the early one hands over to the late one after ninety days.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huikuan.engine.playbook import Playbook, read_playbook
from huikuan.engine.vocabulary import standard
from huikuan.lib.calendar import china
from huikuan.lib.problems import Problem
from huikuan.planning import load, specification, specification_run
from huikuan.planning.expected import differences

FOLDER = Path(__file__).parent / "packs" / "tracks"


def read(name: str, change: tuple[str, str] = ("", "")) -> tuple[Playbook | None, list[Problem]]:
    files = dict(load.read_files(FOLDER / name))
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


def test_a_procedure_that_does_not_exist_takes_no_case(monkeypatch):
    folders = {"early": FOLDER / "early", "late": FOLDER / "late"}
    monkeypatch.setattr(load, "folders", lambda: folders)
    assert load.check("early", folders["early"]).problems == []

    monkeypatch.setattr(load, "folders", lambda: {"early": folders["early"]})
    (found,) = load.check("early", folders["early"]).problems
    assert (found.code, found.severity) == ("pack.track", "error")
    assert "late" in found.text()
