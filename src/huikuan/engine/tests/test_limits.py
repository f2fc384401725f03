"""Reading contact rules: everything wrong is said at once, with its place; figures are dated; the unverified is off."""

from __future__ import annotations

import datetime as dt

from huikuan.engine import limits, vocabulary
from huikuan.engine.limits import Limits, read_limits
from huikuan.lib.problems import Problem

WORDS = vocabulary.standard()
PACK = """
pack: own_caps
kind: limits
version: "1"
title: {zh: 自定, en: Own}
source: 本机构
effective_from: 2020-01-01
"""
RULE = """
rules:
  - id: OWN-CAP
    title: {zh: 每日两次, en: Two a day}
    clause: 本机构规定
    source: 会议纪要
    strength: must
    confidence: V1
    checked: 2026-11-23
    from: 2020-01-01
    decides: moment
    values: {cap: [{from: 2020-01-01, value: 3}, {from: 2026-07-01, value: 2, clause: 2026 年修订}]}
    refuse_when: effective_today >= cap
    earliest: next_day
"""


def read(rules: str = RULE, pack: str = PACK) -> tuple[Limits | None, list[Problem]]:
    return read_limits({"pack.yaml": pack, "rules.yaml": rules}, WORDS)


def only(rules: str) -> Problem:
    found, problems = read(rules)
    assert found is None and len(problems) == 1, [str(p) for p in problems]
    return problems[0]


def rule_of(rules: str = RULE) -> limits.Rule:
    found, problems = read(rules)
    assert found is not None, [str(p) for p in problems]
    return found.rules[0]


def test_ten_lines_are_a_rule() -> None:
    rule = rule_of()
    assert (rule.id, rule.strength, rule.active, rule.refuses, rule.confirm) == (
        "OWN-CAP",
        "must",
        True,
        True,
        False,
    )
    assert rule.channels == ("call", "sms", "email", "letter", "visit") and rule.exempt == ()
    assert rule.facts() == ["effective_today"]


def test_the_figure_in_force_is_that_of_the_day() -> None:
    rule = rule_of()
    assert rule.value_on("cap", dt.date(2019, 12, 31)) is None
    assert rule.value_on("cap", dt.date(2026, 6, 30)) == 3
    assert rule.value_on("cap", dt.date(2026, 7, 1)) == 2
    assert rule.clause_on(dt.date(2026, 6, 30)) == "本机构规定"
    assert rule.clause_on(dt.date(2026, 7, 1)) == "本机构规定; 2026 年修订"


def test_times_of_day_are_minutes() -> None:
    rule = rule_of(RULE.replace("value: 3", "value: 22:00"))
    assert rule.value_on("cap", dt.date(2020, 1, 1)) == 1320


def test_a_misspelt_fact_is_named_with_its_place() -> None:
    problem = only(RULE.replace("effective_today >= cap", "efective_today >= cap"))
    assert (
        str(problem)
        == "rules.yaml:13:18: 'efective_today' is not a fact; did you mean 'effective_today'?"
    )


def test_every_problem_at_once() -> None:
    wrong = (
        RULE.replace("must", "shall")
        .replace("V1", "V9")
        .replace("next_day", "soon")
        .replace("2026-11-23", "yesterday")
    )
    found, problems = read(wrong)
    assert found is None
    assert sorted(p.line or 0 for p in problems) == [7, 8, 9, 14]


def test_a_rule_of_the_moment_cannot_be_decided_by_the_day() -> None:
    assert "effective_today" in only(RULE.replace("decides: moment", "decides: day")).text()
    by_day = RULE.replace("effective_today >= cap", "not is_open").replace(
        "values: {cap:", "values: {unused:"
    )
    assert only(by_day).code == "limits.decides"
    assert rule_of(by_day.replace("decides: moment", "decides: day")).decides == "day"


def test_derived_facts_are_looked_through() -> None:
    assert limits.moment_facts(
        rule_of(RULE.replace("effective_today >= cap", "not agreed_now"))
    ) == [
        "agreed_from",
        "agreed_to",
        "minute",
    ]


def test_what_nobody_verified_is_off_and_stays_off() -> None:
    assert not rule_of(RULE.replace("confidence: V1", "confidence: M")).active
    assert rule_of(RULE.replace("confidence: V1", "confidence: V2")).confirm
    assert (
        only(RULE.replace("confidence: V1", "confidence: M\n    active: true")).code
        == "limits.unverified"
    )


def test_figures_that_leave_days_open_or_stand_in_disorder() -> None:
    assert only(RULE.replace("{from: 2020-01-01, value: 3}, ", "")).code == "limits.start"
    swapped = RULE.replace("2020-01-01, value: 3", "2026-08-01, value: 3").replace(
        "from: 2020-01-01\n", "from: 2026-08-01\n"
    )
    assert only(swapped).code == "limits.order"


def test_a_figure_with_the_name_of_a_fact() -> None:
    assert only(RULE.replace("cap", "minute")).code == "limits.value"


def test_hours_need_their_bounds() -> None:
    assert only(RULE.replace("next_day", "next_hours")).code == "limits.hours"


def test_look_backs_are_refused() -> None:
    problem = only(
        RULE.replace(
            "effective_today >= cap", "effective_today >= cap or months_past(placed_on) > 3"
        )
    )
    assert problem.code == "limits.look_back"


def test_ids_fit_the_verdict_column() -> None:
    assert only(RULE.replace("OWN-CAP", "OWN-CAP-THAT-IS-FAR-TOO-LONG")).code == "limits.id"
    assert only(RULE.replace("OWN-CAP", "own cap")).code == "limits.id"


def test_one_rule_twice() -> None:
    found, problems = read(RULE + RULE.split("rules:\n")[1])
    assert found is None and [p.code for p in problems] == ["limits.twice"]


def test_a_playbook_is_no_limits_pack() -> None:
    found, problems = read(pack=PACK.replace("kind: limits", "kind: playbook"))
    assert found is None and [p.code for p in problems] == ["limits.kind"]


def test_no_rules_file() -> None:
    found, problems = read_limits({"pack.yaml": PACK}, WORDS)
    assert found is None and problems
