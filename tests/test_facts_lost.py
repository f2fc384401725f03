"""When third persons may be asked: the facts against a plain reading of the CBA guideline, chapter 3.

The debtor is lost (a) from the day on which the last of the mobiles became unusable; (b) from the day after three
failed calls in a row to a mobile; (c) from the third day running with a failed call. A talk with the debtor ends it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from huikuan.casebook import fold
from huikuan.casebook.models import Case
from huikuan.engine import law
from huikuan.engine.subjects import CASE
from tests import people
from tests.laws import examples

pytestmark = pytest.mark.django_db
DAY0 = people.PLACED_ON
REAL = settings(
    max_examples=examples(15, 250),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
POINTS = ("mobile", "mobile2", "home", "relative", "none")
DEAD = ("invalid", "suspended", "stranger")


@dataclass(frozen=True)
class Call:
    day: int
    minute: int
    point: str
    answered: str = "nobody"
    inbound: bool = False
    channel: str = "call"

    @property
    def heard(self) -> bool:
        """The debtor was spoken with, or wrote."""
        return self.answered == "debtor" and (self.channel in ("call", "visit") or self.inbound)

    @property
    def to_mobile(self) -> bool:
        return self.channel == "call" and not self.inbound and self.point.startswith("mobile")


@dataclass(frozen=True)
class Status:
    day: int
    point: str
    status: str


def lost(calls: list[Call], statuses: list[Status], on: int) -> bool:
    """Walks through the history, a contact after the other."""
    return _unreachable(calls, on) or _numbers_dead(calls, statuses, on)


def _unreachable(calls: list[Call], on: int) -> bool:
    """Rules (b) and (c)."""
    opens = None
    row, days_running, last_failed_day = 0, 0, None
    for call in sorted(
        (call for call in calls if call.day <= on), key=lambda call: (call.day, call.minute)
    ):
        if call.heard or (call.to_mobile and call.answered != "nobody"):
            opens, row, days_running, last_failed_day = None, 0, 0, None
        elif call.to_mobile:
            row += 1
            if call.day != last_failed_day:
                days_running = days_running + 1 if last_failed_day == call.day - 1 else 1
                last_failed_day = call.day
            found = [call.day + 1] if row == 3 else []
            found += [call.day] if days_running == 3 else []
            opens = min([*found, *([] if opens is None else [opens])], default=None)
    return opens is not None and opens <= on


def _numbers_dead(calls: list[Call], statuses: list[Status], on: int) -> bool:
    """Rule (a)."""
    dead_since = []
    for mobile in ("mobile", "mobile2"):
        since = None
        mine = [status for status in statuses if status.point == mobile and status.day <= on]
        if any(status.status == "refused" for status in mine):
            return False
        for status in sorted(mine, key=lambda status: status.day):
            since = (status.day if since is None else since) if status.status in DEAD else None
        if since is None:
            return False
        dead_since.append(since)
    return not any(call.heard and max(dead_since) <= call.day <= on for call in calls)


def day(number: int) -> dt.date:
    return DAY0 + dt.timedelta(days=number)


def _told(case: Case, on: dt.date) -> bool:
    """The vocabulary's `lost`: known(lost_from_on) and lost_from_on <= on."""
    with connection.cursor() as cursor:
        query = f"SELECT lost_from_on FROM ({fold.rows(CASE, 'c.id = %(case)s')}) f"
        cursor.execute(query, {"on": on, "known_at": None, "case": case.pk})
        since = cursor.fetchone()[0]
        return since is not None and since <= on


def _enact(calls: list[Call], statuses: list[Status]) -> Case:
    case = people.make_case()
    kinds = {"mobile": "mobile", "mobile2": "mobile", "home": "phone", "relative": "mobile"}
    points = {
        name: people.make_point(case, "debtor", kind)
        for name, kind in kinds.items()
        if name != "relative"
    }
    points["relative"] = people.make_point(case, "relative", "mobile")
    for call in calls:
        people.make_contact(
            case,
            day(call.day),
            point=points.get(call.point),
            hour=8 + call.minute // 60,
            minute=call.minute % 60,
            connected=call.answered != "nobody",
            answered=call.answered,
            inbound=call.inbound,
            channel=call.channel,
        )
    for status in sorted(statuses, key=lambda status: status.day):
        people.make_status(points[status.point], case, status.status, day(status.day))
    return case


def check(calls: list[Call], statuses: list[Status]) -> None:
    with transaction.atomic():
        case = _enact(calls, statuses)
        for number in range(12):
            assert _told(case, day(number)) == lost(calls, statuses, number), number
        transaction.set_rollback(True)


CALL = st.builds(
    Call,
    st.integers(0, 8),
    st.just(0),
    st.sampled_from(("mobile", "mobile", *POINTS)),
    st.sampled_from(("nobody", "nobody", "nobody", "debtor", "relative", "stranger")),
    st.sampled_from((False, False, False, True)),
    st.sampled_from(("call", "call", "call", "call", "visit", "letter", "sms")),
)
CALLS = st.lists(
    st.tuples(CALL, st.integers(0, 700)), max_size=12, unique_by=lambda pair: (pair[0].day, pair[1])
).map(lambda pairs: [Call(c.day, m, c.point, c.answered, c.inbound, c.channel) for c, m in pairs])
STATUSES = st.lists(
    st.builds(
        Status,
        st.integers(0, 8),
        st.sampled_from(("mobile", "mobile2")),
        st.sampled_from((*DEAD, "valid", "refused")),
    ),
    max_size=5,
)
FAILED = [Call(0, minute, "mobile") for minute in (0, 10, 20)]
DEAD_NUMBERS = [Status(1, "mobile", "invalid"), Status(2, "mobile2", "stranger")]


@REAL
@given(CALLS, STATUSES)
@example(FAILED, [])
@example([*FAILED, Call(1, 0, "mobile", "debtor"), Call(1, 5, "mobile"), Call(1, 6, "mobile")], [])
@example([Call(number, 0, "mobile") for number in range(3)], [])
@example([Call(number, 0, "mobile") for number in (0, 1, 3, 4)], [])
@example([], DEAD_NUMBERS)
@example([Call(4, 0, "home", "debtor")], [*DEAD_NUMBERS, Status(6, "mobile", "invalid")])
@example([Call(3, 0, "none", "debtor", True, "sms")], DEAD_NUMBERS)
@example([], [Status(1, "mobile", "refused"), Status(2, "mobile2", "invalid")])
def test_lost_is_what_the_guideline_says(calls: list[Call], statuses: list[Status]) -> None:
    check(calls, statuses)


def test_three_failed_calls_open_the_next_day_and_reaching_the_debtor_closes_it() -> None:
    case = _enact([*FAILED, Call(5, 0, "home", "debtor")], [])
    assert [_told(case, day(number)) for number in range(7)] == [
        False,
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_new_hand_does_not_reopen_what_the_debtor_closed() -> None:
    case = _enact([Call(4, 0, "home", "debtor")], DEAD_NUMBERS)
    people.make_event(case, day(6), "reopened")
    assert not _told(case, day(7))


def test_a_figure_that_changes_counts_from_its_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the third day on two failed calls are enough; before, they were not."""
    changed = law.FILE.read_text(encoding="utf-8").replace(
        "[{from: 2000-01-01, value: 3}]",
        f"[{{from: 2000-01-01, value: 3}}, {{from: {day(2)}, value: 2}}]",
        1,
    )
    figures, problems = law.read_law(changed)
    assert problems == []

    two_on_the_first_day = _enact(FAILED[:2], [])
    two_on_the_third_day = _enact([Call(2, minute, "mobile") for minute in (0, 10)], [])
    monkeypatch.setattr(law, "shipped", lambda: figures)
    fold._file.cache_clear()
    try:
        assert not _told(two_on_the_first_day, day(3))
        assert [_told(two_on_the_third_day, day(number)) for number in (2, 3)] == [False, True]
    finally:
        fold._file.cache_clear()
