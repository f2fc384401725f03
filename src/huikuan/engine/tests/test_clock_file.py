"""clocks.yaml: what is read, and one mistake each: where it is and what it is."""

from __future__ import annotations

import datetime as dt

import pytest

from huikuan.engine import playbook, vocabulary
from huikuan.engine.clock import Clock, Extension, Length, Office, Penalty, Rung, Table
from huikuan.lib.problems import Problem

ROLES = ("collector", "team_lead", "supply_chain")
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
  fetch_hours: 1
steps: []
"""
CLOCKS = """\
clocks:
  - id: fetched
    title: {zh: 取回, en: Fetched}
    source: P4.1
    per: placement
    starts: arrived
    stops: [fetched, refused]
    within: {hours: fetch_hours}
    role: supply_chain
    extension: {at_most: {hours: 3}, by: supply_chain, reason_within: {hours: 1}}
  - id: filtered
    title: {zh: 过滤, en: Filtered}
    source: P4.6
    per: placement
    starts: allocated
    stops: refused
    within:
      by: accounts
      table: [{up_to: 300, days: 2}, {up_to: 500, days: 3}]
      above: {every: 200, days: 1}
    role: team_lead
  - id: told
    title: {zh: 告知, en: Told}
    source: own
    per: case
    starts: placed
    stops: told
    within: {working_days: 2}
    role: collector
    cut_off: 17:30
    pauses: [complaint]
    penalty: {kind: score, points: 2, title: {zh: 扣分, en: Points}}
  - id: asked
    title: {zh: 申请, en: Asked}
    source: own
    per: case
    starts: placed
    stops: visit_asked
    within: {office_hours: 3}
    role: collector
    office: {opens: 09:00, closes: 18:00}
"""


WITHOUT_SOURCE = "    per: case\n    starts: placed\n    stops: v"


def read(clocks: str) -> tuple[dict[str, Clock], list[Problem]]:
    files = {"pack.yaml": PACK, "playbook.yaml": BOOK, "clocks.yaml": clocks}
    book, problems = playbook.read_playbook(files, vocabulary.standard(), roles=ROLES)
    clocks = book.clocks if book is not None else ()
    return {clock.id: clock for clock in clocks}, problems


def test_what_stands_in_the_file_is_read() -> None:
    clocks, problems = read(CLOCKS)
    assert problems == []

    fetched = clocks["fetched"]
    assert (fetched.starts, fetched.stops) == (("arrived",), ("fetched", "refused"))
    assert fetched.within == Length("hours", 1), "a parameter by its name"
    assert fetched.extension == Extension(Length("hours", 3), ("supply_chain",), Length("hours", 1))
    rungs = (Rung(300, Length("days", 2)), Rung(500, Length("days", 3)))
    assert clocks["filtered"].within == Table("accounts", rungs, every=200, more=1)
    told = clocks["told"]
    assert (told.cut_off, told.pauses) == (dt.time(17, 30), ("complaint",))
    assert told.penalty == Penalty("score", {"zh": "扣分", "en": "Points"}, 2)
    assert clocks["asked"].office == Office(dt.time(9), dt.time(18))


def test_a_pack_without_the_file_has_none() -> None:
    files = {"pack.yaml": PACK, "playbook.yaml": "steps: []\n"}
    book, problems = playbook.read_playbook(files, vocabulary.standard(), roles=ROLES)
    assert problems == []
    assert book is not None
    assert book.clocks == ()


@pytest.mark.parametrize(
    ("was", "now", "line", "code"),
    [
        ("per: placement", "per: plcement", 5, "yaml.choice_near"),
        ("starts: arrived", "starts: arived", 6, "yaml.choice_near"),
        ("starts: arrived", "starts: []", 6, "clock.no_event"),
        ("starts: arrived", "starts: fetched", 7, "clock.never"),
        ("stops: [fetched, refused]", "stops: told", 7, "yaml.choice_near"),
        ("{hours: fetch_hours}", "{hours: fetch_hour}", 8, None),
        ("{hours: fetch_hours}", "{hours: 0}", 8, "yaml.range"),
        ("{hours: fetch_hours}", "{hours: 1, days: 1}", 8, "clock.length"),
        ("{hours: fetch_hours}", "{weeks: 1}", 8, None),
        ("role: supply_chain\n    ext", "role: supplychain\n    ext", 9, "yaml.choice_near"),
        ("{at_most: {hours: 3}", "{at_most: {hours: 1}", 10, "clock.extension"),
        ("by: supply_chain", "by: nobody", 10, "yaml.choice"),
        ("    extension:", "    pauses: complaint\n    extension:", 10, "clock.pauses"),
        ("    extension:", "    cut_off: 17:30\n    extension:", 10, "clock.cut_off"),
        ("id: filtered", "id: fetched", 11, "clock.twice"),
        ("by: accounts", "by: acounts", 18, "yaml.choice_near"),
        ("{up_to: 300,", "{up_to: 600,", 18, "clock.table"),
        ("{every: 200, days: 1}", "{every: 200, hours: 1}", 18, "clock.table"),
        ("{up_to: 300,", "{up_to: 0,", 19, "yaml.range"),
        ("cut_off: 17:30", "cut_off: 25:30", 30, "clock.time"),
        ("pauses: [complaint]", "pauses: [complain]", 31, "yaml.choice_near"),
        ("kind: score", "kind: deduction", 32, "clock.deduction"),
        ("kind: score", "kind: fine", 32, "yaml.choice"),
        ("    office: {opens: 09:00, closes: 18:00}\n", "", 39, "clock.office_missing"),
        ("closes: 18:00", "closes: 08:00", 41, "clock.office"),
        (f"    source: own\n{WITHOUT_SOURCE}", WITHOUT_SOURCE, 33, None),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(was: str, now: str, line: int, code: str | None) -> None:
    assert was in CLOCKS
    clocks, problems = read(CLOCKS.replace(was, now, 1))
    assert clocks == {}, "a pack with a mistake is not loaded at all"
    found = {(problem.file, problem.line, problem.code) for problem in problems}
    places = {(file, number) for file, number, _code in found}
    assert ("clocks.yaml", line) in places, found
    if code is not None:
        assert ("clocks.yaml", line, code) in found, found


def test_every_mistake_is_named_at_once() -> None:
    wrong = CLOCKS.replace("starts: arrived", "starts: arived").replace("opens: 09:00", "opens: x")
    _clocks, problems = read(wrong)
    assert {6, 41} <= {problem.line for problem in problems}
