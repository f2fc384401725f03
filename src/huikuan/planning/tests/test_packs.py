"""The specifications of the playbooks that ship, each case by its own name, by the compiled query on real Postgres."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import textwrap
from pathlib import Path

import pytest

from huikuan.engine import playbook, vocabulary
from huikuan.engine.subjects import CASE
from huikuan.lib.calendar import china
from huikuan.planning import load, specification, specification_run
from huikuan.planning.expected import Expected, Fired, differences
from huikuan.planning.pack_files import texts_of

VOCABULARY = vocabulary.standard()
PACKS = sorted(path.parent.name for path in load.SHIPPED.glob("*/playbook.yaml"))


@functools.cache
def book(pack: str) -> playbook.Playbook:
    read, problems = playbook.read_playbook(texts_of(load.SHIPPED / pack), VOCABULARY)
    assert read is not None, [str(problem) for problem in problems]
    return read


@functools.cache
def examples(pack: str) -> tuple[specification.Example, ...]:
    found: list[specification.Example] = []
    for file in sorted((load.SHIPPED / pack / "tests").glob("*.yaml")):
        read, problems = specification.read_examples(file, book(pack), VOCABULARY)
        assert not problems, [str(problem) for problem in problems]
        found += read
    return tuple(found)


@functools.cache
def fired(pack: str) -> list[dict[str, Fired]]:
    """What fires in each case; asked once, on real Postgres, for all of them."""
    return specification_run.answers(book(pack), examples(pack), VOCABULARY, china())


def cases() -> list[object]:
    return [
        pytest.param(pack, number, id=f"{pack}:{example.place}:{example.name}")
        for pack in PACKS
        for number, example in enumerate(examples(pack))
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("pack", "number"), cases())
def test_specification(pack: str, number: int) -> None:
    example = examples(pack)[number]
    answer = fired(pack)[number]
    assert list(differences(example.fires, answer, book(pack))) == [], example.place


@pytest.mark.django_db
def test_a_given_product_stands() -> None:
    """A case is planned for its own product, by a pack that is bound to it."""
    (first, *_others) = examples("phone_collection")
    case = dataclasses.replace(first, facts=first.facts | {"product": "card"})
    assert dict(specification.rows(case))[CASE]["product"] == "card"
    assert specification_run.answers(book("phone_collection"), [case], VOCABULARY, china()) == [
        fired("phone_collection")[0]
    ]


def test_names_are_told_apart() -> None:
    names = [(pack, example.name) for pack in PACKS for example in examples(pack)]
    assert len(names) == len(set(names))


def test_what_is_written_of_a_step_must_come_out() -> None:
    (step,) = [step for step in book("phone_collection").steps if step.id == "first_call"]
    day = dt.date(2026, 3, 2)
    answer = {"first_call": Fired(day, day + dt.timedelta(2))}
    written = {"due": day, "deadline": day, "role": "team_lead", "approval": None}
    found = differences({step.id: Expected(written)}, answer, book("phone_collection"))
    assert [(one.key, one.wanted, one.found) for one in found] == [
        ("deadline", day, day + dt.timedelta(2)),
        ("role", "team_lead", "collector"),
    ]


def test_a_wrong_specification_is_reported_whole(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        textwrap.dedent("""\
            given: {has_fone: true, stage: new}
            cases:
              - name: 错的
                on: 2026-02-30
                fires: [first_cal]
            """),
        encoding="utf-8",
    )
    read, problems = specification.read_examples(file, book("phone_collection"), VOCABULARY)
    assert read == []
    assert [str(problem) for problem in problems] == [
        "wrong.yaml:1:9: has_fone is not a fact that can be given; what is derived from others follows; did you mean has_phone?",
        "wrong.yaml:1:25: stage is not a fact that can be given; what is derived from others follows",
        "wrong.yaml:4:9: 2026-02-30 is not a date; write it like 2026-03-01",
        "wrong.yaml:5:13: the playbook has no step first_cal; did you mean first_call?",
    ]
