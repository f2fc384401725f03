"""A procedure that asks for overdue totals, windows of contacts and the memory of steps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from tests import people

from huikuan.casebook import done as memory
from huikuan.casebook import facts, packs
from huikuan.casebook.models import (
    Case,
    ContactRecord,
    PackBinding,
    PackVersion,
    Step,
    StepDone,
    Task,
)
from huikuan.engine.expression import condition_sql, fact_sql
from huikuan.lib.calendar import china
from huikuan.people.models import User
from huikuan.planning import load, specification, specification_run
from huikuan.planning.activate import activate
from huikuan.planning.done import done, undo
from huikuan.planning.explain import explain
from huikuan.planning.one_case import demands
from huikuan.planning.plan import demanded, plan

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
ONE = dt.timedelta(1)
PACK = """\
pack: ladder
kind: playbook
version: "1"
title: {zh: 催告阶梯, en: A ladder of reminders}
source: house rule
effective_from: 2005-01-01
"""
STEPS = """\
parameters:
  window: 7
terms:
  too_much: {zh: 联系过频, en: too many calls, is: "count('call', days=window) >= 2"}
guards:
  always: is_open
queues:
  key: overdue >= 300 and not too_much
steps:
  - id: reminder_1
    title: {zh: 第一次提醒, en: First reminder}
    source: house rule
    when: overdue >= 300
    action: notify
    addressee: debtor
    role: collector
  - id: reminder_2
    title: {zh: 发出后两日再提醒, en: Again two days after the first went out}
    source: house rule
    when: overdue >= 300 and times_done('reminder_1') == 1 and times_done('reminder_2') == 0
    cadence: {from: last_done('reminder_1'), occurs: [{day: 2}]}
    action: notify
    addressee: debtor
    role: collector
  - id: rest
    title: {zh: 电话过频，暂缓, en: Too many calls — a pause}
    source: house rule
    when: too_much
    cadence: {from: on, occurs: [{day: 0}]}
    action: review
    addressee: house
    role: collector
"""
SPECIFICATION = """\
given: {is_open: true, placed_on: 2026-03-01, item_open: 300, item_due_on: 2026-03-01}
cases:
  - name: 发出第二日，再提醒
    on: 2026-03-05
    done: {reminder_1: [2026-03-03]}
    fires: {reminder_1: 2026-03-01, reminder_2: 2026-03-05}
  - name: 七日内两次电话，暂缓
    on: 2026-03-08
    contacts: {call: [2026-03-02, 2026-03-08]}
    fires: [reminder_1, rest]
  - name: 七日前的电话不计
    on: 2026-03-09
    contacts: {call: [2026-03-02, 2026-03-08], sms: [2026-03-08]}
    fires: [reminder_1]
  - name: 到期当日尚未逾期
    on: 2026-03-01
    fires: []
"""


@pytest.fixture
def boss(tmp_path: Path) -> User:
    return house_with(STEPS, tmp_path)


def house_with(steps: str, parent: Path) -> User:
    """A manager of a house that works by the ladder with these steps."""
    folder = parent / "ladder"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "playbook.yaml").write_text(steps, encoding="utf-8")

    checked = load.check("ladder", folder)
    assert not checked.problems
    version = load.store(checked, at=people.moment(people.PLACED_ON))
    version.approved_by = "manager"
    version.save()
    activate(version, actor=None, at=people.moment(people.PLACED_ON))
    creditor = people.make_creditor("supplier")
    PackBinding.objects.create(
        creditor=creditor, product="b2b", pack="ladder", from_on=dt.date(2020, 1, 1)
    )
    return people.make_user("manager")


def make_case() -> Case:
    """Three invoices of 200: one due long ago, one yesterday, one today."""
    person = people.make_person(people.make_creditor("supplier"), kind="company")
    days = (30, 1, 0)
    items = [(TODAY - ONE * n, 200_00) for n in days]
    case = people.make_case(person, product="b2b", placed_on=TODAY - ONE * 40, items=items)
    facts.refresh([case.pk])
    return case


def run(boss: User, on: dt.date) -> None:
    plan(on, actor=boss, at=people.moment(on, 7), calendar=china())


def of_the_day(case: Case, on: dt.date, known_at: dt.datetime | None = None) -> list[str]:
    """The steps of a plan of the day, and the same asked of the case alone."""
    with connection.cursor() as cursor, demanded(cursor, on, china(), known_at):
        cursor.execute(
            "SELECT s.code FROM demanded d JOIN casebook_step s ON s.id = d.step_id"
            " WHERE d.case_id = %s ORDER BY 1",
            [case.pk],
        )
        found = [row[0] for row in cursor.fetchall()]

    if known_at is None:
        codes = {step.pk: step.code for step in Step.objects.all()}
        assert sorted(codes[demand["step_id"]] for demand in demands(case, on)) == found
    return found


def fires(case: Case, on: dt.date) -> list[str]:
    return sorted(why.step.id for why in explain(case, on, calendar=china()) if why.fires)


def test_the_second_reminder_waits_for_the_first_that_went_out(boss: User) -> None:
    case = make_case()
    run(boss, TODAY)
    assert of_the_day(case, TODAY) == ["reminder_1"]
    assert of_the_day(case, TODAY - ONE) == []  # only one invoice of 200 was overdue

    task = Task.objects.get(case=case, step__code="reminder_1")
    at = people.moment(TODAY + ONE, 9)
    run(boss, TODAY + ONE)
    assert done(task.pk, text="sent", actor=boss, at=at).note
    assert memory.differences() == []

    assert "reminder_2" not in of_the_day(case, TODAY + ONE * 2)
    assert "reminder_2" in of_the_day(case, TODAY + ONE * 3)
    assert fires(case, TODAY + ONE * 3) == ["reminder_1", "reminder_2"]
    shown = [
        w for w in explain(case, TODAY + ONE * 3, calendar=china()) if w.step.id == "reminder_2"
    ]
    assert {"times_done_reminder_1": 1} in [part.facts for part in shown[0].parts]
    before = at - dt.timedelta(minutes=1)
    assert "reminder_2" not in of_the_day(case, TODAY + ONE * 3, known_at=before)

    assert undo(task.pk, actor=boss, at=at).note
    assert "reminder_2" not in of_the_day(case, TODAY + ONE * 3)
    assert memory.differences() == []


def test_a_window_counts_the_contacts_of_its_days(boss: User) -> None:
    case = make_case()
    point = people.make_point(case)
    relative = people.make_point(case, "relative")
    for days, where in ((0, point), (6, point), (7, point), (1, relative)):
        people.make_contact(case, TODAY - ONE * days, point=where)
    facts.refresh([case.pk])

    assert of_the_day(case, TODAY) == ["reminder_1", "rest"]
    assert of_the_day(case, TODAY + ONE) == ["reminder_1"]
    assert fires(case, TODAY) == ["reminder_1", "rest"]
    summary = case.summary
    assert (summary.calls_made, summary.emails_sent, summary.email_on) == (4, 0, None)


def test_lists_ask_for_totals_too(boss: User) -> None:
    case = make_case()
    book = packs.playbook_of(PackVersion.objects.get(pack="ladder"))
    key = condition_sql(book.queues["key"], book.vocabulary, "case", row="f", day="%(on)s::date")
    overdue = fact_sql("overdue", row="f", day="%(on)s::date")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {overdue}, {key} FROM casebook_casesummary f WHERE f.case_id = %(case)s",
            {"on": TODAY, "case": case.pk},
        )
        assert cursor.fetchall() == [(400_00, True)]


def test_memory_that_was_lost_is_found_and_mended(boss: User) -> None:
    case = make_case()
    run(boss, TODAY)
    task = Task.objects.get(case=case)
    done(task.pk, text="sent", actor=boss, at=people.moment(TODAY, 9))
    StepDone.objects.all().delete()
    assert memory.differences() == [task.pk]
    memory.mend()
    assert memory.differences() == []


def test_a_specification_tells_of_contacts_and_of_what_was_done(boss: User, tmp_path: Path) -> None:
    case = make_case()
    people.make_contact(case, dt.date(2026, 3, 7), point=people.make_point(case))
    assert ContactRecord.objects.count() == 1  # of the book: it is no business of the specification
    book = load.check("ladder", tmp_path / "ladder").playbook
    assert book is not None
    file = tmp_path / "spec.yaml"
    file.write_text(SPECIFICATION, encoding="utf-8")

    examples, problems = specification.read_examples(file, book, book.vocabulary)
    assert not problems and len(examples) == 4
    for example in examples:
        (fired,) = specification_run.answers(book, [example], book.vocabulary, china())
        due = {step: one.due for step, one in fired.items()}
        assert sorted(due) == sorted(example.fires), example.name


def test_a_specification_with_an_unknown_step_says_so(boss: User, tmp_path: Path) -> None:
    book = load.check("ladder", tmp_path / "ladder").playbook
    assert book is not None
    file = tmp_path / "spec.yaml"
    file.write_text(SPECIFICATION.replace("done: {reminder_1", "done: {remainder_1"), "utf-8")
    _examples, problems = specification.read_examples(file, book, book.vocabulary)
    assert [str(problem) for problem in problems] == [
        "spec.yaml:5:12: the playbook has no step remainder_1; did you mean reminder_1?"
    ]
