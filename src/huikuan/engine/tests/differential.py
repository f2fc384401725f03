"""What both differential tests share: invented facts, the one-row table of the run, and how they come into an engine."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import huikuan.packs
from huikuan.engine import plan, playbook, vocabulary
from huikuan.engine.compile import IBIS_TYPES, LOOK_BACK
from huikuan.engine.fact import Fact
from huikuan.engine.tests import evaluator

SEED = 20261123
CASES = 600
#: Ordinary days, the turn of a year, a leap day, a month's last day, a day off.
DAYS = (
    dt.date(2026, 11, 23),
    dt.date(2027, 1, 1),
    dt.date(2028, 2, 29),
    dt.date(2026, 3, 31),
    dt.date(2026, 5, 3),
)
ONE = dt.timedelta(1)
VOCABULARY = vocabulary.standard()
FACTS = {subject.name: VOCABULARY.stored(subject.name) for subject in VOCABULARY.subjects}
#: The subjects that belong to a case.
OTHERS = tuple(name for name in FACTS if name != "case")
_SQL_TYPES = {"boolean": "boolean", "int64": "bigint", "date": "date", "string": "text"}
PACKS = sorted(path.parent for path in Path(huikuan.packs.__file__).parent.glob("*/playbook.yaml"))


@dataclass(frozen=True)
class Book:
    """Invented cases of one day, with their items and statements."""

    on: dt.date
    cases: dict[int, dict[str, Any]]
    others: dict[str, dict[int, dict[str, Any]]]

    @property
    def world(self) -> evaluator.World:
        return evaluator.World(self.on, VOCABULARY)

    def statements(self, array: str) -> Iterator[tuple[str, list[list[Any]]]]:
        """(SQL with %s, rows) that fill the tables of the plan; `array` is how the engine names an array of days."""
        for grain, rows in (("case", self.cases), *self.others.items()):
            subject = VOCABULARY.subjects[grain]
            keys = (
                ["case_id", "organisation_id", "creditor_id"]
                if grain == "case"
                else [subject.key, "case_id"]
            )
            columns = [f"{key} bigint" for key in keys] + [
                f"{_column(f)} {_SQL_TYPES[IBIS_TYPES[f.type]]}" for f in FACTS[grain]
            ]
            yield f"CREATE TEMP TABLE {subject.summary} ({', '.join(columns)})", [[]]
            holes = ", ".join(["%s"] * len(columns))
            own = [
                [key, 1, 1] if grain == "case" else [key, row["case_id"]]
                for key, row in rows.items()
            ]
            values = [
                first + [row[f.name] for f in FACTS[grain]]
                for first, row in zip(own, rows.values(), strict=True)
            ]
            yield f"INSERT INTO {subject.summary} VALUES ({holes})", values
        yield "CREATE TEMP TABLE pack_bound (creditor_id bigint, product text, pack text)", [[]]
        yield "INSERT INTO pack_bound VALUES (1, %s, %s)", [["p", path.name] for path in PACKS]
        days = ("on_day", "last_working_day")
        columns = [f"{name} date" for name in days] + [
            f"{name} {array}" for name in ("months_back", "working_days_back")
        ]
        yield f"CREATE TEMP TABLE run ({', '.join(columns)})", [[]]
        yield f"INSERT INTO run VALUES ({', '.join(['%s'] * 4)})", [self._run()]

    def _run(self) -> list[Any]:
        """Looked for day by day: no arithmetic of months here."""
        world, on = self.world, self.on
        working = on
        while not world.is_working_day(working):
            working -= ONE
        months, worked, day = [on], [on], on
        while len(months) <= LOOK_BACK or len(worked) <= LOOK_BACK:
            day -= ONE
            while len(months) <= LOOK_BACK and world.months_past(day) >= len(months):
                months.append(day)
            while len(worked) <= LOOK_BACK and world.working_days_past(day) >= len(worked):
                worked.append(day)
        return [on, working, months, worked]


def _column(fact: Fact) -> str:
    return fact.column or fact.name


def invented(on: dt.date) -> Book:
    chance = random.Random(SEED + on.toordinal())
    cases = {
        n: evaluator.invent(FACTS["case"], on, chance) | {"product": "p"}
        for n in range(1, CASES + 1)
    }
    others = {name: _invented(name, on, chance) for name in OTHERS}
    return Book(on, cases, others)


def _invented(subject: str, on: dt.date, chance: random.Random) -> dict[int, dict[str, Any]]:
    """Rows of a subject, each of some case."""
    rows = {}
    for n in range(1, CASES + 1):
        facts = evaluator.invent(FACTS[subject], on, chance)
        rows[n] = facts | {"case_id": chance.randint(1, CASES)}
    return rows


def expected(pack: Path, book: Book) -> set[evaluator.Found]:
    return set(
        evaluator.tasks(
            (pack / "playbook.yaml").read_text(encoding="utf-8"),
            book.cases,
            book.others,
            book.world,
        )
    )


def query(pack: Path, dialect: str) -> str:
    """The compiled plan of the pack, reduced to what the evaluator answers."""
    paths = [path for path in pack.rglob("*") if path.suffix in (".yaml", ".md")]
    files = {path.relative_to(pack).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    read, problems = playbook.read_playbook(files, VOCABULARY)
    assert read is not None, problems
    return f"SELECT case_id, subject_id, step, anchor, due_on FROM ({plan.plan_sql(read, VOCABULARY, dialect=dialect)}) q"


def compare(found: list[tuple[Any, ...]], wanted: set[evaluator.Found], pack: Path) -> None:
    """Equal, each once, and no step of the pack left out on all days (see the callers)."""
    assert len(found) == len(set(found))
    extra, missing = sorted(set(found) - wanted)[:5], sorted(wanted - set(found))[:5]
    assert not extra and not missing, (
        f"seed {SEED}, {pack.name}: only compiled {extra}, only evaluated {missing}"
    )


def step_ids(pack: Path) -> set[str]:
    return {
        step["id"]
        for step in yaml.safe_load((pack / "playbook.yaml").read_text(encoding="utf-8"))["steps"]
    }
