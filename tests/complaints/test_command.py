"""`huikuan complaint` does what the pages do, and what the pages refuse it refuses."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from huikuan.casebook.models import Approval, Complaint, Hold
from huikuan.ops.commands import complaint as command
from huikuan.people.models import User
from tests.complaints.conftest import Office, summary


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command as a user; gives its exit code and what it printed as JSON."""

    def run(user: User, *words: object) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        given = [str(word) for word in words]
        args = parser.parse_args([*given, "--as", user.username, "--json"])
        code = command.run(args)
        return code, json.loads(capsys.readouterr().out or "{}")

    return run


def received(office: Office, key: str) -> list[str]:
    words = {
        "channel": "phone",
        "who": "debtor",
        "name": "王某",
        "reach": "13800001234",
        "said": "骂人",
        "case": office.case.number,
        "about": office.collector.username,
        "key": key,
    }

    return ["receive", *(part for name, text in words.items() for part in (f"--{name}", text))]


def test_a_complaint_is_worked_by_command(office: Office, call: Any) -> None:
    code, told = call(office.clerk, *received(office, "k1"))
    number = told["complaint"]
    assert code == 0
    assert call(office.clerk, *received(office, "k1"))[0] == 1, "the same key opens no second one"
    assert Complaint.objects.count() == 1

    code, told = call(office.clerk, "accept", number)
    assert (code, told["problems"][0]["code"]) == (1, "complaint.no_point")
    points = ["--point", "conduct|骂人|道歉"]
    points += ["--point", f"paid|已还|核对|item:{office.items[0].number}"]
    assert call(office.clerk, "accept", number, *points)[0] == 0
    assert Hold.objects.get().item == office.items[0]

    code, told = call(office.clerk, "own", number, office.lead.username)
    assert (code, told["problems"][0]["code"]) == (1, "complaint.owner_interest")
    assert call(office.clerk, "own", number, office.clerk.username)[0] == 0

    waiver = ["propose", number, "waiver", "--text", "减免", "--amount", 50_000]
    code, told = call(office.clerk, *waiver)
    assert (code, told["event"]) == (0, None)
    request = Approval.objects.get()
    assert call(office.manager, "approve", request.pk, "--grant")[0] == 0
    for words in (
        ["answer", number, "yes", "--text", "可以"],
        ["departments", number, "quality_supervision", "--question", "请核对录音"],
        ["report", number, "--note", "平台填报"],
        ["decide", number, 1, "upheld", "--text", "属实"],
        ["decide", number, 2, "unfounded", "--text", "未还"],
        ["reply", number, "--text", "已告知"],
        ["close", number, "partly", "--text", "已道歉", "--lesson", "加强培训"],
        ["result", number, "--note", "平台填报"],
        ["dossier", number],
    ):
        code, told = call(office.clerk, *words)
        assert code == 0, (words, told)
    assert told["counts"]["points"] == 2
    assert summary(Complaint.objects.get()).result_reported_on is not None
