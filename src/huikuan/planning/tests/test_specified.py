"""What a pack's folder says beside the days of its steps: queues, what each step is, and its talks.

A copy of a pack that says another word anywhere does not come out, and names file and line.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from huikuan.planning import load, specified
from huikuan.planning.tests.test_boundaries import PACK

pytestmark = pytest.mark.django_db
FILES = {
    "pack.yaml": PACK,
    "playbook.yaml": """\
parameters: {handover_note_days: 14, large_amount: 50000, next_contact_days: 3}
queues: {key: balance >= large_amount}
requires: [oldest_due_on]
promise_amounts: [overdue, balance]
approvals: {complaint.refund: {by: [{role: team_lead, up_to: 50 CNY}, manager]}}
steps:
  - id: check
    title: {zh: 审核, en: Check}
    source: house rule
    per: statement
    when: month_state == 'submitted'
    cadence: {from: month_from_on, occurs: [{day: 0}]}
    action: statement
    addressee: house
    role: team_lead
    records: checked
    checks: submitted
    priority: 20
""",
    "outcomes.yaml": """\
reasons: {other: {zh: 其他, en: other}}
answers:
  - who: debtor
    title: {zh: 本人, en: debtor}
    outcomes:
      - code: disputes
        title: {zh: 有异议, en: disputes}
        right_party: true
        needs: [note]
        hold: {kind: dispute, scope: item}
        follow_up: [next_contact]
  - who: nobody
    title: {zh: 无人, en: nobody}
    outcomes:
      - {code: no_answer, title: {zh: 无人接听, en: no answer}}
""",
    "tests/1.yaml": """\
given: {stated_month: 2026-02-01, month_submitted_on: 2026-03-03}
cases:
  - name: 已提交，主管审核
    days:
      2026-02-28: []
      2026-03-01: [check]
      2026-03-02: [check]
  - name: 尚未提交
    on: 2026-03-01
    facts: {month_submitted_on: none}
    fires: []
""",
    "tests/queues/1.yaml": """\
cases:
  - name: 差一分不到五万元
    on: 2026-03-01
    facts: {balance: 49999.99}
    queues: []
  - name: 正好五万元
    facts: {balance: 50000.00}
    days:
      2026-03-01: [key]
""",
    "tests/steps/1.yaml": """\
figures: {handover_note_days: 14}
requires: [oldest_due_on]
promise_amounts: [overdue, balance]
approvals: {complaint.refund: "team_lead up to 50 CNY, then manager"}
steps:
  check:
    {action: statement, addressee: house, role: team_lead, priority: 20, records: checked,
     checks: submitted}
""",
    "tests/talks/1.yaml": """\
next_contact_days: 3
talks:
  - {who: debtor, outcome: disputes, right_party: true, asks: [note], hold: [dispute, item],
     offers: [next_contact]}
  - {who: nobody, outcome: no_answer}
""",
}


def said(folder: Path, file: str = "", old: str = "", new: str = "") -> list[str]:
    """What is said of the pack, with one text of a file exchanged for another."""
    pack = folder / "odd"
    for name, text in FILES.items():
        path = pack / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == file:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")

    checked = load.check("odd", pack)
    assert checked.playbook is not None, [str(problem) for problem in checked.problems]
    with translation.override("en"):
        found = specified.run(checked).problems
    return [f"{problem.severity} {problem.place}: {problem.text()}" for problem in found]


def test_the_pack_comes_out_as_it_is(tmp_path: Path) -> None:
    assert said(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "difference"),
    [
        ("playbook.yaml", "large_amount: 50000", "large_amount: 50001",
         "queues/1.yaml:9", "it does not stand in key"),
        ("playbook.yaml", "large_amount: 50000", "large_amount: 49999",
         "queues/1.yaml:2", "it stands in key"),
        ("playbook.yaml", "handover_note_days: 14", "handover_note_days: 15",
         "steps/1.yaml:1", "handover_note_days is 15, not 14"),
        ("playbook.yaml", "records: checked", "records: sent",
         "steps/1.yaml:7", "records is sent, not checked"),
        ("playbook.yaml", "    checks: submitted\n", "",
         "steps/1.yaml:7", "checks is none, not submitted"),
        ("playbook.yaml", "priority: 20", "priority: 21",
         "steps/1.yaml:7", "priority is 21, not 20"),
        ("playbook.yaml", "priority: 20", "priority: 20\n    together: true",
         "steps/1.yaml:7", "together is true, not false"),
        ("playbook.yaml", "requires: [oldest_due_on]", "requires: []",
         "steps/1.yaml:2", "requires is none, not oldest_due_on"),
        ("playbook.yaml", "[overdue, balance]", "[overdue]",
         "steps/1.yaml:3", "promise_amounts is overdue, not overdue, balance"),
        ("playbook.yaml", "up_to: 50 CNY", "up_to: 60 CNY",
         "steps/1.yaml:4", "complaint.refund is team_lead up to 60 CNY, then manager"),
        ("playbook.yaml", "next_contact_days: 3", "next_contact_days: 4",
         "talks/1.yaml:1", "next_contact_days is 4, not 3"),
        ("outcomes.yaml", "scope: item", "scope: case",
         "talks/1.yaml:3", "hold is [dispute, case], not [dispute, item]"),
        ("outcomes.yaml", "needs: [note]", "needs: [note, evidence]",
         "talks/1.yaml:3", "asks is [note, evidence], not [note]"),
        ("outcomes.yaml", "follow_up: [next_contact]", "follow_up: []",
         "talks/1.yaml:3", "offers is [], not [next_contact]"),
        ("outcomes.yaml", "code: no_answer", "code: busy",
         "talks/1.yaml:5", "outcome is none, not no_answer"),
    ],
)  # fmt: skip
def test_another_word_does_not_come_out(
    tmp_path: Path, file: str, old: str, new: str, place: str, difference: str
) -> None:
    lines = said(tmp_path, file, old, new)
    wrong = [line for line in lines if line.startswith(f"error tests/{place}: ")]
    assert [difference in line for line in wrong] == [True], lines


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("tests/queues/1.yaml", "balance: 49999.99}\n    queues: []",
         "balance: 60000.00}\n    queues: [key]",
         "playbook.yaml:1: queue key: no case shows who stands in it, and who does not"),
        ("playbook.yaml", "  - id: check\n",
         "  - id: look\n    title: {zh: 看, en: Look}\n    source: house rule\n"
         "    when: balance > 0\n    action: review\n    addressee: house\n"
         "    role: collector\n  - id: check\n",
         "playbook.yaml:7: look: the table of the steps says nothing of it"),
        ("tests/steps/1.yaml", "requires: [oldest_due_on]\n", "",
         "playbook.yaml:1: requires: the table of the steps says nothing of it"),
        ("tests/steps/1.yaml", "promise_amounts: [overdue, balance]\n", "",
         "playbook.yaml:1: promise_amounts: the table of the steps says nothing of it"),
        ("tests/talks/1.yaml", "  - {who: nobody, outcome: no_answer}\n", "",
         "outcomes.yaml:15: nobody no_answer: the table of the talks says nothing of it"),
    ],
)  # fmt: skip
def test_what_is_not_shown_is_a_warning(
    tmp_path: Path, file: str, old: str, new: str, line: str
) -> None:
    lines = said(tmp_path, file, old, new)
    assert f"warning {line}" in lines
    assert not any(line.startswith("error") for line in lines)


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("tests/queues/1.yaml", "queues: []", "queues: [kee]", "queues/1.yaml:5"),
        ("tests/steps/1.yaml", "  check:", "  chek:", "steps/1.yaml:6"),
        ("tests/steps/1.yaml", "records: checked", "record: checked", "steps/1.yaml:7"),
        ("tests/steps/1.yaml", "handover_note_days", "handover_days", "steps/1.yaml:1"),
        ("tests/steps/1.yaml", "complaint.refund", "complaint.refnd", "steps/1.yaml:4"),
        ("tests/talks/1.yaml", "who: nobody", "who: noboddy", "talks/1.yaml:5"),
        ("tests/talks/1.yaml", "asks: [note]", "ask: [note]", "talks/1.yaml:3"),
    ],
)
def test_a_misspelt_word_is_an_error_at_its_place(
    tmp_path: Path, file: str, old: str, new: str, place: str
) -> None:
    lines = said(tmp_path, file, old, new)
    assert any(line.startswith(f"error tests/{place}") for line in lines), lines
