"""A pack whose steps count from what was done before has a specification that can be run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from huikuan.planning import load, specified

FOLDER = Path(__file__).parent / "packs" / "tracks" / "late"
AGAIN = """
  - id: letter_again
    title: {zh: 再寄催告函, en: Send the demand again}
    source: tests
    when: balance > 0
    cadence: {from: last_done('letter'), occurs: [{day: 14}]}
    action: letter
    addressee: debtor
    role: legal
    deadline: 3
"""


@pytest.mark.django_db
def test_a_step_that_counts_from_another_is_specified(tmp_path: Path) -> None:
    folder = tmp_path / "late"
    shutil.copytree(FOLDER, folder)
    playbook = folder / "playbook.yaml"
    playbook.write_text(playbook.read_text("utf-8") + AGAIN.lstrip("\n"), "utf-8")

    checked = load.check("late", folder)
    assert {problem.code for problem in checked.problems} == {"script.missing"}
    found = specified.run(checked)
    assert [one.severity for one in found.problems] == ["warning"] * len(found.problems)
