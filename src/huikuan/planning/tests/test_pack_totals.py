"""A total of a procedure's own, over items of which some were dealt with."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from tests import people

from huikuan.casebook import packs
from huikuan.casebook.models import PackVersion, Task
from huikuan.engine.expression import condition_sql
from huikuan.lib.calendar import china
from huikuan.lib.money import format_minor
from huikuan.people.models import User
from huikuan.planning import load, specified
from huikuan.planning.done import done
from huikuan.planning.explain import explain
from huikuan.planning.tests.test_history import (
    ONE,
    TODAY,
    house_with,
    make_case,
    of_the_day,
    run,
)
from huikuan.web.pack_words import fact_label

pytestmark = pytest.mark.django_db
STEPS = """\
terms:
  not_looked_at:
    zh: 未核对金额
    en: not looked at
    over: item
    where: item_open > 0 and item_due_on < on and not known(last_done('look'))
    sum: item_open
guards:
  always: is_open
queues:
  key: not_looked_at >= 300
steps:
  - id: look
    title: {zh: 核对, en: Look for the payment}
    source: house rule
    per: item
    when: item_open > 0 and item_due_on < on and not known(last_done('look'))
    cadence: {from: item_due_on, occurs: [{day: 1}]}
    action: review
    addressee: house
    role: collector
  - id: report
    title: {zh: 报告, en: Report}
    source: house rule
    when: not_looked_at >= 300
    action: review
    addressee: house
    role: collector
"""


@pytest.fixture
def boss(tmp_path: Path) -> User:
    return house_with(STEPS, tmp_path)


def test_what_was_done_for_an_item_counts_from_when_it_was_known(boss: User) -> None:
    """Two invoices of 200 are overdue; one is looked at tomorrow."""
    case = make_case()
    run(boss, TODAY)
    assert of_the_day(case, TODAY) == ["look", "look", "report"]

    task = Task.objects.filter(case=case, step__code="look").earliest("pk")
    at = people.moment(TODAY + ONE, 9)
    assert done(task.pk, text="found", actor=boss, at=at).note
    tomorrow = TODAY + ONE
    # From tomorrow on the third invoice is overdue too: 400 without the one that was looked at.
    assert of_the_day(case, tomorrow) == ["look", "look", "report"]
    assert of_the_day(case, TODAY) == ["look", "look", "report"]

    other = Task.objects.filter(case=case, step__code="look", status="open").earliest("pk")
    later = people.moment(TODAY + ONE, 10)
    assert done(other.pk, text="found", actor=boss, at=later).note
    assert of_the_day(case, tomorrow) == ["look"]
    before = later - (later - at) / 2
    assert "report" in of_the_day(case, tomorrow, known_at=before)


def test_a_list_and_an_explanation_ask_for_it(boss: User) -> None:
    case = make_case()
    book = packs.playbook_of(PackVersion.objects.get(pack="ladder"))
    key = condition_sql(book.queues["key"], book.vocabulary, "case", row="f", day="%(on)s::date")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key} FROM casebook_casesummary f WHERE f.case_id = %(case)s",
            {"on": TODAY, "case": case.pk},
        )
        assert cursor.fetchall() == [(True,)]

    (report,) = [w for w in explain(case, TODAY, calendar=china()) if w.step.id == "report"]
    (part,) = [part for part in report.parts if part.text == "not_looked_at >= 300"]
    assert part.facts == {"not_looked_at": 400_00}
    value = part.words.value("not_looked_at", 400_00)
    assert part.words.label("not_looked_at") == fact_label("not_looked_at") == "未核对金额"
    assert value == format_minor(400_00, "CNY", "zh-hans")
    assert part.in_words == f"未核对金额不少于 {format_minor(300_00, 'CNY', 'zh-hans')}"


SPECIFICATION = """\
given: {is_open: true, placed_on: 2026-03-01, item_due_on: 2026-03-01}
cases:
  - name: 两笔未核对，合计三百元，报告
    on: 2026-03-02
    facts: {item_open: 100}
    items: [{item_open: 200, item_due_on: 2026-03-01}]
    fires: [look, report]
  - name: 第一笔已核对，余二百元，不报告
    on: 2026-03-02
    facts: {item_open: 100}
    items: [{item_open: 200, item_due_on: 2026-03-01}]
    done: {look: [2026-03-02]}
    fires: [look]
  - name: 直接写明合计
    on: 2026-03-02
    facts: {not_looked_at: 300}
    fires: [report]
  - name: 合计差一分
    on: 2026-03-02
    facts: {not_looked_at: 299.99}
    fires: []
"""


def test_a_specification_states_its_rows_or_the_total_itself(boss: User, tmp_path: Path) -> None:
    tests = tmp_path / "ladder" / "tests"
    tests.mkdir()
    (tests / "1.yaml").write_text(SPECIFICATION, encoding="utf-8")
    result = specified.run(load.check("ladder", tests.parent), with_lacks=False)
    assert (result.cases, [problem.text() for problem in result.problems]) == (4, [])

    wrong = SPECIFICATION.replace("299.99", "300")
    (tests / "1.yaml").write_text(wrong, encoding="utf-8")
    result = specified.run(load.check("ladder", tests.parent), with_lacks=False)
    assert (result.cases, len(result.problems)) == (3, 1)
