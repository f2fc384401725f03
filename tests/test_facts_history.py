"""The two sources of facts say the same, and a past day stays what it was."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.casebook import facts, fold
from huikuan.casebook.models import (
    Case,
    ContactPoint,
    Hold,
    Item,
    Payment,
    Statement,
    StatementEvent,
    StatementLine,
)
from huikuan.engine.fact import Subject
from huikuan.ops.made_once import made_once
from tests import people
from tests.laws import examples

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY0 = people.PLACED_ON
SPAN = 24
REAL = settings(
    max_examples=examples(8, 80),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
Row = dict[str, Any]


@dataclass
class Book:
    """Two cases of one person, with what happened to them; each event is recorded a minute after the one before."""

    cases: list[Case]
    points: list[ContactPoint]
    items: list[Item]
    payments: list[Payment] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    minutes: int = 0

    def now(self) -> dt.datetime:
        return people.moment(DAY0 + dt.timedelta(days=SPAN + 30), 8) + dt.timedelta(
            minutes=self.minutes
        )

    def ids(self) -> list[int]:
        return [case.pk for case in self.cases]


def _book() -> Book:
    person = people.make_person(born_on=dt.date(1909, 5, 5))
    cases = [people.make_case(person, product=product) for product in ("card", "loan")]
    points = [people.make_point(cases[0], whose) for whose in ("debtor", "debtor", "relative")]
    points.append(people.make_point(cases[0], "debtor", "phone"))
    items = [
        people.make_item(case, DAY0 - dt.timedelta(days=30 + n), 100, interest=10)
        for case in cases
        for n in (0, 1)
    ]
    book = Book(cases, points, items)
    facts.refresh(book.ids())
    return book


def day(number: int) -> dt.date:
    return DAY0 + dt.timedelta(days=number)


# Events: each takes the book, the day and two free numbers.


def _contact(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    answered = ("nobody", "nobody", "debtor", "relative", "stranger")[a % 5]
    connected = answered != "nobody"
    more: Row = {
        "outcome": ("", "no_answer", "promised")[b % 3],
        "inbound": connected and b % 4 == 0,
    }
    if b % 5 == 0:
        more["next_contact_on"] = on + dt.timedelta(days=b % 4)
    if answered == "debtor":
        more["willingness"] = ("", "willing", "refusing")[b % 3]
    channel = ("call", "call", "call", "visit", "letter", "sms")[b % 6]
    case, point = book.cases[b % 2], book.points[a % len(book.points)]
    people.make_contact(
        case, on, point=point, hour=8 + a % 12, minute=b % 60, connected=connected, answered=answered, channel=channel,
        **more, **row,
    )  # fmt: skip


def _status(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    status = ("invalid", "invalid", "suspended", "valid", "stranger", "refused")[b % 6]
    people.make_status(book.points[a % len(book.points)], book.cases[b % 2], status, on, **row)


def _promise(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    due = [(on + dt.timedelta(days=1 + n * (1 + b % 4)), 10 + a % 30) for n in range(1 + a % 3)]
    people.make_promise(book.cases[b % 2], on, due, grace_days=a % 2, tolerance_minor=b % 3, **row)


def _payment(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    item = book.items[b % len(book.items)]
    charge = item.charges.order_by("pk")[a % 2]
    book.payments.append(
        people.make_payment(item.case, on, 1 + a, to=charge if b % 3 else None, **row)
    )


def _reversal(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    payments = [payment for payment in book.payments if not hasattr(payment, "reversal")]
    if payments:
        payment = payments[a % len(payments)]
        people.make_reversal(payment, max(on, payment.valid_on), **row)


def _charge(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    charge = people.make_charge(
        book.items[a % len(book.items)], ("penalty", "cost")[b % 2], 1 + b, on=on
    )
    type(charge).objects.filter(pk=charge.pk).update(**row)


def _item(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    item = people.make_item(book.cases[a % 2], on + dt.timedelta(days=b % 9 - 4), 50, on=on)
    Item.objects.filter(pk=item.pk).update(**row)
    item.charges.update(**row)


def _hold(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    item = book.items[a % len(book.items)]
    scope = ("case", "person", "item", "account")[b % 4]
    more: Row = (
        {"item": item}
        if scope == "item"
        else {"account": item.account}
        if scope == "account"
        else {}
    )
    kind = ("complaint", "dispute", "ill")[a % 3]
    book.holds.append(people.make_hold(item.case, on, kind, scope, **more, **row))


def _end_hold(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    held = [hold for hold in book.holds if hold.ended_on is None]
    if held:
        hold = held[a % len(held)]
        hold.ended_on, hold.ended_at = max(on, hold.valid_on), row["recorded_at"]
        hold.save()


def _event(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    kinds = (
        "returned",
        "reopened",
        "retained",
        "told",
        "visit_asked",
        "recalled",
        "closed",
        "lock_agreed",
    )
    kind = kinds[a % len(kinds)]
    until = on + dt.timedelta(days=b) if kind == "retained" else None
    people.make_event(book.cases[b % 2], on, kind, until_on=until, **row)


def _assignment(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    people.make_assignment(book.cases[b % 2], on, people.make_user() if a % 3 else None, **row)


def _point(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    kind = ("mobile", "address", "email", "phone")[b % 4]
    book.points.append(
        people.make_point(book.cases[0], ("debtor", "relative")[a % 2], kind, on=on, **row)
    )


def _statement(book: Book, on: dt.date, a: int, b: int, **row: Any) -> None:
    """An event of a month's statement, which is made with its first one; or a line of it."""
    case = book.cases[b % 2]
    row |= {
        "organisation_id": case.organisation_id,
        "creditor_id": case.creditor_id,
        "act_id": case.act_id,
        "valid_on": on,
    }
    month = dt.date(2026, 9 + b % 3, 1)
    made, _new = Statement.objects.get_or_create(
        case=case, month=month, defaults={**row, "currency": case.currency}
    )
    item = case.items.order_by("pk").first()
    if item is not None and a % 4 == 0:
        differs = a % 8 == 0
        StatementLine.objects.create(**row, case=case, statement=made, item=item, differs=differs)
        return

    kind = StatementEvent.Kind.values[a % len(StatementEvent.Kind.values)]
    StatementEvent.objects.create(**row, case=case, statement=made, kind=kind)


Event = Callable[..., None]
EVENTS: tuple[Event, ...] = (
    _contact, _contact, _contact, _status, _promise, _promise, _payment, _payment, _reversal, _charge, _item, _hold,
    _end_hold, _event, _assignment, _point, _statement,
)  # fmt: skip
NUMBER = st.integers(0, 59)
STORY = st.lists(
    st.tuples(st.sampled_from(EVENTS), st.integers(0, SPAN), NUMBER, NUMBER),
    min_size=1,
    max_size=10,
)


def _happen(book: Book, event: Event, on: dt.date, a: int, b: int) -> None:
    book.minutes += 1
    event(book, on, a, b, recorded_at=book.now())


# What is asked


def _named(subject: Subject, query: str) -> str:
    """The rows of a query by the declared columns, in one order."""
    return f"SELECT {', '.join(fold.column_names(subject))} FROM ({query}) q"


def history(book: Book, on: dt.date, known_at: dt.datetime | None = None) -> list[Row]:
    """Fact rows of the book's cases and items by the raw history."""
    rows: list[Row] = []
    with connection.cursor() as cursor:
        for subject in facts.of_cases():
            scope = f"{subject.row}.{subject.case_column} = ANY(%(ids)s)"
            given = {"on": on, "known_at": known_at, "ids": book.ids()}
            cursor.execute(_named(subject, fold.rows(subject, scope)), given)
            rows += _rows(cursor)
    return rows


def summary(book: Book) -> list[Row]:
    """The stored fact rows of the book's cases and items."""
    rows: list[Row] = []
    with connection.cursor() as cursor:
        for subject in facts.of_cases():
            stored = f"SELECT * FROM {subject.summary} WHERE case_id = ANY(%s)"
            cursor.execute(_named(subject, stored), [book.ids()])
            rows += _rows(cursor)
    return rows


def _rows(cursor: Any) -> list[Row]:
    names = [column.name for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[int, int, int]:
    """Cases, then their items, then their statements, whatever order the database gave them in."""
    return row["case_id"], row.get("item_id", 0), row.get("statement_id", 0)


#: When a hold ends, and the days that follow from it.
CHANGED_BY_AN_END = ("held_until", "last_event_on", "holds_last_on", "item_holds_last_on")
#: A case's money folds the days of its items' holds.
CHANGED_BY_AN_END += ("ledger_last_on",)


def of_the_day(rows: list[Row]) -> list[Row]:
    """Without what an end of a hold changes on the days before it: when it ends, and the day of the last event."""
    return [{name: row[name] for name in row if name not in CHANGED_BY_AN_END} for row in rows]


@made_once(autouse=True)
def _walls() -> None:
    people.make_act()


@REAL
@given(STORY)
def test_the_summary_is_the_history_on_every_later_day(
    story: list[tuple[Event, int, int, int]],
) -> None:
    with transaction.atomic():
        book = _book()
        for event, number, a, b in story:
            _happen(book, event, day(number), a, b)
            facts.refresh(book.ids())
            stored = summary(book)
            last = max(row["last_event_on"] for row in stored)
            for on in (
                last,
                last + dt.timedelta(days=1),
                last + dt.timedelta(days=400),
                facts.FOREVER,
            ):
                assert history(book, on) == stored
        facts.rebuild()
        assert summary(book) == stored
        assert facts.differences() == []
        transaction.set_rollback(True)


@contextmanager
def tables_written() -> Iterator[set[str]]:
    """The tables that statements inside the block write to, by the statements themselves."""
    found: set[str] = set()

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.update(re.findall(r'(?:INSERT INTO|UPDATE) "(casebook_\w+)"', str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


@REAL
@given(STORY)
def test_a_writer_who_names_its_tables_refreshes_all_that_changed(
    story: list[tuple[Event, int, int, int]],
) -> None:
    with transaction.atomic():
        book = _book()
        for event, number, a, b in story:
            with tables_written() as written:
                _happen(book, event, day(number), a, b)
            if written:
                facts.refresh(book.ids(), wrote=written)
            assert facts.differences(only=book.ids()) == []
        transaction.set_rollback(True)


@REAL
@given(STORY)
def test_later_events_leave_a_past_day_alone(story: list[tuple[Event, int, int, int]]) -> None:
    with transaction.atomic():
        book = _book()
        for (_, number, _, _), (event, later, a, b) in itertools.pairwise(
            [(_event, 0, 0, 0), *story]
        ):
            before = day(number)
            if later <= number:
                before, later = day(later), number + 1
            seen = history(book, before)
            _happen(book, event, max(day(later), before + dt.timedelta(days=1)), a, b)
            assert of_the_day(history(book, before)) == of_the_day(seen)
        transaction.set_rollback(True)


@REAL
@given(STORY)
def test_known_at_shows_a_day_as_it_was_seen(story: list[tuple[Event, int, int, int]]) -> None:
    days = [day(SPAN // 2), facts.FOREVER]
    with transaction.atomic():
        book = _book()
        seen = [(book.now(), [history(book, on) for on in days])]
        for event, number, a, b in story:
            _happen(book, event, day(number), a, b)
            seen.append((book.now(), [history(book, on) for on in days]))
        for known_at, rows in seen:
            assert [history(book, on, known_at) for on in days] == rows
        transaction.set_rollback(True)


@REAL
@given(STORY, st.integers(0, SPAN))
def test_the_shadow_answers_for_a_past_day(
    story: list[tuple[Event, int, int, int]], number: int
) -> None:
    with transaction.atomic():
        book = _book()
        for event, on, a, b in story:
            _happen(book, event, day(on), a, b)
        facts.refresh(book.ids())
        expected, stored = history(book, day(number)), summary(book)
        with facts.as_of(day(number)) as read:
            assert read == any(
                row["last_event_on"] > day(number) for row in stored if "item_id" not in row
            )
            assert summary(book) == expected
        assert summary(book) == stored
        transaction.set_rollback(True)
