"""huikuan outbox WORD: what leaves the house and what comes back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huikuan.ops import requests
from huikuan.ops.arguments import organisation_argument

if TYPE_CHECKING:
    from huikuan.casebook.models import MailboxMessage, OutboxMessage
    from huikuan.people.models import User

HELP = "what leaves the house and what comes back: list, settle, retry, send, read the mailbox"
NEEDS_DATABASE = True
#: Messages that somebody has to look at; what is sent is listed when it is asked for.
ATTENTION = ("waiting", "sending", "failed", "bounced", "outcome_unknown")
STATUSES = (*ATTENTION, "sent")


def arguments(parser: argparse.ArgumentParser) -> None:
    """One word says what is to be done; what it is done to follows."""
    from huikuan.ops.words import gettext as _

    words = parser.add_subparsers(dest="word", required=True, metavar=_("WORD"))

    def word(name: str, text: str, *positional: str) -> argparse.ArgumentParser:
        sub = words.add_parser(name, help=text, description=text)
        for argument in positional:
            sub.add_argument(argument.lower(), type=int, metavar=argument)
        sub.add_argument("--json", action="store_true", help=_("JSON on standard output"))
        organisation_argument(sub)
        return sub

    listed = word("list", _("messages that want attention, or those of one status"))
    listed.add_argument("--status", choices=STATUSES, action="append", default=[])
    word("show", _("one message and everything that happened to it"), "MESSAGE")
    word("send", _("send what is due now"))

    settled = word("settle", _("say what became of a message of unknown outcome"), "MESSAGE")
    settled.add_argument("--as", dest="outcome", choices=("sent", "failed"), required=True)
    _reason_argument(settled)
    again = word("retry", _("send once more what failed"), "MESSAGE")
    again.add_argument(
        "--by", dest="user", metavar="USER", help=_("who sends it; else the service")
    )
    _reason_argument(again)
    _reason_argument(word("withdraw", _("a mail that waits does not leave"), "MESSAGE"))
    _reason_argument(word("acknowledge", _("say that the far side has an event"), "MESSAGE"))

    target = word("target", _("set the address of events of a type"))
    target.add_argument("type", metavar="TYPE")
    target.add_argument("url", metavar="URL")
    target.add_argument("--secret-file", type=Path, required=True, metavar="FILE")

    word("read", _("read the mailbox now"))
    word("mail", _("mails that belong to no message"))
    _reason_argument(word("match", _("say to which message a mail belongs"), "MAIL", "MESSAGE"))
    _reason_argument(word("set-aside", _("say that a mail belongs to nothing here"), "MAIL"))


def _reason_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, metavar="TEXT")


def run(args: argparse.Namespace) -> int:
    """0: done, and nothing wants attention; 1: something does, or it could not be done."""
    from django.utils.translation import gettext as _

    from huikuan.lib.sentences import Refusal
    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import service_user
    from huikuan.outbox.mailbox import NotReadable

    actor = service_user(args.organisation)
    try:
        return _WORDS[args.word](args, actor)
    except Refusal as refusal:
        problem = refusal.problem
        raise CommandError(f"{problem.text(_)}; {problem.remedy_text(_)}") from None
    except NotReadable as error:
        text = _("the mailbox cannot be read: {reason}")
        raise CommandError(text.format(reason=error)) from None


def _list(args: argparse.Namespace, actor: User) -> int:
    """Messages that somebody has to look at, or those that are asked for by their status."""
    from huikuan.casebook.models import OutboxMessage

    messages = OutboxMessage.objects.filter(organisation=actor.organisation)
    chosen = messages.filter(status__in=args.status or ATTENTION)
    if not args.status:
        # An event stays in the list until the far side has acknowledged it.
        unacknowledged = messages.filter(
            wants_acknowledgement=True, acknowledged_at=None, replaced_by=None
        )
        chosen = chosen | unacknowledged
    _print(chosen.order_by("pk"), args, as_json, _line)
    _warn_of_missing_way(chosen)
    on_the_way = {"status__in": ("waiting", "sending", "sent"), "held_at": None}
    return 1 if chosen.exclude(**on_the_way).exists() else 0


def _warn_of_missing_way(messages: Any) -> None:
    """Mails without a mail server and events without an address wait, and nobody else says so."""
    import sys

    from django.utils.translation import gettext as _

    from huikuan.outbox.send import without_way

    stuck = without_way(messages.filter(status="waiting"))
    if mails := stuck.filter(kind="email").count():
        text = _("{n} mails wait: no mail server is set (HUIKUAN_SMTP_HOST)")
        print(text.format(n=mails), file=sys.stderr)
    types = stuck.filter(kind="webhook").order_by("purpose").values_list("purpose", flat=True)
    for name in types.distinct():
        text = _("events {type} wait: no address is set (huikuan outbox target {type} URL)")
        print(text.format(type=name), file=sys.stderr)


def _show(args: argparse.Namespace, actor: User) -> int:
    """One message of the house with its events."""
    from huikuan.casebook.models import OutboxMessage
    from huikuan.lib.sentences import Refusal
    from huikuan.outbox.sentences import problem

    house = OutboxMessage.objects.filter(organisation=actor.organisation)
    message = house.filter(pk=args.message).first()
    if message is None:
        raise Refusal(problem("outbox.unknown", message=args.message))

    events = message.events.select_related("act").order_by("pk")
    if args.json:
        told = as_json(message) | {"events": [event_as_json(event) for event in events]}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(_line(message))
    for event in events:
        print(f"  {event.at:%Y-%m-%d %H:%M:%S}  {event.get_kind_display()}", end="")
        print(f"  {event.code} {event.detail}".rstrip())
    return 0


def _send(args: argparse.Namespace, actor: User) -> int:
    from django.utils import timezone

    from huikuan.outbox.send import send_due

    return _print_counts(send_due(timezone.now), args)


def _read(args: argparse.Namespace, actor: User) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.outbox.mailbox import is_set, read_mailbox

    if not is_set():
        raise CommandError(_("no mailbox is set (HUIKUAN_IMAP_HOST)"))
    return _print_counts(read_mailbox(timezone.now), args)


def _print_counts(counts: Any, args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps(dict(counts)))
    else:
        print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "-")
    return 0


def _settle(args: argparse.Namespace, actor: User) -> int:
    from django.utils import timezone

    from huikuan.outbox.settle import settle

    at = timezone.now()
    message = settle(args.message, args.outcome, actor=actor, at=at, reason=args.reason)
    return _print_one(message, args)


def _retry(args: argparse.Namespace, actor: User) -> int:
    """Sends what failed once more; what its tasks want of approvals is wanted anew."""
    from django.utils import timezone

    from huikuan.outbox.settle import retry

    sender = requests.actor_of(args)
    message = retry(args.message, actor=sender, at=timezone.now(), reason=args.reason)
    return _print_one(message, args)


def _withdraw(args: argparse.Namespace, actor: User) -> int:
    from django.utils import timezone

    from huikuan.outbox.settle import withdraw

    message = withdraw(args.message, actor=actor, at=timezone.now(), reason=args.reason)
    return _print_one(message, args)


def _acknowledge(args: argparse.Namespace, actor: User) -> int:
    from django.utils import timezone

    from huikuan.outbox.settle import acknowledge

    message = acknowledge(args.message, actor=actor, at=timezone.now(), reason=args.reason)
    return _print_one(message, args)


def _target(args: argparse.Namespace, actor: User) -> int:
    """The secret comes from a file, so that it stands in no list of processes."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.outbox.targets import set_target

    try:
        secret = args.secret_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("{path} cannot be read").format(path=args.secret_file)) from error
    set_target(args.type, args.url, secret, actor=actor, at=timezone.now())
    return 0


def _mail(args: argparse.Namespace, actor: User) -> int:
    from huikuan.outbox.take import waiting_mails

    mails = waiting_mails(actor).order_by("received_at")
    _print(mails, args, mail_as_json, _mail_line)
    return 1 if mails.exists() else 0


def _match(args: argparse.Namespace, actor: User) -> int:
    from django.utils import timezone

    from huikuan.outbox.take import match

    match(args.mail, args.message, actor=actor, at=timezone.now(), reason=args.reason)
    return 0


def _set_aside(args: argparse.Namespace, actor: User) -> int:
    from django.utils import timezone

    from huikuan.outbox.take import set_aside

    set_aside(args.mail, actor=actor, at=timezone.now(), reason=args.reason)
    return 0


_WORDS: dict[str, Callable[[argparse.Namespace, User], int]] = {
    "list": _list,
    "show": _show,
    "send": _send,
    "settle": _settle,
    "retry": _retry,
    "withdraw": _withdraw,
    "acknowledge": _acknowledge,
    "target": _target,
    "read": _read,
    "mail": _mail,
    "match": _match,
    "set-aside": _set_aside,
}


def as_json(message: OutboxMessage) -> dict[str, Any]:
    """The keys that docs/cli.md promises."""
    return {
        "message": message.pk,
        "kind": message.kind,
        "purpose": message.purpose,
        "subject_kind": message.subject_kind,
        "subject_id": message.subject_id,
        "case": _case_number(message),
        "to": message.target_masked or None,
        "far_id": message.far_id,
        "status": message.status,
        "attempts": message.attempts,
        "posted_at": _moment(message.posted_at),
        "sent_at": _moment(message.sent_at),
        "next_at": _moment(message.next_at),
        "held_at": _moment(message.held_at),
        "acknowledged_at": _moment(message.acknowledged_at),
        "wants_acknowledgement": message.wants_acknowledgement,
        "error": message.error or None,
    }


def event_as_json(event: Any) -> dict[str, Any]:
    """One event of a message."""
    return {
        "event": event.kind,
        "at": _moment(event.at),
        "code": event.code or None,
        "detail": event.detail or None,
        "mail": event.mail_id,
    }


def mail_as_json(mail: MailboxMessage) -> dict[str, Any]:
    """A mail that belongs to no message; `candidate` is the last message to its sender."""
    return {
        "mail": mail.pk,
        "kind": mail.kind,
        "from": mail.sender_masked or None,
        "received_at": _moment(mail.received_at),
        "candidate": mail.candidate_id,
    }


def _case_number(message: OutboxMessage) -> str | None:
    return message.case.number if message.case else None


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _line(message: OutboxMessage) -> str:
    """A message in one line, for people."""
    where = message.target_masked or message.purpose
    subject = f"{message.subject_kind} {message.subject_id}"
    state = message.get_status_display()
    return f"{message.pk}  {state}  {where}  {subject}  {message.error}".rstrip()


def _mail_line(mail: MailboxMessage) -> str:
    candidate = f"→ {mail.candidate_id}?" if mail.candidate_id else ""
    when = f"{mail.received_at:%Y-%m-%d %H:%M}"
    return f"{mail.pk}  {mail.get_kind_display()}  {when}  {mail.sender_masked}  {candidate}"


def _print(
    rows: Iterable[Any],
    args: argparse.Namespace,
    to_json: Callable[[Any], dict[str, Any]],
    to_line: Callable[[Any], str],
) -> None:
    for row in rows:
        line = json.dumps(to_json(row), ensure_ascii=False) if args.json else to_line(row)
        print(line)


def _print_one(message: OutboxMessage, args: argparse.Namespace) -> int:
    _print([message], args, as_json, _line)
    return 0
