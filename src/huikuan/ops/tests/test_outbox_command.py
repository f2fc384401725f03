"""`huikuan outbox` lists, settles and matches; the doctor says what has not left."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from tests import people

from huikuan.casebook.about import About
from huikuan.casebook.models import Case, MailboxMessage, OutboxMessage, WebhookTarget
from huikuan.ops import cli, doctor
from huikuan.ops.commands import outbox
from huikuan.ops.made_once import made_once
from huikuan.outbox import state
from huikuan.outbox.mailbox import Mail
from huikuan.outbox.post import Email, post_email, post_webhook
from huikuan.outbox.take import take
from huikuan.outbox.tests import mails
from huikuan.people.models import Organisation

pytestmark = pytest.mark.django_db
AT = people.moment(people.PLACED_ON)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@made_once
def case() -> Case:
    return people.make_case()


def posted(case: Case) -> OutboxMessage:
    email = Email(to=mails.TO, subject="对账单", text="请核对。")
    subject = About.of_case(case)
    return post_email(email, purpose="statement", subject=subject, act=case.act, at=AT)


def run(capsys: Any, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, the objects on standard output, and what stands on standard error."""
    parser = argparse.ArgumentParser()
    outbox.arguments(parser)
    code = outbox.run(parser.parse_args([*words, "--json"]))
    out, errors = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], errors


def lost(message: OutboxMessage) -> None:
    state.claim(message.pk, AT)
    state.lose_abandoned(AT + 2 * state.LEASE)


def test_what_waits_without_a_mail_server_is_told(case, capsys):
    message = posted(case)
    code, (told,), errors = run(capsys, "list")
    assert (code, told["message"], told["status"]) == (0, message.pk, "waiting")
    assert (told["to"], told["case"]) == ("l****@jiahe.example.com", case.number)
    assert "HUIKUAN_SMTP_HOST" in errors
    (finding,) = doctor.outbox()
    assert (finding.verdict, "HUIKUAN_SMTP_HOST" in finding.repair) == ("warn", True)


def test_what_is_stuck_in_the_middle_is_not_called_well(case):
    message = posted(case)
    state.claim(message.pk, AT)
    assert [
        finding.verdict for finding in doctor.outbox() if finding.repair == "huikuan worker"
    ] == ["warn"]


def test_an_event_without_address_is_told_and_then_has_one(case, capsys, tmp_path: Path):
    subject = About.of_case(case)
    post_webhook("erp.lock", {}, subject=subject, act=case.act, at=AT)
    _code, _told, errors = run(capsys, "list")
    assert "huikuan outbox target erp.lock" in errors

    secret = tmp_path / "secret"
    secret.write_text("a-secret-of-the-order-system\n")
    run(capsys, "target", "erp.lock", "https://erp.example.com/", "--secret-file", str(secret))
    assert WebhookTarget.objects.get().url == "https://erp.example.com/"
    _code, _told, errors = run(capsys, "list")
    assert errors == ""


def test_an_unknown_outcome_is_listed_settled_and_no_longer_listed(case, capsys):
    message = posted(case)
    lost(message)
    code, (told,), _errors = run(capsys, "list")
    assert (code, told["status"]) == (1, "outcome_unknown")
    number = str(message.pk)

    code, (told,), _errors = run(capsys, "settle", number, "--as", "failed", "--reason", "退信")
    assert (code, told["status"]) == (0, "failed")
    code, (told,), _errors = run(capsys, "retry", number, "--reason", "地址已更正")
    assert (code, told["status"], told["attempts"]) == (0, "waiting", 0)
    _code, (shown,), _errors = run(capsys, "show", number)
    assert [event["event"] for event in shown["events"]][-2:] == ["settled", "retried"]
    assert run(capsys, "list", "--status", "failed")[:2] == (0, [])


def test_an_event_is_listed_until_somebody_acknowledges_it(case, capsys):
    subject = About.of_case(case)
    message = post_webhook("erp.lock", {}, subject=subject, act=case.act, at=AT)
    claimed = state.claim(message.pk, AT)
    assert claimed is not None
    state.finish(claimed, state.Outcome("taken", "200"), AT)
    code, (told,), _errors = run(capsys, "list")
    assert (code, told["status"], told["acknowledged_at"]) == (0, "sent", None)
    run(capsys, "acknowledge", str(message.pk), "--reason", "仓库电话确认")
    assert run(capsys, "list")[1] == []


def test_a_refusal_is_one_line_with_its_remedy(case, capsys):
    message = posted(case)
    with pytest.raises(cli.CommandError, match=r"did not fail.*settle"):
        run(capsys, "retry", str(message.pk), "--reason", "x")
    with pytest.raises(cli.CommandError, match="no message 0"):
        run(capsys, "show", "0")
    with pytest.raises(cli.CommandError, match="HUIKUAN_IMAP_HOST"):
        run(capsys, "read")


def test_another_house_sees_and_settles_nothing_of_it(case, capsys):
    message = posted(case)
    lost(message)
    people.make_house("elsewhere")
    assert run(capsys, "list", "--organisation", "elsewhere")[:2] == (0, [])
    words = ["settle", str(message.pk), "--as", "sent", "--reason", "x"]
    with pytest.raises(cli.CommandError, match="no message"):
        run(capsys, *words, "--organisation", "elsewhere")
    assert Organisation.objects.count() == 2


def test_a_mail_that_belongs_to_nothing_is_listed_and_matched(case, capsys, settings):
    changed = {"imap_host": "imap.example.com", "imap_user": "duizhang"}
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update=changed)
    from huikuan.outbox.mailbox import mailbox

    message = posted(case)
    raw = mails.stranger(mails.TO)
    take(mailbox(), raw, mail=Mail(1, 1, AT, raw), at=AT)
    code, (told,), _errors = run(capsys, "mail")
    assert (code, told["candidate"], told["from"]) == (1, message.pk, "l****@jiahe.example.com")

    run(capsys, "match", str(told["mail"]), str(message.pk), "--reason", "是答复")
    assert run(capsys, "mail")[:2] == (0, [])
    assert MailboxMessage.objects.get().message == message
    assert doctor._mailbox_read().verdict == "warn"


def test_people_read_the_same_in_lines(case, capsys):
    message = posted(case)
    lost(message)
    parser = argparse.ArgumentParser()
    outbox.arguments(parser)
    outbox.run(parser.parse_args(["show", str(message.pk)]))
    outbox.run(parser.parse_args(["send"]))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{message.pk}  ")
    assert len(lines) == 5
