"""The specifications of the playbooks that ship, each case by its own name, by the compiled query on real Postgres."""

from __future__ import annotations

import functools
import textwrap
from pathlib import Path

import pytest

from huikuan.engine import playbook, vocabulary
from huikuan.lib.calendar import china
from huikuan.planning import load, specification
from huikuan.planning.expected import differences

VOCABULARY = vocabulary.standard()
PACKS = sorted(path.parent.name for path in load.SHIPPED.glob("*/playbook.yaml"))


@functools.cache
def book(pack: str) -> playbook.Playbook:
    read, problems = playbook.read_playbook(load.read_files(load.SHIPPED / pack), VOCABULARY)
    assert read is not None, [str(problem) for problem in problems]
    return read


@functools.cache
def sql(pack: str) -> str:
    return specification.query(book(pack), VOCABULARY)


def examples() -> list[object]:
    found = []
    for pack in PACKS:
        for file in sorted((load.SHIPPED / pack / "tests").glob("*.yaml")):
            read, problems = specification.read_examples(file, book(pack), VOCABULARY)
            assert not problems, [str(problem) for problem in problems]
            found += [
                pytest.param(pack, example, id=f"{pack}:{file.name}:{example.name}")
                for example in read
            ]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("pack", "example"), examples())
def test_specification(pack: str, example: specification.Example) -> None:
    fired = specification.fired(example, sql(pack), pack, china())
    assert list(differences(example.fires, fired, book(pack))) == [], example.place


@pytest.mark.parametrize("pack", PACKS)
def test_every_step_fires_in_one_case_and_not_in_another(pack: str) -> None:
    cases = [
        e.fires
        for file in (load.SHIPPED / pack / "tests").glob("*.yaml")
        for e in specification.read_examples(file, book(pack), VOCABULARY)[0]
    ]
    steps = {step.id for step in book(pack).steps}
    assert steps - set().union(*cases) == set(), "never fires"
    assert steps & set.intersection(*(set(fires) for fires in cases)) == set(), "always fires"
    assert len(cases) >= 30


def test_names_are_told_apart() -> None:
    names = [param.id for param in examples()]
    assert len(names) == len(set(names))


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
        "wrong.yaml:1:9: has_fone is not a stored fact; only stored facts can be given; did you mean has_phone?",
        "wrong.yaml:1:25: stage is not a stored fact; only stored facts can be given",
        "wrong.yaml:4:9: 2026-02-30 is not a date; write it like 2026-03-01",
        "wrong.yaml:5:13: the playbook has no step first_cal; did you mean first_call?",
    ]
