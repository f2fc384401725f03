"""`huikuan lock` does what the page of the deliveries does, and refuses the same."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from huikuan.casebook.models import DeliveryLock, Document, OutboxMessage
from huikuan.ops.cli import USAGE
from huikuan.ops.commands import done
from huikuan.ops.commands import lock as command
from huikuan.people.models import User
from tests import people
from tests.receivables.conftest import LATE, Office
from tests.receivables.test_lock import grant, tasks

pytestmark = pytest.mark.long
SET = ("--orders", "new", "--reason", "屡催不付", "--told", "mail")


@pytest.fixture(autouse=True)
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: people.moment(LATE, 10))


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    code = command.run(parser.parse_args([*words, "--organisation", "house", "--json"]))
    return code, json.loads(capsys.readouterr().out or "{}")


def test_a_granted_lock_is_set_and_ended(
    late: Office,
    proprietor: User,
    capsys: pytest.CaptureFixture[str],
) -> None:
    grant(late, proprietor)
    actor = ("--as", late.manager.username)
    code, told = run(capsys, "set", late.case.number, *SET, *actor)
    lock = DeliveryLock.objects.get()
    assert (code, told["lock"], told["kind"], told["problems"]) == (0, lock.pk, "lock", [])
    assert (told["message"], told["notice"]) == (lock.message_id, lock.notice_id)
    assert OutboxMessage.objects.get(pk=told["message"]).purpose == "erp.lock"

    end = ("end", late.case.number, "--reason", "已提供担保", "--told", "otherwise", *actor)
    assert run(capsys, *end, "--because", "overdue") == (USAGE, {})
    code, told = run(capsys, *end, "--because", "secured")
    assert (code, told["kind"], told["notice"]) == (0, "unlock", None)


def test_nothing_is_locked_without_the_grant(
    late: Office,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, told = run(capsys, "set", late.case.number, *SET, "--as", late.manager.username)
    assert (code, told["lock"]) == (1, None)
    assert [problem["code"] for problem in told["problems"]] == ["done.approval"]
    assert not DeliveryLock.objects.exists()


def test_a_signed_contract_needs_ground_and_evidence(
    late: Office,
    proprietor: User,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    grant(late, proprietor)
    common = ("--reason", "屡催不付", "--told", "otherwise", "--as", late.manager.username)
    words = ("set", late.case.number, "--orders", "signed", *common)
    _code, told = run(capsys, *words)
    assert [problem["code"] for problem in told["problems"]] == ["lock.ground", "lock.evidence"]

    file = tmp_path / "contract.pdf"
    assert run(capsys, *words, "--ground", "526", "--evidence", str(file))[0] == USAGE
    file.write_bytes(b"%PDF-1.7 x")
    assert run(capsys, *words, "--ground", "526", "--evidence", str(file))[0] == 0
    assert Document.objects.get(kind="lock_evidence").name == "contract.pdf"


def test_a_note_does_not_lock_but_names_the_command(
    late: Office,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = argparse.ArgumentParser()
    done.arguments(parser)
    words = [str(tasks("lock")[0].pk), "--as", late.manager.username, "--json"]
    assert done.run(parser.parse_args(words)) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["code"] == "done.by_command"
    assert "huikuan lock" in problem["remedy"]
