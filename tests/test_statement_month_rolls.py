"""A date of the statement month that is a day off stays, or rolls as the pack says."""

from __future__ import annotations

from pathlib import Path

import pytest

from huikuan.engine import vocabulary
from huikuan.engine.playbook import Playbook, read_playbook
from huikuan.lib.calendar import china
from huikuan.planning import load, specification, specification_run
from huikuan.planning.expected import differences
from huikuan.planning.pack_files import texts_of

WORDS = vocabulary.standard()
PACK = load.SHIPPED / "b2b_receivables"
GIVEN = """
given:
  is_open: true
  debtor_kind: company
  has_point: true
  has_phone: true
  has_email: true
  balance: 0.00
  statement_cycle: true
  settles_by_receipts: false
cases:
"""
#: The day by which it is submitted, the 5th of April 2026, is a Sunday, and the 6th is a day off.
SUBMIT = """
  - name: submitted by the 5th
    on: 2026-04-01
    facts: {stated_month: 2026-03-01}
    fires: {month_submit: DAY}
"""
#: The 7th of March 2026 is a Saturday.
SEND = """
  - name: sent before the 8th
    on: 2026-03-04
    facts: {stated_month: 2026-02-01, month_submitted_on: 2026-03-03, month_checked_on: 2026-03-04}
    fires: {month_send: DAY}
"""
#: The 30th of May 2026 is a Saturday.
FINANCE = """
  - name: invoice data by the 30th
    on: 2026-05-16
    facts:
      stated_month: 2026-04-01
      month_submitted_on: 2026-05-04
      month_checked_on: 2026-05-05
      month_sent_on: 2026-05-06
      month_confirmed_on: 2026-05-16
    fires: {month_invoice_data: DAY}
"""

pytestmark = pytest.mark.django_db


def pack(step: str = "", roll: str = "") -> Playbook:
    """The procedure as it ships; or with a roll of the due day and of the last day of a step."""
    files = texts_of(PACK)
    if roll:
        before, after = files["playbook.yaml"].split(f"  - id: {step}\n")
        own, gap, others = after.partition("\n\n")
        lines = [rolled(line, roll) for line in own.splitlines()]
        files["playbook.yaml"] = f"{before}  - id: {step}\n" + "\n".join(lines) + gap + others

    book, problems = read_playbook(files, WORDS)
    assert book is not None, [str(problem) for problem in problems]
    return book


def rolled(line: str, roll: str) -> str:
    key, _colon, figure = line.partition(": ")
    if key.strip() not in ("due", "deadline"):
        return line
    return f"{key}: {{days: {figure}, roll: {roll}}}"


@pytest.mark.parametrize(
    ("step", "case", "roll", "day"),
    [
        ("month_submit", SUBMIT, "", "2026-04-05"),
        ("month_submit", SUBMIT, "next", "2026-04-07"),
        ("month_submit", SUBMIT, "previous", "2026-04-03"),
        ("month_send", SEND, "", "2026-03-07"),
        ("month_send", SEND, "next", "2026-03-09"),
        ("month_send", SEND, "previous", "2026-03-06"),
        ("month_invoice_data", FINANCE, "", "2026-05-30"),
        ("month_invoice_data", FINANCE, "next", "2026-06-01"),
        ("month_invoice_data", FINANCE, "previous", "2026-05-29"),
    ],
)
def test_a_date_that_is_a_day_off_rolls_as_the_pack_says(
    step: str, case: str, roll: str, day: str, tmp_path: Path
) -> None:
    book = pack(step, roll)
    file = tmp_path / "rolls.yaml"
    file.write_text(GIVEN + case.replace("DAY", day), encoding="utf-8")
    (example,), problems = specification.read_examples(file, book, WORDS)
    assert problems == []

    (fired,) = specification_run.answers(book, [example], WORDS, china())
    assert list(differences(example.fires, fired, book)) == []
