"""The plain reading itself, by cases a team lead would tell."""

import datetime as dt

from huikuan.promises.state import Instalment, Paid, standing


def day(number: int) -> dt.date:
    return dt.date(2026, 11, number)


ONE = Instalment("a", 1, day(2), day(5), 100, grace_days=1)


def test_none_open_kept_part_broken() -> None:
    assert standing([], [], day(1)).state == "none"
    assert standing([ONE], [], day(1)).state == "none"
    assert standing([ONE], [], day(6)).state == "open"
    assert standing([ONE], [], day(7)).state == "broken"
    assert standing([ONE], [Paid(day(3), 40)], day(6)).state == "open"
    assert standing([ONE], [Paid(day(3), 40)], day(7)).state == "part"
    assert standing([ONE], [Paid(day(6), 100)], day(6)).state == "kept"
    assert standing([ONE], [Paid(day(7), 100)], day(7)).state == "broken"


def test_what_was_paid_before_the_promise_does_not_count() -> None:
    assert standing([ONE], [Paid(day(1), 100)], day(8)).state == "broken"
    assert standing([ONE], [Paid(day(2), 100)], day(8)).state == "kept"


def test_a_reversal_breaks_it_from_its_day() -> None:
    paid = [Paid(day(3), 100, reversed_on=day(9))]
    assert [standing([ONE], paid, day(number)).state for number in (8, 9)] == ["kept", "broken"]


def test_instalments_are_filled_in_order() -> None:
    lines = [Instalment("a", 1, day(1), day(5), 100), Instalment("a", 2, day(1), day(10), 100)]
    ahead = standing(lines, [Paid(day(4), 150)], day(6))
    assert (ahead.state, ahead.due_on) == ("open", day(10))
    behind = standing(lines, [Paid(day(4), 150)], day(11))
    assert (behind.state, behind.due_on) == ("part", day(10))


def test_a_plan_replaced_in_time_is_not_broken() -> None:
    later = Instalment("b", 2, day(4), day(20), 100)
    assert standing([ONE, later], [], day(5)).broken_before == 0
    too_late = Instalment("b", 2, day(8), day(20), 100)
    assert standing([ONE, too_late], [], day(9)).broken_before == 1
    assert standing([ONE, too_late], [Paid(day(5), 100)], day(9)).broken_before == 0
