"""No reason, condition or day of a shipped procedure is shown in a name of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from huikuan.casebook import pack_names, packs
from huikuan.casebook.models import PackVersion
from huikuan.engine.nodes import conjuncts
from huikuan.engine.plan import values_read
from huikuan.engine.playbook import Step
from huikuan.planning import load
from huikuan.web.pack_words import fact_label, fact_value, words_of
from huikuan.web.templatetags.huikuan_facts import reasons

pytestmark = pytest.mark.django_db
#: A name of the program, or a word of its language; a capital abbreviation is one of the field.
CODE = re.compile(r"[A-Za-z]+_\w*|_\w+|\b[a-z]{2,}\b")
CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(autouse=True)
def versions(db: None) -> dict[str, PackVersion]:
    """The shipped playbooks, stored."""
    load.load_all(at=timezone.now())
    stored = PackVersion.objects.filter(kind=PackVersion.Kind.PLAYBOOK)
    return {version.pack: version for version in stored}


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def steps(versions: dict[str, PackVersion]) -> Iterator[tuple[PackVersion, Step]]:
    for version in versions.values():
        for step in packs.playbook_of(version).steps:
            yield version, step


def names_of(version: PackVersion, step: Step) -> list[str]:
    """The names in the reasons of its tasks."""
    book = packs.playbook_of(version)
    return list(values_read([step.cadence.base, step.own], book.vocabulary))


def test_every_name_in_a_reason_of_a_shipped_step_is_words(
    versions: dict[str, PackVersion],
) -> None:
    codes = [
        (step.id, name, label)
        for version, step in steps(versions)
        for name in names_of(version, step)
        for label in (words_of(version).label(name), fact_label(name))
        if CODE.search(label) or not CHINESE.search(label)
    ]
    assert codes == []


def test_every_outcome_in_a_reason_is_its_title(versions: dict[str, PackVersion]) -> None:
    listed = [
        (version, code)
        for version in versions.values()
        for code in pack_names.of_version(version).outcomes
    ]
    assert len(listed) > 20
    for version, code in listed:
        for fact in ("talk_outcome", "last_outcome"):
            shown = (words_of(version).value(fact, code), fact_value(fact, code))
            assert all(CHINESE.search(word) and not CODE.search(word) for word in shown), code


def test_every_condition_and_every_day_of_a_shipped_step_is_words(
    versions: dict[str, PackVersion],
) -> None:
    shown = []
    for version, step in steps(versions):
        words = words_of(version)
        texts = [words.says(part) for part in conjuncts(step.when)]
        texts += [*words.conditions(step), words.days(step.cadence)]
        shown += [(step.id, text) for text in texts]

    assert len(shown) > 300
    assert [each for each in shown if CODE.search(each[1])] == []


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("talk_outcome=says_paid", ("最近本人通话结果", "称已付款")),
        (
            "last_done_finance_check=",
            ("上次办理“客户称已付款，财务核对到账；未到账注明继续催收”", "从未"),
        ),
        ("last_done_finance_check=2026-11-28", (None, "2026-11-28")),
        ("days_held_item_due_on=0", ("到期日之后的停催天数", "0 天")),
        ("times_done_supervisor=1", ("“两周无进展，报主管”已办次数", "1")),
        ("demandable=12300", ("可催金额", "¥123.00")),
        ("month_state=confirmed", (None, "已确认")),
    ],
)
def test_a_reason_of_a_task_is_read_in_the_words_of_its_procedure(
    versions: dict[str, PackVersion], reason: str, shown: tuple[str | None, str]
) -> None:
    version = versions["b2b_receivables"]
    task = SimpleNamespace(reason=f"{reason}\non=2026-11-28", pack_version_id=version.pk)
    ((label, value),) = reasons(task)
    wanted_label, wanted_value = shown
    assert value == wanted_value
    assert wanted_label in (None, label)


@pytest.mark.parametrize(
    ("step", "says", "days"),
    [
        (
            "chase_call",
            ["“承诺付款涵盖可催账款，承诺日前不催”：否", "今日已与客户通话：否"],
            "起算日为到期日：第 1 天起，每 2 天一次；第 14 天起，每天",
        ),
        (
            "remind_before_due",
            ["当日不晚于到期日"],
            "起算日为到期日：提前 7 天，至当天止",
        ),
        ("month_check", ["对账状态为 主管审核中"], "起算日为对账单应编日：当天"),
    ],
)
def test_a_step_is_read_without_its_names(
    versions: dict[str, PackVersion], step: str, says: list[str], days: str
) -> None:
    version = versions["b2b_receivables"]
    found = packs.playbook_of(version).step(step)
    words = words_of(version)
    assert (words.conditions(found), words.days(found.cadence)) == (says, days)


def test_the_same_in_english(versions: dict[str, PackVersion]) -> None:
    version = versions["b2b_receivables"]
    with translation.override("en"):
        words = words_of(version)
        told = words.says(packs.playbook_of(version).step("finance_check").own)
        assert told == "“said to be paid, and finance has not looked yet”: yes"
        assert words.value("talk_outcome", "says_paid") == "says it is paid"
        assert words.label("last_done_finance_check").startswith("last done: “Said to be paid")
