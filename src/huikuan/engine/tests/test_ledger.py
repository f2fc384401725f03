"""The order of the law and the ledger of every day, without a database."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from huikuan.engine.ledger import KINDS, ChargeFact, Ledger, PaymentFact, replay

START = dt.date(2026, 9, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def charge(
    key: int, kind: str, amount: int, *, item: int = 1, due: int = 0, on: int = 0
) -> ChargeFact:
    return ChargeFact(key, item, kind, day(due), day(on), amount, (f"I{item}",))


def paid(
    amount: int,
    on: int = 10,
    *,
    chosen: tuple[int, ...] = (),
    key: int = 1,
    back: int | None = None,
) -> PaymentFact:
    reversed_on = None if back is None else day(back)
    return PaymentFact(key, f"R{key:03}", day(on), amount, chosen, reversed_on)


def standing(ledger: Ledger, payments: Sequence[PaymentFact], on: dt.date) -> Counter[int]:
    """Charge → what is paid of it on the day, by payments that stand on it."""
    gone = {one.id for one in payments if one.reversed_on and one.reversed_on <= on}
    found: Counter[int] = Counter()
    for part in ledger.parts:
        if part.valid_on <= on and part.payment_id not in gone:
            found[part.charge_id] += part.amount_minor
    return found


def sums(payments: list[PaymentFact], charges: list[ChargeFact], on: int = 99) -> dict[int, int]:
    """Charge → what is paid of it on the day."""
    found = standing(replay(charges, payments), payments, day(on))
    return {key: amount for key, amount in found.items() if amount}


BOOK = [
    charge(1, "principal", 100, item=1, due=1),
    charge(2, "interest", 10, item=1, due=1),
    charge(3, "principal", 100, item=2, due=2),
    charge(4, "cost", 5, item=2, due=2),
    charge(5, "penalty", 7, item=2, due=2),
]


def test_costs_then_interest_then_principal() -> None:
    assert sums([paid(5)], BOOK) == {4: 5}
    assert sums([paid(12)], BOOK) == {4: 5, 2: 7}
    assert sums([paid(30)], BOOK) == {4: 5, 2: 10, 5: 7, 1: 8}
    assert sums([paid(130)], BOOK) == {4: 5, 2: 10, 5: 7, 1: 100, 3: 8}
    assert sum(sums([paid(500)], BOOK).values()) == 222


def test_a_payment_of_250_on_a_hundred_of_each_kind_pays_cost_fee_and_half_the_interest() -> None:
    """Files took the penalty before the interest where the mapping listed it so; lists did not."""
    kinds = ["penalty", "interest", "fee", "cost", "principal"]
    charges = [charge(nth, kind, 100) for nth, kind in enumerate(kinds)]
    found = sums([paid(250)], charges)
    assert {kinds[key]: amount for key, amount in found.items()} == {
        "cost": 100,
        "fee": 100,
        "interest": 50,
    }


def test_what_the_payer_named_comes_first_and_the_rest_by_the_order() -> None:
    assert sums([paid(50, chosen=(2,))], BOOK) == {4: 5, 5: 7, 3: 38}
    assert sums([paid(120, chosen=(2,))], BOOK) == {4: 5, 5: 7, 3: 100, 2: 8}


def test_a_later_charge_is_paid_by_money_in_hand_from_its_own_day() -> None:
    charges = [charge(1, "principal", 100), charge(2, "cost", 20, on=15)]
    assert sums([paid(110)], charges, on=14) == {1: 100}
    assert sums([paid(110)], charges, on=15) == {1: 100, 2: 10}
    assert replay(charges, [paid(110)]).in_hand == {}
    assert replay(charges[:1], [paid(110)]).in_hand == {1: 10}


def test_what_a_reversal_frees_is_paid_from_that_day() -> None:
    charges = [charge(1, "principal", 100)]
    payments = [paid(100, on=5, back=30), paid(10, on=10, key=2)]
    assert sums(payments, charges, on=29) == {1: 100}
    assert sums(payments, charges, on=30) == {1: 10}
    assert replay(charges, payments).in_hand == {}


def test_a_payment_between_two_days_leaves_no_debt_between_them() -> None:
    """100 owed; 100 paid on day 30 was entered first, 100 of day 20 later: nothing is owed then."""
    charges = [charge(1, "principal", 100)]
    payments = [paid(100, on=30), paid(100, on=20, key=2)]
    assert sums(payments, charges, on=20) == {1: 100}
    assert replay(charges, payments).in_hand == {1: 100}


def test_a_payment_that_came_and_went_on_one_day_paid_nothing() -> None:
    assert replay([charge(1, "principal", 100)], [paid(100, back=10)]).parts == ()


def test_a_credit_note_lowers_its_kind_then_its_item() -> None:
    charges = [
        charge(1, "interest", 50),
        charge(2, "interest", -70),
        charge(3, "principal", 100),
    ]
    assert sums([paid(500)], charges) == {3: 80}


def test_what_a_credit_note_gives_back_is_in_hand_and_pays_the_next_item() -> None:
    charges = [
        charge(1, "principal", 100, item=1),
        charge(2, "principal", -40, item=1, on=20),
        charge(3, "principal", 100, item=2, due=5),
    ]
    payments = [paid(120)]
    assert sums(payments, charges, on=19) == {1: 100, 3: 20}
    assert sums(payments, charges, on=20) == {1: 60, 3: 60}


def test_a_note_taken_back_is_paid_again_by_what_it_gave() -> None:
    charges = [
        charge(1, "principal", 100),
        charge(2, "principal", -40, on=20),
        charge(3, "principal", 40, on=25),
    ]
    assert replay(charges[:2], [paid(100)]).in_hand == {1: 40}
    assert replay(charges, [paid(100)]).in_hand == {}
    assert sum(sums([paid(100)], charges, on=24).values()) == 60
    assert sum(sums([paid(100)], charges, on=25).values()) == 100


def invented(key: int, amount: int, on: int, chosen: list[int], late: int | None) -> PaymentFact:
    back = None
    if late is not None:
        back = on + late
    return paid(amount, on, chosen=tuple(chosen), key=key, back=back)


CHARGES = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(-30, 50).filter(bool),
        st.integers(1, 3),
        st.integers(0, 5),
        st.integers(0, 20),
    ),
    max_size=9,
).map(
    lambda rows: [
        charge(n, kind, amount, item=item, due=due, on=on)
        for n, (kind, amount, item, due, on) in enumerate(rows)
    ]
)
PAYMENTS = st.lists(
    st.tuples(
        st.integers(1, 80),
        st.integers(0, 20),
        st.lists(st.integers(1, 3), unique=True),
        st.none() | st.integers(0, 12),
    ),
    max_size=6,
).map(lambda rows: [invented(n, *row) for n, row in enumerate(rows)])


@given(CHARGES, PAYMENTS)
def test_on_no_day_is_more_paid_than_was_owed_and_nothing_is_lost(
    charges: list[ChargeFact], payments: list[PaymentFact]
) -> None:
    ledger = replay(charges, payments)

    for number in range(34):
        on = day(number)
        found = standing(ledger, payments, on)
        assert all(amount >= 0 for amount in found.values())
        owed = Counter[int]()
        received = Counter[int]()
        for one in charges:
            if one.valid_on <= on:
                owed[one.item_id] += one.amount_minor
            received[one.item_id] += found[one.id]
            assert found[one.id] <= max(one.amount_minor, 0)
        assert all(received[item] <= max(owed[item], 0) for item in received)
        in_hand = sum(one.amount_minor for one in payments if stands(one, on)) - found.total()
        still_open = sum(room(charges, found, item, on) for item in (1, 2, 3))
        assert in_hand >= 0
        assert in_hand == 0 or still_open == 0, "money lies idle beside a debt"


def stands(payment: PaymentFact, on: dt.date) -> bool:
    back = payment.reversed_on
    return payment.paid_on <= on and (back is None or back > on)


def room(charges: list[ChargeFact], found: Counter[int], item: int, on: dt.date) -> int:
    """What could still be set against charges of the item on the day."""
    mine = [one for one in charges if one.item_id == item and one.valid_on <= on]
    of_item = sum(one.amount_minor - found[one.id] for one in mine)
    of_kinds = 0
    for kind in KINDS:
        of_kinds += max(sum(o.amount_minor - found[o.id] for o in mine if o.kind == kind), 0)
    return max(min(of_item, of_kinds), 0)


@given(CHARGES, PAYMENTS, st.randoms())
def test_the_order_in_which_facts_are_known_changes_nothing(charges, payments, random) -> None:  # type: ignore[no-untyped-def]
    expected = replay(charges, payments)
    random.shuffle(charges)
    random.shuffle(payments)
    found = replay(charges, payments)
    assert set(found.parts) == set(expected.parts)
    assert found.in_hand == expected.in_hand


@given(CHARGES, PAYMENTS, st.integers(0, 30))
def test_what_happens_later_changes_no_earlier_day(charges, payments, number) -> None:  # type: ignore[no-untyped-def]
    on = day(number)
    early_charges = [one for one in charges if one.valid_on <= on]
    early = [one for one in payments if one.paid_on <= on]
    whole = standing(replay(charges, payments), payments, on)
    cut = standing(replay(early_charges, early), early, on)
    assert {k: v for k, v in whole.items() if v} == {k: v for k, v in cut.items() if v}
