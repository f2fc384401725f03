"""huikuan allocate."""

from __future__ import annotations

import json

import pytest

from huikuan.allocation.tests import conftest
from huikuan.allocation.tests.conftest import ON, House
from huikuan.casebook.models import AllocationRun, Assignment
from huikuan.ops import cli
from huikuan.ops.commands import allocate

house = conftest.house  # the fixture


def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    import argparse

    parser = argparse.ArgumentParser()
    allocate.arguments(parser)
    code = allocate.run(
        parser.parse_args(["--on", ON.isoformat(), "--organisation", "house", *words])
    )
    return code, capsys.readouterr().out


def test_a_proposal_then_confirmed_then_nothing_left(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = call(capsys, "--team", "north", "--json")
    answer = json.loads(out)
    assert (code, answer["cases"], answer["placed"], answer["assigned"], answer["status"]) == (
        0,
        12,
        12,
        0,
        "proposed",
    )
    assert {row["user"] for row in answer["collectors"]} == {
        user.username for user in house.collectors[:3]
    }
    code, out = call(capsys, "--team", "north", "--confirm", "--json")
    assert (code, json.loads(out)["assigned"]) == (0, 12)
    code, out = call(capsys, "--confirm", "--json")
    assert (code, json.loads(out)["cases"], json.loads(out)["run"]) == (0, 0, None)
    assert Assignment.objects.count() == 12
    assert AllocationRun.objects.filter(status="confirmed").count() == 1


def test_in_words(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.collectors[0].__class__.objects.filter(team=house.north).update(capacity=2)
    code, out = call(capsys, "--team", "north")
    assert code == 1  # six cases could not be placed
    assert house.collectors[0].display_name in out
    with pytest.raises(cli.CommandError, match="north"):
        call(capsys, "--team", "west")
