"""Good and bad times order the list of a day among equals, and take nothing from it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Task
from huikuan.desk import clock
from huikuan.engine.times import Rank
from huikuan.lib.calendar import china
from huikuan.planning.good_times import Local
from huikuan.planning.next_case import next_case
from huikuan.planning.plan import plan
from huikuan.planning.tasks import tasks
from huikuan.planning.worklist import Filters, Row, worklist
from tests import people
from tests.book import Book, make_book

pytestmark = [pytest.mark.django_db, pytest.mark.long]
#: The procedure of these cases avoids 11:30 to 13:30 and prefers 14:00 to 15:00.
MEAL = "12:00"
BREAK = "14:30"


class Day:
    """A collector with a large and a small new case, planned for today."""

    def __init__(self) -> None:
        self.book: Book = make_book("house", "欧阳甲", planned=False)
        self.large = self.case("陈丙", 9_000_000)
        self.small = self.case("李丁", 100_000)
        self.plan()

    def case(self, name: str, amount: int, zone: str = "") -> Case:
        """A case that was placed two days ago: its first call is due today."""
        placed = self.book.today - dt.timedelta(2)
        person = people.make_person(self.book.case.creditor, name=name, timezone=zone)
        items = [(placed - dt.timedelta(40), amount)]
        case = people.make_case(
            person, placed_on=placed, collector=self.book.collector, items=items
        )
        people.make_point(case)
        facts.refresh([case.pk])
        return case

    def plan(self) -> None:
        plan(self.book.today, actor=self.book.manager, at=clock.now(), calendar=china())

    def at(self, text: str) -> dt.datetime:
        """A time of today where the house is."""
        return dt.datetime.combine(self.book.today, dt.time.fromisoformat(text), people.SHANGHAI)

    def rows(self, at: dt.datetime | None, **filters: str) -> list[Row]:
        wanted = Filters(**filters)
        return worklist(self.book.collector, self.book.today, wanted, at=at).rows

    def numbers(self, text: str) -> list[str]:
        """The cases to be called, in their order at a time of today."""
        return [row.number for row in self.rows(self.at(text), action="call")]


@pytest.fixture
def day() -> Day:
    return Day()


def due_today(row: Row, day: Day) -> bool:
    return row.deadline_on == day.book.today


def test_an_act_whose_time_is_bad_comes_after_its_equals(day: Day) -> None:
    """The small case's review asks for no time; the large case's call does, and has more weight."""
    review = Task.objects.filter(case=day.small, step__code="review_sheet")
    review.update(deadline_on=day.book.today)

    def order(text: str) -> list[tuple[str, str]]:
        equals = [row for row in day.rows(day.at(text)) if due_today(row, day)]
        return [
            (row.number, row.action)
            for row in equals
            if row.case_id in (day.large.pk, day.small.pk)
        ]

    review_of_small = (day.small.number, "review")
    calls = [(day.large.number, "call"), (day.small.number, "call")]
    assert order("11:29") == [calls[0], *sorted([calls[1], review_of_small])]
    assert order("11:30") == [review_of_small, *calls]
    assert order("13:29") == [review_of_small, *calls]
    assert order("13:30") == [calls[0], *sorted([calls[1], review_of_small])]
    assert order("14:00") == [*calls, review_of_small]
    assert order("14:59") == [*calls, review_of_small]
    assert order("15:00") == [calls[0], *sorted([calls[1], review_of_small])]


def test_a_nearer_deadline_counts_more(day: Day) -> None:
    Task.objects.filter(case=day.small, step__code="first_call").update(
        deadline_on=day.book.today - dt.timedelta(1)
    )
    assert day.numbers(MEAL)[0] == day.small.number
    assert day.numbers(BREAK)[0] == day.small.number


def test_whoever_lives_by_another_clock_is_judged_by_it(day: Day) -> None:
    """Noon in the house is five in the morning in Berlin."""
    abroad = day.case("赵戊", 50_000, zone="Europe/Berlin")
    unknown = day.case("钱己", 40_000, zone="Atlantis/Nowhere")
    day.plan()

    assert day.numbers("10:00")[-2:] == [abroad.number, unknown.number], "by value"
    assert day.numbers(MEAL)[0] == abroad.number, "all others are at table"
    row = next(row for row in day.rows(day.at(MEAL)) if row.case_id == abroad.pk)
    assert row.advice is None or row.advice.rank == Rank.NEUTRAL
    row = next(row for row in day.rows(day.at(MEAL), action="call") if row.case_id == unknown.pk)
    assert row.advice is not None and row.advice.rank == Rank.BAD, "no such zone: the house's"


def test_the_next_case_follows_the_list_as_it_is_at_that_moment(day: Day) -> None:
    abroad = day.case("赵戊", 50_000, zone="Europe/Berlin")
    Task.objects.filter(step__code="review_sheet").update(status="closed")
    day.plan()
    Task.objects.filter(step__code="review_sheet").update(status="closed")

    def first(text: str) -> str | None:
        found = Filters(action="call", step="first_call")
        return next_case(day.book.collector, day.book.today, found, at=day.at(text))

    assert first("10:00") == day.large.number
    assert first(MEAL) == abroad.number


def test_times_change_the_order_among_equals_and_nothing_else(day: Day) -> None:
    day.case("赵戊", 50_000, zone="Europe/Berlin")
    day.plan()
    plain = day.rows(None)
    known = {(row.case_id, row.action, row.addressee): row for row in plain}
    placed = {row.case_id: row.balance_minor for row in plain}

    @settings(max_examples=25, deadline=None)
    @given(st.times())
    def at_any_time(time: dt.time) -> None:
        at = dt.datetime.combine(day.book.today, time, people.SHANGHAI)
        rows = day.rows(at)
        keys = [(row.case_id, row.action, row.addressee) for row in rows]
        assert sorted(keys) == sorted(known), "the same lines"

        weights = [(row.verdict is not None, row.deadline_on or dt.date.max) for row in plain]
        assert [
            (row.verdict is not None, row.deadline_on or dt.date.max) for row in rows
        ] == weights, "what counts more stays where it was"
        for row in rows:
            assert row.tasks == known[row.case_id, row.action, row.addressee].tasks
            assert row.balance_minor == placed[row.case_id]

    at_any_time()


def test_the_counts_do_not_know_the_time(day: Day) -> None:
    found = worklist(day.book.collector, day.book.today, Filters(), at=day.at(MEAL))
    plain = worklist(day.book.collector, day.book.today, Filters())
    assert (found.total, found.counts) == (plain.total, plain.counts)


def test_a_task_says_its_best_time(day: Day) -> None:
    user = day.book.collector

    def said(on: dt.date, now: dt.datetime) -> tuple[str, str]:
        local = Local.of_day(on, now, "Asia/Shanghai")
        rows = tasks(on, user=user, calendar=china(), local=local)
        first_call = next(row for row in rows if row.step.id == "first_call")
        assert first_call.advice is not None
        better = ""
        if first_call.advice.better_at is not None:
            better = f"{first_call.advice.better_at.day} {first_call.advice.better_at.clock}"
        return first_call.advice.rank.name, better

    today = day.book.today
    assert said(today, day.at(MEAL)) == ("BAD", f"{today} 14:00")
    assert said(today, day.at("10:00")) == ("NEUTRAL", f"{today} 14:00")
    assert said(today, day.at(BREAK)) == ("GOOD", "")
    yesterday = day.at(BREAK) - dt.timedelta(days=1)
    assert said(today, yesterday) == ("NEUTRAL", f"{today} 14:00"), "of another day its beginning"


def test_what_a_rule_forbids_today_is_not_said_to_be_better_later(day: Day) -> None:
    Task.objects.filter(case=day.large).update(verdict="CN-DISPUTE")
    row = next(row for row in day.rows(day.at(MEAL), action="call") if row.verdict)
    assert row.advice is None


def test_the_page_says_it_in_words(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(day.book.collector)

    def page(text: str, language: str) -> str:
        monkeypatch.setattr(clock, "now", lambda: day.at(text))
        found = client.get(reverse("worklist"), headers={"accept-language": language})
        return found.content.decode()

    assert "宜避开：午饭时间，14:00 起较好" in page(MEAL, "zh-hans")
    assert "avoid: midday meal — better from 14:00" in page(MEAL, "en")
    assert "good time: about two in the afternoon" in page(BREAK, "en")
    assert "best: 14:00, about two in the afternoon" in page("10:00", "en")
    assert "about two in the afternoon" not in page("15:00", "en")
    assert ">good time<" in page(BREAK, "en") and ">best: 14:00<" in page("10:00", "en")
