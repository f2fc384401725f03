"""The key `times` of a playbook: what it says, and each mistake at its line, found once."""

from __future__ import annotations

import pytest

from huikuan.engine import playbook, vocabulary
from huikuan.engine.times import NONE, Span, Time
from huikuan.lib.problems import Problem

PACK = """\
pack: example
kind: playbook
version: "1"
title: {zh: 例子, en: Example}
source: house rule
effective_from: 2026-01-01
"""
BOOK = """\
parameters:
  pause: 30
times:
  day: {from: 8:30, until: 18:00}
  named:
    mornings: {title: {zh: 上午, en: morning}, from: 8:30, until: 11:30}
    afternoons: {title: {zh: 下午, en: afternoon}, from: 14:00, until: 17:30}
    mondays: {title: {zh: 周一, en: Monday}, weekdays: [mon]}
    month_start: {title: {zh: 月初, en: start of the month}, first_days: 5}
    month_ends: {title: {zh: 月末, en: end of the month}, last_days: 3}
    days_off: {title: {zh: 休息日, en: day off}, days_off: true}
    before_noon: {title: {zh: 午休前, en: before noon}, until: 12:00, minutes: pause}
    closing: {title: {zh: 下班前, en: before closing}, minutes: pause}
  best:
    call: {prefer: [mornings, mondays, month_start], avoid: [month_ends, days_off, before_noon]}
  retry: {slots: [afternoons, mornings], after_days: 1, apart: 15}
steps:
  - id: call_debtor
    title: {zh: 拨打本人, en: Call the debtor}
    source: P1.2
    when: has_phone
    action: call
    addressee: debtor
    role: collector
    script: ""
  - id: call_later
    title: {zh: 再次拨打, en: Call again}
    source: P1.2
    when: has_phone
    action: call
    addressee: debtor
    role: collector
    prefer: [afternoons]
    avoid: [closing]
  - id: write
    title: {zh: 发邮件, en: Write}
    source: P1.2
    when: has_email
    action: email
    addressee: debtor
    role: collector
""".replace('    script: ""\n', "")


def read(text: str) -> tuple[playbook.Playbook | None, list[Problem]]:
    files = {"pack.yaml": PACK, "playbook.yaml": text}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    return book, [problem for problem in problems if problem.code != "script.missing"]


def test_times_are_read() -> None:
    book, problems = read(BOOK)
    assert problems == []
    assert book is not None

    times = book.times
    assert times.day == Span(510, 1080)
    assert times.named["mornings"].hours == Span(510, 690)
    assert times.named["mondays"].weekdays == {0}
    assert times.named["month_start"].first_days == 5
    assert times.named["month_ends"].last_days == 3
    assert times.named["days_off"].days_off
    assert times.named["before_noon"].hours == Span(690, 720), "the last minutes before noon"
    assert times.named["closing"].hours == Span(1050, 1080), "the day says when it ends"
    assert times.retry is not None
    assert [slot.name for slot in times.retry.slots] == ["afternoons", "mornings"]
    assert (times.retry.after_days, times.retry.apart) == (1, 15)


def test_a_step_has_its_own_times_or_those_of_its_kind_of_act() -> None:
    book, _problems = read(BOOK)
    assert book is not None

    def names(times: tuple[Time, ...]) -> list[str]:
        return [time.name for time in times]

    usual = book.step("call_debtor").preference
    assert names(usual.prefer) == ["mornings", "mondays", "month_start"]
    assert names(usual.avoid) == ["month_ends", "days_off", "before_noon"]
    own = book.step("call_later").preference
    assert (names(own.prefer), names(own.avoid)) == (["afternoons"], ["closing"])
    assert book.step("write").preference == NONE


def test_a_step_that_says_one_of_them_keeps_the_other() -> None:
    book, problems = read(BOOK.replace("    avoid: [closing]\n", ""))
    assert book is not None
    assert [p.code for p in problems] == ["playbook.unused"], "nothing else reads 'closing'"
    later = book.step("call_later").preference
    assert [time.name for time in later.avoid] == ["month_ends", "days_off", "before_noon"]


def test_a_playbook_may_do_without() -> None:
    start = BOOK.index("times:")
    end = BOOK.index("steps:")
    own = "    prefer: [afternoons]\n    avoid: [closing]\n"
    book, _problems = read((BOOK[:start] + BOOK[end:]).replace(own, ""))
    assert book is not None
    assert book.times.named == {} and book.times.retry is None
    assert {step.preference for step in book.steps} == {NONE}


MORNINGS = "from: 8:30, until: 11:30}"
RETRY = "retry: {slots: [afternoons, mornings], after_days: 1, apart: 15}"


@pytest.mark.parametrize(
    ("before", "after", "line", "code"),
    [
        # Names that nobody knows, with what was probably meant.
        ("prefer: [mornings,", "prefer: [mornigns,", 15, "yaml.choice_near"),
        ("before_noon]}", "before_nun]}", 15, "yaml.choice_near"),
        ("slots: [afternoons,", "slots: [afternoon,", 16, "yaml.choice_near"),
        ("prefer: [afternoons]", "prefer: [afternons]", 32, "yaml.choice_near"),
        ("weekdays: [mon]", "weekdays: [monday]", 8, "yaml.choice_near"),
        ("    call: {prefer", "    calls: {prefer", 15, "yaml.unknown_key_near"),
        ("after_days: 1", "aftre_days: 1", 16, "yaml.unknown_key_near"),
        ("first_days: 5", "frist_days: 5", 9, "yaml.unknown_key_near"),
        # Windows in which no minute lies, and such that lie outside the day.
        (MORNINGS, "from: 11:30, until: 8:30}", 6, "times.empty"),
        (MORNINGS, "from: 11:30, until: 11:30}", 6, "times.empty"),
        (MORNINGS, "from: 8:29, until: 11:30}", 6, "times.outside"),
        ("until: 17:30}", "until: 18:01}", 7, "times.outside"),
        ("minutes: pause}\n  best", "until: 9:00, minutes: 31}\n  best", 13, "times.outside"),
        ("day: {from: 8:30, until: 18:00}", "day: {from: 18:00, until: 8:30}", 4, "times.empty"),
        ("until: 12:00, minutes: pause", "until: 12:00, minutes: 0", 12, "yaml.range"),
        # What cannot be read.
        (MORNINGS, "from: 8.30, until: 11:30}", 6, "times.time"),
        (MORNINGS, "from: 8:30, until: 25:00}", 6, "times.time"),
        (", first_days: 5", ", first_days: 0", 9, "yaml.range"),
        (", last_days: 3", ", last_days: 32", 10, "yaml.range"),
        (", last_days: 3", "", 10, "times.always"),
        ("until: 12:00, minutes: pause", "from: 11:00, minutes: pause", 12, "times.begins"),
        # What cannot be meant.
        ("avoid: [month_ends,", "avoid: [mornings, month_ends,", 15, "times.both"),
        ("slots: [afternoons, mornings]", "slots: [mondays, mornings]", 16, "times.slot"),
        ("slots: [afternoons, mornings]", "slots: []", 16, "times.no_slot"),
        ("from: 14:00, until", "from: 11:29, until", 16, "times.overlap"),
        ("apart: 15}", "apart: 0}", 16, "yaml.range"),
        ("after_days: 1", "after_days: -1", 16, "yaml.range"),
        (", apart: 15}", "}", 16, "yaml.missing_key"),
    ],
)
def test_a_mistake_is_found_once_at_its_line(before: str, after: str, line: int, code: str) -> None:
    assert BOOK.count(before) == 1, before
    book, problems = read(BOOK.replace(before, after))
    errors = [problem for problem in problems if problem.severity == "error"]
    assert [(problem.code, problem.line) for problem in errors] == [(code, line)]
    assert book is None


def test_slots_that_touch_do_not_overlap() -> None:
    book, problems = read(BOOK.replace("from: 14:00, until", "from: 11:30, until"))
    assert (book is not None, problems) == (True, [])


def test_a_time_that_nothing_names_is_left_over() -> None:
    unused = "    fridays: {title: {zh: 周五, en: Friday}, weekdays: [fri]}\n"
    _book, problems = read(BOOK.replace("    closing: {", unused + "    closing: {"))
    assert [(p.code, p.line, p.severity) for p in problems] == [("playbook.unused", 13, "warning")]


def test_the_parameter_of_a_time_is_read() -> None:
    book, _problems = read(BOOK.replace("pause: 30", "pause: 45"))
    assert book is not None
    assert book.times.named["before_noon"].hours == Span(675, 720)
