"""What a specification does not show: of a rolled day off, the day on which it falls counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from huikuan.planning import load, specified
from huikuan.planning.tests.test_boundaries import PACK

pytestmark = pytest.mark.django_db
BOOK = """\
steps:
  - id: announce
    title: {zh: 预告, en: Announce}
    source: house rule
    per: item
    when: item_open > 0
    cadence: {from: item_due_on, occurs: [{day: -14, roll: previous}]}
    action: review
    addressee: house
    role: collector
"""
#: Two weeks before Saturday the 28th is a Saturday: the step comes on Friday the 13th.
CASES = """\
given: {item_due_on: 2026-03-28}
cases:
  - name: 到期前十四天为周六
    facts: {item_open: 100.00}
    days:
      2026-03-12: []
      2026-03-13: [announce]
{after}  - name: 已付清
    on: 2026-03-13
    facts: {item_open: 0.00}
    fires: []
"""


def lacking(folder: Path, after: str) -> list[str]:
    pack = folder / "odd"
    (pack / "tests").mkdir(parents=True)
    (pack / "pack.yaml").write_text(PACK, encoding="utf-8")
    (pack / "playbook.yaml").write_text(BOOK, encoding="utf-8")
    (pack / "tests" / "1.yaml").write_text(CASES.replace("{after}", after), encoding="utf-8")

    checked = load.check("odd", pack)
    assert checked.playbook is not None, [str(problem) for problem in checked.problems]
    return [problem.text() for problem in specified.run(checked).problems]


def test_a_rolled_day_is_shown_with_the_days_beside_the_one_on_which_it_falls(
    tmp_path: Path,
) -> None:
    assert lacking(tmp_path, "      2026-03-14: [announce]\n") == []


def test_a_rolled_day_without_the_day_after_it_is_not_shown(tmp_path: Path) -> None:
    assert lacking(tmp_path, "") == [
        "announce: day -14 is not shown with the days beside it, all else equal"
    ]
