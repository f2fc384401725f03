"""What `huikuan explain` says of a step: figures, amounts with their currency, and in words why a
case is another procedure's, or why another way goes first.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from huikuan.casebook import bindings, facts
from huikuan.casebook.models import Case
from huikuan.engine.playbook import read_playbook
from huikuan.engine.vocabulary import standard
from huikuan.ops.commands import explain
from huikuan.outbox.tests import mails
from huikuan.planning import load
from huikuan.planning.pack_files import texts_of
from tests import people
from tests.test_tracks import put_in_force

PACKS = Path(__file__).parent / "packs"
TRACKS = PACKS / "tracks"
FOLDERS = {
    **load.folders(),
    "early": TRACKS / "early",
    "late": TRACKS / "late",
    "overdue_states": PACKS / "overdue_states",
    "dunning_levels": PACKS / "dunning_levels",
    "delinquency_buckets": PACKS / "delinquency_buckets",
}
ON = dt.date(2026, 3, 2)


@pytest.mark.parametrize("name", FOLDERS)
def test_the_days_of_a_step_are_said_in_figures(name: str) -> None:
    book, problems = read_playbook(texts_of(FOLDERS[name]), standard())
    if book is None:
        assert name.startswith("limits"), problems
        return
    for step in book.steps:
        named = re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'", "", step.cadence_text))
        assert not set(named) & set(book.parameters), step.cadence_text


def followed(monkeypatch: pytest.MonkeyPatch, *packs: str, days: int) -> Case:
    """A customer so many days late, whose cases follow these procedures."""
    in_force = (*packs, "limits_cn")
    monkeypatch.setattr(load, "folders", lambda: {name: FOLDERS[name] for name in in_force})
    manager = people.make_user("manager")
    for name in in_force:
        put_in_force(FOLDERS[name], manager)

    creditor = people.make_creditor()
    act = people.make_act(at=people.moment(ON))
    bindings.set_packs(creditor.pk, "card", packs, from_on=ON, act=act)
    due_on = ON - dt.timedelta(days)
    case = people.make_case(placed_on=ON, items=[(due_on, 123_450)], product="card")
    people.make_point(case, kind="email", value=mails.TO)
    people.make_point(case, kind="mobile")
    facts.refresh([case.pk])
    return case


def told(case: Case, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    parser = argparse.ArgumentParser()
    explain.arguments(parser)
    given = [case.number, "--on", str(ON), "--organisation", "house", *words]
    assert explain.run(parser.parse_args(given)) == 0
    return capsys.readouterr().out


def of_step(text: str, step: str) -> str:
    """The lines of one step."""
    return next(part for part in re.split(r"\n(?=[✓·])", text) if f" {step} " in part)


def parts_of(text: str, step: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in text.splitlines()]
    return next(row["parts"] for row in rows if row["step"] == step)


@pytest.mark.django_db
def test_a_case_that_is_handed_over_says_to_which_procedure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = followed(monkeypatch, "early", "late", days=91)
    text = of_step(told(case, capsys), "call")
    assert "已移交给 late，因为 days_past_due > 90" in text
    assert " if " not in text

    parts = parts_of(told(case, capsys, "--json"), "call")
    (handed,) = [part for part in parts if part["handed_over_to"]]
    assert (handed["handed_over_to"], handed["holds"]) == ("late", False)
    assert handed["text"] == "not days_past_due > 90"


@pytest.mark.django_db
def test_a_step_that_gives_way_to_another_one_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = followed(monkeypatch, "overdue_states", days=4)
    text = told(case, capsys)
    assert "优先用其他方式，因为 has_email" in of_step(text, "warn_sms")
    assert " else " not in text


@pytest.mark.django_db
def test_amounts_are_said_with_their_currency(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = followed(monkeypatch, "overdue_states", days=4)
    text = of_step(told(case, capsys), "warn")
    assert "overdue=¥1,234.50" in text
    assert "123450" not in text
    shown = parts_of(told(case, capsys, "--json"), "warn")
    assert {"overdue": 123450}.items() <= {
        name: value for part in shown for name, value in part["facts"].items()
    }.items()
