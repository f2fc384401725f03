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
#: What Postgres has and DuckDB has not.
MACROS = (
    "CREATE MACRO date_mi(a, b) AS a - b",
    "CREATE MACRO date_pli(d, n) AS d + n::integer",
    "CREATE MACRO interval_mul(span, n) AS to_months(n::integer)",
    "CREATE MACRO date_pl_interval(d, span) AS d + span",
)
VOCABULARY = vocabulary.standard()
FACTS = {subject.name: VOCABULARY.stored(subject.name) for subject in VOCABULARY.subjects}
#: The subjects that belong to a case.
OTHERS = tuple(name for name in FACTS if name != "case")
#: The keys of a subject beside its own and that of its case.
_MORE_KEYS = {"item": ["account_id"], "complaint": ["organisation_id", "creditor_id"]}
#: The pack whose steps the invented book has done.
TRIAL = "trial"
_SQL_TYPES = {"boolean": "boolean", "int64": "bigint", "date": "date", "string": "text"}
_SHIPPED = Path(huikuan.packs.__file__).parent.glob("*/playbook.yaml")
#: Those that ask for anything: a procedure of deadlines alone has no steps.
PACKS = sorted(path.parent for path in _SHIPPED if "steps: []" not in path.read_text("utf-8"))
PACKS.append(Path(__file__).parent / TRIAL)
WORDS = evaluator.asked_words(
    (path / "playbook.yaml").read_text(encoding="utf-8") for path in PACKS
)


@dataclass(frozen=True)
class Book:
    """Invented cases of one day, with their items and statements."""

    on: dt.date
    cases: dict[int, dict[str, Any]]
    others: dict[str, dict[int, dict[str, Any]]]
    contacts: tuple[tuple[int, str, str | None, bool, dt.date], ...] = ()
    done: tuple[tuple[int, str, dt.date], ...] = ()
    holds: tuple[evaluator.Hold, ...] = ()

    @property
    def persons(self) -> dict[int, int]:
        """Case → its person: two cases each."""
        return {case: case // 2 for case in self.cases}

    @property
    def world(self) -> evaluator.World:
        return evaluator.World(
            self.on,
            VOCABULARY,
            items=self.others["item"],
            contacts=self.contacts,
            done=self.done,
            holds=self.holds,
            persons=self.persons,
        )

    def statements(self, array: str) -> Iterator[tuple[str, list[list[Any]]]]:
        """(SQL with %s, rows) that fill the tables of the plan; `array` is how the engine names an array of days."""
        for grain, rows in (("case", self.cases), *self.others.items()):
            subject = VOCABULARY.subjects[grain]
            keys = [subject.key, "case_id", *_MORE_KEYS.get(grain, ())]
            if grain == "case":
                keys = ["case_id", "organisation_id", "creditor_id", "person_id"]
            columns = [f"{key} bigint" for key in keys] + [
                f"{_column(f)} {_SQL_TYPES[IBIS_TYPES[f.type]]}" for f in FACTS[grain]
            ]
            yield f"CREATE TEMP TABLE {subject.summary} ({', '.join(columns)})", [[]]
            holes = ", ".join(["%s"] * len(columns))
            own = [self._keys(grain, key, row) for key, row in rows.items()]
            values = [
                first + [row[f.name] for f in FACTS[grain]]
                for first, row in zip(own, rows.values(), strict=True)
            ]
            yield f"INSERT INTO {subject.summary} VALUES ({holes})", values
        yield from self._history()
        yield "CREATE TEMP TABLE pack_bound (creditor_id bigint, product text, pack text)", [[]]
        yield "INSERT INTO pack_bound VALUES (1, %s, %s)", [["p", path.name] for path in PACKS]
        days = ("on_day", "month_first", "statement_due_month", "last_working_day")
        columns = (
            [f"{name} date" for name in days]
            + [f"{name} {array}" for name in ("months_back", "working_days_back")]
            + [
                "next_working_day date",
                "month_before date",
                "month_next date",
                "month_after date",
                "calendar_from date",
                f"worked {array.replace('date', 'int')}",
                f"working_days {array}",
                "known_at timestamptz",
            ]
        )
        yield f"CREATE TEMP TABLE run ({', '.join(columns)})", [[]]
        yield f"INSERT INTO run VALUES ({', '.join(['%s'] * 14)})", [self._run()]

    def _keys(self, grain: str, key: int, row: dict[str, Any]) -> list[Any]:
        """Whose a row is, in the order of its keys."""
        if grain == "case":
            return [key, 1, 1, self.persons[key]]
        more = {"item": [row.get("account_id")], "complaint": [1, 1]}
        return [key, row["case_id"], *more.get(grain, [])]

    def _history(self) -> Iterator[tuple[str, list[list[Any]]]]:
        """Contacts and done steps as their own tables. A contact point is one owner of points."""
        owners = ("debtor", "guarantor", "co_debtor", "relative")
        yield "CREATE TEMP TABLE casebook_contactpoint (id bigint, whose text)", [[]]
        points = [[number, whose] for number, whose in enumerate(owners, start=1)]
        yield "INSERT INTO casebook_contactpoint VALUES (%s, %s)", points

        columns = "case_id bigint, point_id bigint, channel text, inbound boolean"
        dates = "valid_on date, recorded_at timestamptz"
        yield f"CREATE TEMP TABLE casebook_contactrecord ({columns}, {dates})", [[]]
        rows = [
            [case, owners.index(whose) + 1 if whose else None, channel, inbound, day, str(day)]
            for case, channel, whose, inbound, day in self.contacts
        ]
        yield f"INSERT INTO casebook_contactrecord VALUES ({', '.join(['%s'] * 6)})", rows

        codes = sorted({step for _subject, step, _day in self.done})
        yield "CREATE TEMP TABLE casebook_step (id int, pack text, code text)", [[]]
        steps = [
            [codes.index(code) + 100 * number, pack, code]
            for number, pack in enumerate((TRIAL, "another"))
            for code in codes
        ]
        yield "INSERT INTO casebook_step VALUES (%s, %s, %s)", steps
        columns = f"subject_id bigint, step_id int, {dates}, void_at timestamptz"
        yield f"CREATE TEMP TABLE casebook_stepdone ({columns})", [[]]
        done = [[subject, codes.index(step), day, str(day)] for subject, step, day in self.done]
        yield "INSERT INTO casebook_stepdone VALUES (%s, %s, %s, %s, NULL)", done

        columns = "case_id bigint, item_id bigint, account_id bigint, scope text"
        columns += ", valid_on date, ended_on date"
        moments = "ended_at timestamptz, recorded_at timestamptz"
        yield f"CREATE TEMP TABLE casebook_hold ({columns}, {moments})", [[]]
        held = [
            [
                hold.case,
                hold.of if hold.scope == "item" else None,
                hold.of if hold.scope == "account" else None,
                hold.scope,
                hold.first,
                hold.past,
                hold.past and str(hold.past),
                str(hold.first),
            ]
            for hold in self.holds
        ]
        yield f"INSERT INTO casebook_hold VALUES ({', '.join(['%s'] * 8)})", held

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
        named = [world.of_the_day(name) for name in ("on", "month_first", "statement_due_month")]
        following = on + ONE
        while not world.is_working_day(following):
            following += ONE
        return [*named, working, months, worked, following, *self._calendar(), None]

    def _calendar(self) -> list[Any]:
        """Firsts of the months around, and the working days of some years."""
        first = self.on.replace(day=1)
        before = ((first - ONE).replace(day=1) - ONE).replace(day=1)
        following = (first + ONE * 31).replace(day=1)
        after = (following + ONE * 31).replace(day=1)
        start = self.on - ONE * 1500
        worked: list[int] = []
        days: list[dt.date] = []
        for number in range(1900):
            if self.world.is_working_day(start + ONE * number):
                days.append(start + ONE * number)
            worked.append(len(days))
        return [before, following, after, start, worked, days]


def _column(fact: Fact) -> str:
    return fact.column or fact.name


def invented(on: dt.date) -> Book:
    chance = random.Random(SEED + on.toordinal())
    cases = {
        n: evaluator.invent(FACTS["case"], on, chance, WORDS) | {"product": "p", "case_id": n}
        for n in range(1, CASES + 1)
    }
    others = {name: _invented(name, on, chance) for name in OTHERS}
    for key, item in others["item"].items():
        item["account_id"] = _account_of(key)
    holds = tuple(_holds(on, others["item"], chance))
    return Book(on, cases, others, _contacts(on, chance), _done(on, chance), holds)


def _account_of(item: int) -> int:
    """Two items each."""
    return item // 2


def _holds(
    on: dt.date, items: dict[int, dict[str, Any]], chance: random.Random
) -> Iterator[evaluator.Hold]:
    """Holds of every reach, over and still in force; many overlap, some are to come."""
    for _number in range(2 * CASES):
        first = on - ONE * chance.randint(-3, 90)
        past = None if chance.random() < 0.3 else first + ONE * chance.randint(0, 40)
        scope = chance.choice(("case", "case", "person", "item", "account"))
        case, of = chance.randint(1, CASES // 2), None
        if scope in ("item", "account"):
            item = chance.choice(list(items))
            case = items[item]["case_id"]
            of = item if scope == "item" else _account_of(item)
        yield evaluator.Hold(case, scope, of, first, past)


def _invented(subject: str, on: dt.date, chance: random.Random) -> dict[int, dict[str, Any]]:
    """Rows of a subject, each of some case."""
    rows = {}
    for n in range(1, CASES + 1):
        facts = evaluator.invent(FACTS[subject], on, chance, WORDS)
        rows[n] = facts | {"case_id": chance.randint(1, CASES), f"{subject}_id": n}
    return rows


def _contacts(on: dt.date, chance: random.Random) -> tuple[Any, ...]:
    """Contacts around the day, of every channel, with whoever owns the point."""
    channels = ("call", "sms", "email", "letter", "visit")
    owners = (None, "debtor", "debtor", "guarantor", "co_debtor", "relative")
    return tuple(
        (
            chance.randint(1, CASES),
            chance.choice(channels),
            chance.choice(owners),
            chance.random() < 0.2,
            on - ONE * chance.randint(-3, 40),
        )
        for _ in range(4 * CASES)
    )


def _done(on: dt.date, chance: random.Random) -> tuple[Any, ...]:
    """Steps of the trial pack that were done, for cases and for items of the same numbers."""
    codes = ("trial_case", "trial_item", "trial_reach", "trial_reach_email", "trial_late")
    return tuple(
        (chance.randint(1, CASES), chance.choice(codes), on - ONE * chance.randint(-3, 20))
        for _ in range(5 * CASES)
    )


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
    return f"SELECT case_id, subject_id, step, anchor, due_on, deadline_on FROM ({plan.plan_sql(read, dialect=dialect)}) q"


def compare(found: list[tuple[Any, ...]], wanted: set[evaluator.Found], pack: Path) -> None:
    """Equal, each once, and no step of the pack left out on all days (see the callers)."""
    assert len(found) == len(set(found))
    extra, missing = sorted(set(found) - wanted)[:5], sorted(wanted - set(found))[:5]
    assert not extra and not missing, (
        f"seed {SEED}, {pack.name}: only compiled {extra}, only evaluated {missing}"
    )


def step_ids(pack: Path) -> set[str]:
    book = yaml.safe_load((pack / "playbook.yaml").read_text(encoding="utf-8"))
    every = [one for step in book["steps"] for one in (step, *step.get("otherwise", ()))]
    return {step["id"] for step in every}
