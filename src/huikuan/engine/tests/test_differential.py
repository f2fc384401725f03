"""Compiled playbooks against a second, plain reading of the language, in DuckDB. tests/test_differential.py asks Postgres."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from huikuan.engine import compile as compiled
from huikuan.engine import sources
from huikuan.engine.conditions import Parser
from huikuan.engine.fact import Fact
from huikuan.engine.tests import differential as shared
from huikuan.engine.tests import evaluator

pytestmark = pytest.mark.long

MACROS = (
    "CREATE MACRO date_mi(a, b) AS a - b",
    "CREATE MACRO date_pli(d, n) AS d + n::integer",
    "CREATE MACRO interval_mul(span, n) AS to_months(n::integer)",
    "CREATE MACRO date_pl_interval(d, span) AS d + span",
)


def filled(book: shared.Book) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    for macro in MACROS:
        engine.execute(macro)
    for statement, rows in book.statements("date[]"):
        if rows[0]:  # one statement: DuckDB takes a millisecond for each
            one = statement[statement.index("(") :]
            every = ", ".join([one.replace("%s", "?")] * len(rows))
            engine.execute(statement.replace(one, every), [value for row in rows for value in row])
        else:
            engine.execute(statement)
    return engine


@functools.cache
def book_of(on: dt.date) -> tuple[shared.Book, duckdb.DuckDBPyConnection]:
    print(f"seed {shared.SEED}, {on}")
    book = shared.invented(on)
    return book, filled(book)


@pytest.mark.parametrize("pack", shared.PACKS, ids=lambda pack: pack.name)
def test_every_step_finds_the_same_tasks(pack: Path) -> None:
    sql, fired = shared.query(pack, "duckdb"), set()
    for on in shared.DAYS:
        book, engine = book_of(on)
        found = engine.execute(sql).fetchall()
        shared.compare(found, shared.expected(pack, book), pack)
        fired |= {row[2] for row in found}
    assert fired == shared.step_ids(pack)


KINDS = ("bool", "int", "date", "money", "text")
NAMES = {
    kind: [f for f in shared.VOCABULARY if f.subject in ("run", "case") and f.type == kind]
    for kind in KINDS
}


def fact_of(kind: str) -> st.SearchStrategy[Fact]:
    return st.sampled_from(NAMES[kind])


numbers = st.integers(-30, 400)
days = st.one_of(
    fact_of("date").map(lambda f: f.name),
    st.builds(
        "({} {} {})".format,
        fact_of("date").map(lambda f: f.name),
        st.sampled_from("+-"),
        st.integers(0, 60),
    ),
    st.builds("nth_day({}, {})".format, fact_of("date").map(lambda f: f.name), st.integers(1, 31)),
    st.builds(
        "add_months({}, {})".format, fact_of("date").map(lambda f: f.name), st.integers(-14, 14)
    ),
)
counts = st.one_of(
    fact_of("int").map(lambda f: f.name),
    numbers.map(str),
    st.builds("count_over(statement_day, {}, {})".format, st.integers(1, 12), numbers),
    st.builds("({} - {})".format, days, days),
    st.builds("({} * {})".format, fact_of("int").map(lambda f: f.name), st.integers(0, 4)),
)
signs = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))


@st.composite
def words(draw: Any) -> str:
    fact = draw(st.sampled_from([f for f in NAMES["text"] if f.options]))
    options = draw(st.lists(st.sampled_from(tuple(fact.options)), min_size=1, max_size=3))
    if draw(st.booleans()):
        return f"{fact.name} {draw(st.sampled_from(('==', '!=')))} {options[0]!r}"
    return (
        f"{fact.name} {draw(st.sampled_from(('in', 'not in')))} ({', '.join(map(repr, options))},)"
    )


simple = st.one_of(
    words(),
    fact_of("bool").map(lambda f: f.name),
    st.sampled_from([f.name for kind in NAMES.values() for f in kind]).map("known({})".format),
    st.builds("{} {} {}".format, counts, signs, counts),
    st.builds("{} {} {}".format, days, signs, days),
    st.builds(
        "{} {} {}".format, fact_of("money").map(lambda f: f.name), signs, st.integers(0, 60_000)
    ),
    st.builds(
        "count({!r}, days={}) {} {}".format,
        st.sampled_from(("call", "sms", "letter", "any")),
        st.integers(1, 40),
        signs,
        st.integers(0, 3),
    ),
    st.builds(
        "{}({}) {} {}".format,
        st.sampled_from(("months_past", "working_days_past")),
        days,
        signs,
        st.integers(-1, 30),
    ),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=examples(40, 400), deadline=None)
@given(text=conditions)
def test_any_condition_has_the_same_three_values(text: str) -> None:
    book, engine = book_of(shared.DAYS[0])
    failures: list[object] = []
    node = Parser(
        shared.VOCABULARY, frozenset({"case", "run"}), lambda *failure: failures.append(failure)
    ).parse(text)
    assert node is not None, (text, failures)
    joined = sources.unbound(shared.VOCABULARY, "case", [node])
    few = joined.filter(joined.case_id <= 60)
    expression = few.select(
        case=few.case_id, holds=compiled.value(node, compiled.Tables(shared.VOCABULARY, few, {}))
    )
    found = dict(engine.execute(compiled.to_sql(expression, "duckdb")).fetchall())
    assert found == {case: evaluator.evaluate(text, book.cases[case], book.world) for case in found}


def test_months_past_of_an_unknown_day_are_unknown() -> None:
    _book, engine = book_of(shared.DAYS[0])
    node = Parser(shared.VOCABULARY, frozenset({"case", "run"}), lambda *_: None).parse(
        "not (months_past(paid_on) >= 0)"
    )
    assert node is not None
    tables = compiled.Tables(shared.VOCABULARY, sources.unbound(shared.VOCABULARY, "case"), {})
    expression = tables.joined.select(holds=compiled.value(node, tables))
    assert {row[0] for row in engine.execute(compiled.to_sql(expression, "duckdb")).fetchall()} == {
        False,
        None,
    }
