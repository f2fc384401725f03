"""The order of the law, without a database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from huikuan.payments.order import RANK, ChargeLine, Money, Part, open_amounts, spread

START = dt.date(2026, 9, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def paid(amount: int, on: int = 10, *, chosen: tuple[int, ...] = (), key: int = 1) -> Money:
    return Money(key, day(on), amount, chosen)


def line(
    key: int, kind: str, amount: int, *, item: int = 1, due: int = 0, on: int = 0, done: int = 0
) -> ChargeLine:
    return ChargeLine(key, item, kind, day(due), day(on), amount, done)


def sums(payments: list[Money], charges: list[ChargeLine]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for part in spread(payments, charges):
        found[part.charge_id] += part.amount_minor
    return dict(found)


BOOK = [
    line(1, "principal", 100, item=1, due=1),
    line(2, "interest", 10, item=1, due=1),
    line(3, "principal", 100, item=2, due=2),
    line(4, "cost", 5, item=2, due=2),
    line(5, "penalty", 7, item=2, due=2),
]


def test_costs_then_interest_then_principal() -> None:
    assert sums([paid(5)], BOOK) == {4: 5}
    assert sums([paid(12)], BOOK) == {4: 5, 2: 7}
    assert sums([paid(30)], BOOK) == {4: 5, 2: 10, 5: 7, 1: 8}
    assert sums([paid(130)], BOOK) == {4: 5, 2: 10, 5: 7, 1: 100, 3: 8}
    assert sum(sums([paid(500)], BOOK).values()) == 222


def test_what_the_debtor_chose_comes_first() -> None:
    assert sums([paid(50, chosen=(2,))], BOOK) == {4: 5, 5: 7, 3: 38}
    assert sums([paid(120, chosen=(2,))], BOOK) == {4: 5, 5: 7, 3: 100, 2: 8}


def test_a_later_charge_is_paid_from_its_own_day() -> None:
    charges = [line(1, "principal", 100), line(2, "cost", 20, on=15)]
    parts = spread([paid(110)], charges)
    assert [(part.charge_id, part.amount_minor, part.valid_on) for part in parts] == [
        (1, 100, day(10)),
        (2, 10, day(15)),
    ]


def held(charge: ChargeLine, *back: tuple[int, int]) -> ChargeLine:
    """The charge of which so much was paid until the day on which it was taken back."""
    return replace(charge, held=tuple((day(until), amount) for until, amount in back))


def shown(parts: list[Part]) -> list[tuple[int, int, dt.date]]:
    return [(part.charge_id, part.amount_minor, part.valid_on) for part in parts]


def test_room_made_by_a_reversal_is_there_from_that_day() -> None:
    charge = held(line(1, "principal", 100), (30, 100))
    assert shown(spread([paid(10)], [charge])) == [(1, 10, day(30))]
    assert shown(spread([paid(10, on=40)], [charge])) == [(1, 10, day(40))]


def test_what_was_free_all_the_time_is_paid_at_once_and_the_rest_from_the_reversals() -> None:
    charge = held(line(1, "principal", 100), (30, 20), (20, 5))
    assert shown(spread([paid(90), paid(10, on=11, key=2)], [charge])) == [
        (1, 75, day(10)),
        (1, 5, day(20)),
        (1, 10, day(30)),
        (1, 10, day(30)),
    ]


def test_a_waiver_and_a_reversal_leave_no_more_than_the_item() -> None:
    charges = [
        held(line(1, "interest", 50), (30, 20)),
        line(2, "principal", 100),
        line(3, "principal", -40),
    ]
    parts = spread([paid(500)], charges)
    assert shown(parts) == [(1, 30, day(10)), (1, 20, day(30)), (2, 60, day(10))]


def test_a_waiver_lowers_its_kind_then_its_item() -> None:
    charges = [line(1, "interest", 50), line(2, "interest", -70), line(3, "principal", 100)]
    assert open_amounts(charges) == {1: 0, 2: 0, 3: 80}
    assert sums([paid(500)], charges) == {3: 80}


CHARGES = st.lists(
    st.tuples(
        st.sampled_from(sorted(RANK)), st.integers(1, 50), st.integers(1, 3), st.integers(0, 5)
    ),
    max_size=8,
).map(
    lambda rows: [
        line(n, kind, amount, item=item, due=due)
        for n, (kind, amount, item, due) in enumerate(rows)
    ]
)
PAYMENTS = st.lists(
    st.tuples(st.integers(1, 80), st.integers(0, 20), st.lists(st.integers(1, 3), unique=True)),
    max_size=6,
)


@given(CHARGES, PAYMENTS)
def test_no_fen_is_made_or_lost(
    charges: list[ChargeLine], rows: list[tuple[int, int, list[int]]]
) -> None:
    payments = [
        paid(amount, on, chosen=tuple(chosen), key=n) for n, (amount, on, chosen) in enumerate(rows)
    ]
    parts = spread(payments, charges)
    given_out = Counter({money.payment_id: 0 for money in payments})
    received = Counter({charge.id: 0 for charge in charges})
    for part in parts:
        assert part.amount_minor > 0
        given_out[part.payment_id] += part.amount_minor
        received[part.charge_id] += part.amount_minor
    owed, money = (
        sum(line.amount_minor for line in charges),
        sum(one.rest_minor for one in payments),
    )
    assert all(given_out[one.payment_id] <= one.rest_minor for one in payments)
    assert all(received[one.id] <= one.amount_minor for one in charges)
    assert sum(received.values()) == min(owed, money)


@given(
    CHARGES, st.lists(st.tuples(st.integers(1, 80), st.integers(0, 20)), max_size=6), st.randoms()
)
def test_the_order_of_posting_changes_no_charge(charges, rows, random) -> None:  # type: ignore[no-untyped-def]
    payments = [paid(amount, on, key=n) for n, (amount, on) in enumerate(rows)]
    expected = sums(payments, charges)
    random.shuffle(payments)
    one_by_one: Counter[int] = Counter()
    for money in payments:
        done = [
            line(c.id, c.kind, c.amount_minor, item=c.item_id, done=one_by_one[c.id])
            for c in charges
        ]
        done = [
            ChargeLine(
                c.id, c.item_id, c.kind, c.due_on, c.valid_on, c.amount_minor, d.allocated_minor
            )
            for c, d in zip(charges, done, strict=True)
        ]
        for part in spread([money], done):
            one_by_one[part.charge_id] += part.amount_minor
    assert {key: value for key, value in one_by_one.items() if value} == expected
