import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.promises.make import Due, PromiseEntry, PromiseLimits, check, instalments

TODAY = dt.date(2026, 11, 23)


@given(st.integers(1, 10**9), st.integers(1, 60), st.none() | st.integers(1, 90))
def test_instalments_conserve_the_amount(total: int, count: int, every: int | None) -> None:
    if total < count:
        with pytest.raises(ValueError, match="parts"):
            instalments(total, TODAY, count, every_days=every)
        return
    parts = instalments(total, TODAY, count, every_days=every)
    assert sum(part.amount_minor for part in parts) == total
    assert len(parts) == count
    amounts = [part.amount_minor for part in parts]
    assert max(amounts) - min(amounts) <= 1
    assert all(one.on < two.on for one, two in pairwise(parts))
    assert not check(
        PromiseEntry(parts, total),
        on=TODAY,
        limits=PromiseLimits(),
        balance_minor=total,
        currency="CNY",
    )


def test_months_do_not_wander() -> None:
    parts = instalments(300_00, dt.date(2027, 1, 31), 3)
    assert [part.on for part in parts] == [
        dt.date(2027, 1, 31),
        dt.date(2027, 2, 28),
        dt.date(2027, 3, 31),
    ]


MONTH = PromiseLimits(days=30)


def codes(
    entry: PromiseEntry, limits: PromiseLimits = MONTH, balance: int | None = 500_00
) -> list[str]:
    return [
        one.code
        for one in check(entry, on=TODAY, limits=limits, balance_minor=balance, currency="CNY")
    ]


def test_everything_wrong_is_said_at_once() -> None:
    day = dt.timedelta(days=1)
    entry = PromiseEntry(
        (Due(TODAY - day, 0), Due(TODAY + 40 * day, 600_00), Due(TODAY + 40 * day, 1_00)),
        700_00,
        0,
        2_00,
    )
    assert sorted(codes(entry)) == [
        "promise.above_balance", "promise.amount", "promise.far", "promise.far", "promise.order", "promise.past",
        "promise.tolerance", "promise.total",
    ]  # fmt: skip


def test_a_promise_for_today_up_to_the_last_day_is_right() -> None:
    assert codes(PromiseEntry((Due(TODAY, 100_00),))) == []
    assert codes(PromiseEntry((Due(TODAY + dt.timedelta(days=30), 100_00),))) == []
    assert codes(PromiseEntry((Due(TODAY + dt.timedelta(days=31), 100_00),))) == ["promise.far"]


def test_more_than_is_owed_is_only_a_warning() -> None:
    (warning,) = check(
        PromiseEntry((Due(TODAY, 600_00),)),
        on=TODAY,
        limits=PromiseLimits(),
        balance_minor=500_00,
        currency="CNY",
    )
    assert warning.severity == "warning"
    assert "¥600.00" in warning.text()
