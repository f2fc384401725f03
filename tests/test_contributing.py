"""The worked examples of CONTRIBUTING.md do what the page says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from huikuan.casebook import facts, fold, tables
from huikuan.casebook.models import Case, PackBinding
from huikuan.engine import subjects, vocabulary
from huikuan.engine.declared import events
from huikuan.engine.fact import Column, Fact, Family, Subject
from huikuan.lib.calendar import china
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.approve import approve
from huikuan.planning.explain import explain
from huikuan.planning.plan import plan
from huikuan.planning.tasks import tasks
from tests import people

PAGE = Path(__file__).parent.parent / "CONTRIBUTING.md"
SENT = dt.date(2026, 3, 2)
WORDS = {"Column": Column, "Fact": Fact, "Family": Family, "Subject": Subject}
PACK_YAML = """
pack: parcels
kind: playbook
version: "1"
title: {zh: 回单, en: Receipts}
source: worked example
effective_from: 2020-01-01
"""
TABLE = """
CREATE TABLE example_parcel (
    id bigint PRIMARY KEY, case_id bigint NOT NULL, number text NOT NULL,
    valid_on date NOT NULL, recorded_at timestamptz NOT NULL, signed_on date
)
"""

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def example(language: str, name: str) -> str:
    """A fenced block of the page, by its language and name."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"```{language} example={name}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


@contextmanager
def declared(*changed: Subject) -> Iterator[None]:
    """The registry with these subjects, new or in the place of one of the same name."""
    before = dict(subjects.STANDARD._by_name)
    subjects.STANDARD._by_name = {**before, **{subject.name: subject for subject in changed}}
    _forget()
    try:
        yield
    finally:
        subjects.STANDARD._by_name = before
        _forget()


def _forget() -> None:
    """What a process keeps of its declarations."""
    vocabulary.standard.cache_clear()
    facts._refreshes.cache_clear()
    fold._file.cache_clear()


def test_a_fact_is_one_declaration() -> None:
    fact = eval(example("python", "fact"), dict(WORDS))
    grown = replace(events.EVENTS, facts=(*events.FACTS, fact))
    others = [family for family in subjects.CASE.families if family.name != "events"]
    families = (others[0], grown, *others[1:])  # before those that read it
    case = people.make_case()
    people.make_event(case, SENT, "retained", until_on=SENT + dt.timedelta(30))

    with declared(replace(subjects.CASE, families=families)):
        changed = tables.bring_up_to_date()
        assert [subject.name for subject in changed] == ["case"]
        assert vocabulary.standard().get("first_kept_on") is not None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT first_kept_on FROM casebook_casesummary WHERE case_id = %s", [case.pk]
            )
            assert cursor.fetchone() == (SENT,)
        assert facts.differences() == []


@pytest.fixture
def boss() -> User:
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    return people.make_user("manager")


def make_parcels(case: Case) -> None:
    """Two parcels sent on one day, of which one was signed for."""
    rows: list[list[Any]] = [
        [1, case.pk, "P-1", SENT, people.moment(SENT), None],
        [2, case.pk, "P-2", SENT, people.moment(SENT), SENT],
    ]
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.executemany("INSERT INTO example_parcel VALUES (%s, %s, %s, %s, %s, %s)", rows)


def write_pack(folder: Path) -> None:
    (folder / "parcels").mkdir()
    (folder / "parcels" / "pack.yaml").write_text(PACK_YAML, encoding="utf-8")
    steps = example("yaml", "subject")
    (folder / "parcels" / "playbook.yaml").write_text(steps, encoding="utf-8")


def test_a_subject_is_an_entry_its_table_and_a_pack(boss, settings, tmp_path) -> None:
    names = dict(WORDS)
    exec(example("python", "subject"), names)
    write_pack(tmp_path)
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": tmp_path})
    creditor = people.make_creditor("supplier", kind="supplier")
    PackBinding.objects.create(
        creditor=creditor, product="goods", pack="parcels", from_on=dt.date(2020, 1, 1)
    )
    person = people.make_person(creditor, kind="company")
    case = people.make_case(person, product="goods", placed_on=SENT, items=[(SENT, 100)])
    people.make_point(case, kind="phone", place="work")
    make_parcels(case)

    with declared(names["PARCEL"]):
        tables.bring_up_to_date()
        facts.refresh([case.pk])
        load.load_all(at=people.moment(SENT))
        sign(boss)
        for day, expected in (
            (1, []),
            (2, ["ask_receipt"]),
            (5, ["ask_receipt", "trace_parcel"]),
            (9, ["ask_receipt", "trace_parcel"]),
            (10, ["report_parcel", "trace_parcel"]),
        ):
            on = SENT + dt.timedelta(day)
            plan(on, actor=boss, at=people.moment(on, 7), calendar=china())
            listed = list(tasks(on, user=boss, calendar=china()))
            assert sorted(task.step.id for task in listed) == expected
            assert {(task.subject, task.about) for task in listed} <= {("parcel", "P-1")}

        why = explain(case, on, calendar=china())
        assert {(reason.item, reason.step.id) for reason in why if reason.fires} == {
            ("P-1", "report_parcel"),
            ("P-1", "trace_parcel"),
        }
        assert facts.differences() == []


def sign(boss: User) -> None:
    """An own pack is in force when a manager has signed it."""
    approve("parcels", None, actor=boss, at=people.moment(SENT))
