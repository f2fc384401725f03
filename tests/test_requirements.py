"""Every demand of the procedures has a place, and the page that says so is true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from huikuan.engine import requirements
from huikuan.ops import procedures
from huikuan.planning import load
from tests.noticed import specification_of
from tests.test_mutations import PACKS

PAGE = Path(__file__).parents[1] / "docs" / "procedures.md"


@pytest.fixture(scope="module")
def met() -> dict[str, procedures.Met]:
    collected, wrong = procedures.collect()
    assert wrong == []
    return collected


def test_every_demand_has_a_place_or_says_why_not(met: dict[str, procedures.Met]) -> None:
    assert procedures.without_a_place(met) == []
    for row in requirements.shipped().values():
        known = row.belongs in requirements.subjects() or row.belongs == requirements.DONE
        assert known or row.rule, row.id


def test_no_demand_waits_for_work_that_is_closed() -> None:
    assert requirements.waiting_for_closed(requirements.shipped().values()) == []


def test_a_demand_that_waits_for_closed_work_is_found() -> None:
    rows = requirements.shipped()
    late = replace(rows["P6.1"], belongs="form")
    early = replace(rows["P6.1"], belongs="gate")
    assert requirements.waiting_for_closed([late, early]) == ["P6.1"]


def test_a_demand_without_a_place_is_found(met: dict[str, procedures.Met]) -> None:
    less = {code: one for code, one in met.items() if code != "P1.2.1"}
    assert procedures.without_a_place(less) == ["P1.2.1"]


def test_what_is_dropped_names_a_rule_or_a_law_that_there_is() -> None:
    rows = requirements.shipped()
    assert procedures.dropped_by_nothing(rows.values()) == []

    dropped = rows["P1.4.9"]
    for rule in ("CN-FREQ-TALKS", "CN-3P-PURPOSE; a law", ""):
        wrong = procedures.dropped_by_nothing([replace(dropped, rule=rule)])
        assert len(wrong) == 1, rule


def test_an_address_that_leads_nowhere_is_found() -> None:
    assert procedures._address("page", "desk:nowhere") is None
    assert procedures._address("table", "casebook_nothing") is None
    assert procedures._address("command", "import") == "command import"
    assert procedures._address("test", "tests/test_walls.py::test_nothing") is None
    assert procedures._address("test", "tests/test_nothing.py::test_nothing") is None


def test_the_page_is_up_to_date(met: dict[str, procedures.Met]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert procedures.updated(text, met) == text, "run: huikuan requirements --write"


def test_the_page_names_every_demand() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [code for code in requirements.shipped() if f"**{code}**" not in text] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_step_and_case_that_ships_names_what_it_serves(pack: str) -> None:
    whole = specification_of(pack)
    cases = [*whole.examples, *whole.queued]
    assert [step.id for step in whole.book.steps if not step.serves] == []
    assert [case.name for case in cases if not case.serves] == []


@pytest.mark.parametrize("pack", ["limits_cn", "limits_b2b"])
def test_every_contact_rule_that_ships_names_what_it_serves(pack: str) -> None:
    limits = load.check(pack, load.SHIPPED / pack).limits
    assert limits is not None
    assert [rule.id for rule in limits.rules if not rule.serves] == []
