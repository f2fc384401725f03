"""Each place of the facts' SQL that asks what was known by then is needed.

A book is learned in two parts. What was known of it before the second part stays what it was, on
every day; and where one place of the SQL forgets to ask, it does not.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from huikuan.casebook import facts, fold
from huikuan.casebook.about import About
from huikuan.casebook.models import (
    Case,
    DeliveryLock,
    Item,
    ItemConfirmation,
    Payment,
    Statement,
    StatementEvent,
    StatementLine,
    StatementVoid,
)
from huikuan.outbox.post import post_webhook
from tests import people

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
PLACED = people.PLACED_ON
#: The day about which is asked; everything happened before it.
ON = PLACED + 200 * DAY
#: What was learned until then, and what later.
EARLY = people.moment(ON, 8)
LATE = people.moment(ON, 9)
ASKED = people.moment(ON, 8, 30)
KNOWN = re.compile(r"\{known:(\w+)\}")
#: A reversal is learned after its payment, so whoever knows the one knows the other.
IMPLIED = [("month_money.sql", 2)]


@dataclass
class Book:
    """A consumer with a case, and a customer with a case and statements."""

    consumer: Case
    customer: Case
    items: list[Item]

    @property
    def ids(self) -> list[int]:
        return [self.consumer.pk, self.customer.pk]


def row_of(case: Case, on: dt.date, at: dt.datetime) -> dict[str, Any]:
    """The columns of a row that is true from the day and was learned at the moment."""
    act = people.make_act(case.organisation, at)
    walls = {"organisation_id": case.organisation_id, "creditor_id": case.creditor_id}
    return walls | {"act_id": act.pk, "valid_on": on, "recorded_at": at}


def pay(item: Item, on: dt.date, at: dt.datetime) -> Payment:
    """The whole of an item is paid."""
    charge = item.charges.get()
    return people.make_payment(
        item.case, on, charge.amount_minor, to=charge, recorded_at=at, act_id=item.act_id
    )


def event(statement: Statement, kind: str, on: dt.date, at: dt.datetime) -> StatementEvent:
    row = row_of(statement.case, on, at)
    return StatementEvent.objects.create(**row, case=statement.case, statement=statement, kind=kind)


def line(statement: Statement, item: Item, on: dt.date, at: dt.datetime) -> StatementLine:
    row = row_of(statement.case, on, at)
    return StatementLine.objects.create(
        **row, case=statement.case, statement=statement, item=item, differs=True
    )


def take_back(wrong: StatementEvent, at: dt.datetime) -> None:
    row = row_of(wrong.case, wrong.valid_on, at)
    StatementVoid.objects.create(**row, case=wrong.case, event=wrong, reason="录错")


def statement_of(case: Case, month: dt.date, at: dt.datetime) -> Statement:
    found = people.make_statement(case, month)
    Statement.objects.filter(pk=found.pk).update(recorded_at=at)
    return found


def lock(case: Case, item: Item, on: dt.date, at: dt.datetime) -> None:
    row = row_of(case, on, at)
    act = people.make_act(case.organisation, at)
    message = post_webhook("erp.lock", {}, subject=About.of_case(case), act=act, at=at)
    words = {"kind": "lock", "because": "overdue", "orders": "new", "reason": "屡催不付"}
    DeliveryLock.objects.create(**row, **words, case=case, message=message, item_ids=[item.pk])


# --- the book, and what is learned of it later ----------------------------------------------------


def month(number: int) -> dt.date:
    """The first of the month of the placement, or of one after it."""
    first = PLACED.replace(day=1)
    count = first.month - 1 + number
    return dt.date(first.year + count // 12, count % 12 + 1, 1)


def make_book() -> Book:
    """The two cases with an item for each thing that is learned of one later."""
    consumer = people.make_case(placed_on=PLACED, items=[(PLACED, 100), (PLACED, 100)])
    people.make_point(consumer)
    supplier = people.make_creditor("supplier", kind="supplier")
    customer = people.make_case(
        people.make_person(supplier, kind="company"), product="b2b", placed_on=PLACED
    )
    born = [PLACED, PLACED, PLACED, PLACED, month(2), month(3), month(4)]
    items = [people.make_item(customer, on + DAY, 100, on=on) for on in born]
    return Book(consumer, customer, items)


def learn_early(book: Book) -> dict[str, Any]:
    """What later knowledge corrects."""
    open_one, paid, _late, charged_again, *_others = book.items
    returned = people.make_payment(book.consumer, PLACED + DAY, 50, recorded_at=EARLY)
    paid_twice = pay(paid, PLACED + 5 * DAY, EARLY)
    pay(charged_again, PLACED + 6 * DAY, EARLY)

    statements = {
        number: statement_of(book.customer, month(number), EARLY) for number in range(1, 6)
    }
    sent = event(statements[1], "sent", month(2) + DAY, EARLY)
    event(statements[1], "confirmed", month(2) + 2 * DAY, EARLY)
    answered = event(statements[4], "progress", month(5), EARLY)
    said = line(statements[4], book.items[6], month(5), EARLY)
    StatementLine.objects.filter(pk=said.pk).update(act_id=answered.act_id)

    event(statements[3], "submitted", month(4), EARLY)
    event(statements[5], "submitted", month(6), EARLY)
    sent_back = event(statements[5], "returned", month(6) + DAY, EARLY)
    assert open_one.charges.exists()
    return {
        "returned": returned,
        "paid_twice": paid_twice,
        "sent": sent,
        "answered": answered,
        "sent_back": sent_back,
        "statements": statements,
    }


def learn_late(book: Book, early: dict[str, Any]) -> None:
    """Of each table something more, all of it true long ago."""
    learn_late_of_money(book, early)
    learn_late_of_statements(book, early)
    on = PLACED + 20 * DAY
    late = {"recorded_at": LATE}

    case = book.consumer
    first, second = case.items.order_by("pk")
    point = case.person.points.get()
    people.make_contact(case, on, point=point, connected=True, answered="debtor", **late)
    people.make_promise(case, on, [(on + DAY, 100)], **late)
    people.make_hold(case, on, **late)
    people.make_hold(case, on, "dispute", "item", item=second, **late)
    people.make_status(point, case, "invalid", on, **late)
    people.make_point(case, kind="email", on=on, **late)
    people.make_assignment(case, on, people.make_user(), **late)
    lock(book.customer, book.items[0], on, LATE)
    assert first != second


def learn_late_of_money(book: Book, early: dict[str, Any]) -> None:
    late = {"recorded_at": LATE}
    people.make_payment(book.consumer, PLACED + 9 * DAY, 30, **late)
    people.make_reversal(early["returned"], PLACED + 10 * DAY, **late)
    people.make_reversal(early["paid_twice"], PLACED + 10 * DAY, **late)
    pay(book.items[2], PLACED + 7 * DAY, LATE)

    charge = people.make_charge(book.items[3], "cost", 10, on=PLACED + 3 * DAY)
    type(charge).objects.filter(pk=charge.pk).update(**late)


def learn_late_of_statements(book: Book, early: dict[str, Any]) -> None:
    statements = early["statements"]
    # A statement that is made afterwards states the first month, and so the items of it.
    statement_of(book.customer, month(0), LATE)
    event(statements[2], "confirmed", month(3) + 3 * DAY, LATE)
    event(statements[3], "returned", month(4) + DAY, LATE)
    event(statements[5], "receipts", month(6) + 3 * DAY, LATE)

    line(statements[1], book.items[0], month(2) + 4 * DAY, LATE)
    row = row_of(book.customer, month(4), LATE)
    ItemConfirmation.objects.create(
        **row, case=book.customer, item=book.items[5], evidence="客户邮件：账款无误"
    )
    for wrong in ("sent", "answered", "sent_back"):
        take_back(early[wrong], LATE)


def history(book: Book, known_at: dt.datetime | None) -> list[tuple[object, ...]]:
    """The rows of facts of the book's cases, items and statements on the day."""
    rows: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for subject in facts.of_cases():
            scope = f"{subject.row}.{subject.case_column} = ANY(%(ids)s)"
            names = ", ".join(fold.column_names(subject))
            given = {"on": ON, "known_at": known_at, "ids": book.ids}
            query = f"SELECT {names} FROM ({fold.rows(subject, scope)}) q ORDER BY 1"
            cursor.execute(query, given)
            rows += [(subject.name, *row) for row in cursor.fetchall()]
    return rows


# --- the places -----------------------------------------------------------------------------------


def places() -> Iterator[tuple[str, int]]:
    """Each place that asks what was known: the file, and the number of the place in it."""
    for file in sorted(fold.SQL.glob("*.sql")):
        for number, _place in enumerate(KNOWN.findall(file.read_text(encoding="utf-8"))):
            yield file.name, number


@pytest.fixture
def forgetful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the SQL that may be changed, and is read in place of ours."""
    copied = tmp_path / "sql"
    shutil.copytree(fold.SQL, copied)
    monkeypatch.setattr(fold, "SQL", copied)
    fold._file.cache_clear()
    yield copied
    fold._file.cache_clear()


def forget(file: Path, number: int) -> None:
    """The place takes whatever is true on the day, whoever knew it."""
    text = file.read_text(encoding="utf-8")
    found = list(KNOWN.finditer(text))[number]
    always = f"{found[1]}.valid_on <= %(on)s"
    file.write_text(text[: found.start()] + always + text[found.end() :], encoding="utf-8")
    fold._file.cache_clear()


def test_no_place_may_forget_to_ask_what_was_known(forgetful: Path) -> None:
    book = make_book()
    early = learn_early(book)
    before = history(book, None)
    learn_late(book, early)
    assert history(book, ASKED) == before
    assert history(book, None) != before

    # Else nothing that is learned later would show that the place asks.
    silent = []
    for name, number in list(places()):
        whole = (forgetful / name).read_text(encoding="utf-8")
        forget(forgetful / name, number)
        if history(book, ASKED) == before:
            silent.append((name, number))
        (forgetful / name).write_text(whole, encoding="utf-8")
    assert silent == IMPLIED
