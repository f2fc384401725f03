"""`huikuan statement` lists, shows and enters what the pages do, with the same checks."""

from __future__ import annotations

import argparse
import json

import pytest
from django.utils import timezone

from huikuan.casebook.models import ContactPoint, OutboxMessage, StatementEvent, Task
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import done
from huikuan.ops.commands import statement as command
from tests import people
from tests.receivables.conftest import FIRST, Office, november

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(timezone, "now", lambda: people.moment(november(16), 10))
    office.open()
    return office


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args([*words, "--organisation", "house"]))


def told(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_statements_of_a_month(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0
    (row,) = told(capsys)
    assert (row["case"], row["month"], row["state"]) == (office.case.number, "2026-10", "none")
    assert row["month_from_on"] == "2026-11-01"
    run("list", "--month", "2026-09", "--json")
    run("list", "--state", "sent", "--json")
    assert told(capsys) == []


def test_one_statement_with_its_items(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.send()
    assert run("show", office.case.number, "2026-10", "--json") == 0
    (whole,) = told(capsys)
    assert [item["number"] for item in whole["items"]] == ["INV-1", "INV-2"]
    assert [event["event"] for event in whole["events"]] == ["submitted", "checked", "sent"]
    assert whole["events"][0]["by"] == office.collector.username


def test_one_statement_in_the_words_of_its_page(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.send()
    office.record("confirmed", november(16), office.collector)

    assert run("show", office.case.number, "2026-10") == 0
    head, first, _second, *events = capsys.readouterr().out.splitlines()
    assert head.endswith("已确认")
    assert first.split() == [
        "INV-1",
        "2026-12-10",
        "¥100.00",
        "未付",
        "¥100.00",
        "已于",
        "2026-11-16",
        "确认",
    ]
    assert events[0].split()[1:] == ["已提交主管", str(office.collector)]


def test_an_event_is_entered_as_somebody(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    number = office.case.number
    event = ("event", number, "2026-10", "submitted")
    with pytest.raises(CommandError, match="--as"):
        run(*event)
    assert run(*event, "--as", office.collector.username, "--json") == 0
    assert told(capsys)[0]["entered"] is True
    again = run(*event, "--as", office.collector.username, "--json")
    assert (again, told(capsys)[0]["problems"][0]["code"]) == (1, "statement.again")


def test_items_that_differ_are_named_by_number(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.send()
    event = ("event", office.case.number, "2026-10", "confirmed", "--as", office.collector.username)
    with pytest.raises(CommandError, match="INV-3"):
        run(*event, "--differs", "INV-3=x")
    how = ("--on", "2026-11-15", "--note", "王会计来信")
    assert run(*event, "--differs", "INV-2=数量少一箱", *how) == 0
    assert office.confirmed() == [november(15), None, None]
    assert "2026-11-15" in capsys.readouterr().out


def sent(office: Office, *words: str) -> int:
    event = ("event", office.case.number, "2026-10", "sent", "--as", office.lead.username)
    return run(*event, "--json", *words)


def checked(office: Office) -> None:
    office.plan(FIRST)
    office.record("submitted", november(3), office.collector)
    office.record("checked", november(4), office.lead)


def test_the_command_writes_to_nobody_unasked(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(office)
    assert sent(office) == 1
    assert told(capsys)[0]["problems"][0]["code"] == "statement.told"
    assert sent(office, "--told", "mail", "--on", "2026-11-06") == 1
    assert told(capsys)[0]["problems"][0]["code"] == "statement.told_past"
    assert not OutboxMessage.objects.exists()

    assert sent(office, "--told", "mail") == 0
    assert OutboxMessage.objects.get().purpose == "statement"


def test_a_customer_without_an_address_was_told_otherwise(office: Office) -> None:
    ContactPoint.objects.filter(kind="email").delete()
    checked(office)
    assert sent(office, "--told", "otherwise", "--on", "2026-11-06", "--note", "挂号信") == 0
    assert StatementEvent.objects.get(kind="sent").valid_on == november(6)
    assert not OutboxMessage.objects.exists()


def test_a_note_does_not_send_the_statement(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(office)
    office.plan(november(5))
    task = Task.objects.get(step__code="month_send")

    parser = argparse.ArgumentParser()
    done.arguments(parser)
    words = [str(task.pk), "--note", "微信已发", "--as", office.lead.username, "--json"]
    assert done.run(parser.parse_args(words)) == 1

    (problem,) = told(capsys)[0]["problems"]
    assert problem["code"] == "done.by_command"
    assert "huikuan statement event" in problem["remedy"]
    assert not OutboxMessage.objects.exists()
    task.refresh_from_db()
    assert task.status == "open"


def test_what_is_not_there_is_said(office: Office) -> None:
    for words in (("show", office.case.number, "2026-09"), ("show", "nobody", "2026-10")):
        with pytest.raises(CommandError):
            run(*words)
    assert not StatementEvent.objects.exists()
