"""Commands by which one person asks for money matters and another decides: what they share."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from huikuan.ops.arguments import day, organisation_argument

if TYPE_CHECKING:
    from huikuan.approvals.decide import Decided
    from huikuan.approvals.step import Asked as StepAsked
    from huikuan.casebook.models import Approval
    from huikuan.lib.problems import Problem
    from huikuan.payments.ask import Asked
    from huikuan.people.models import User


def common_arguments(parser: argparse.ArgumentParser) -> None:
    """--as USER, --organisation and --json."""
    from huikuan.ops.words import gettext as _

    parser.add_argument(
        "--as", dest="user", metavar="USER", help=_("user who asks or decides; else the service")
    )
    organisation_argument(parser)
    parser.add_argument("--json", action="store_true", help=_("one JSON object on standard output"))


def asking_arguments(parser: argparse.ArgumentParser) -> None:
    """--on D and --reason, and what all have."""
    from huikuan.ops.words import gettext as _

    parser.add_argument(
        "--on", type=day, metavar="YYYY-MM-DD", help=_("local day; today if absent")
    )
    parser.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    common_arguments(parser)


def deciding_arguments(parser: argparse.ArgumentParser) -> None:
    """The request, --grant or --refuse, --reason, and what all have."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("request", type=int, metavar="ID", help=_("number of the request"))
    answer = parser.add_mutually_exclusive_group(required=True)
    answer.add_argument("--grant", action="store_true", help=_("carry it out"))
    answer.add_argument("--refuse", action="store_true", help=_("refuse it; needs --reason"))
    parser.add_argument("--reason", default="", metavar="TEXT", help=_("why"))
    common_arguments(parser)


def actor_of(args: argparse.Namespace) -> User:
    """Who acts: the user of --as, or the service user. CommandError when there is no such user."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import service_user
    from huikuan.people.models import User

    service = service_user(args.organisation)
    if not args.user:
        return service

    users = User.objects.filter(organisation=service.organisation, is_active=True)
    found = users.filter(username=args.user).first()
    if found is None:
        raise CommandError(_("there is no user '{name}'").format(name=args.user))
    return found


def local_day(args: argparse.Namespace, actor: User) -> dt.date:
    """The day of --on, or today where the house is."""
    chosen: dt.date | None = args.on
    if chosen is not None:
        return chosen
    return today_of(actor)


def today_of(actor: User) -> dt.date:
    """Today where the house of the actor is."""
    from zoneinfo import ZoneInfo

    from django.utils import timezone

    assert actor.organisation is not None
    return timezone.now().astimezone(ZoneInfo(actor.organisation.timezone)).date()


def tell_asked(asked: Asked | StepAsked, args: argparse.Namespace) -> int:
    """Says which request waits, or why there is none. 0: it waits now, asked for now or before."""
    return tell_all_asked([asked], args)


def tell_all_asked(listed: Sequence[Asked | StepAsked], args: argparse.Namespace) -> int:
    """The same of several requests at once; for people a sentence that holds for all is said once.
    0: each of them waits now.
    """
    lines: list[str] = []
    for asked in listed:
        lines += _lines(asked.approval, asked.problems, args, done=asked.approval is not None)
    if not args.json:
        lines = list(dict.fromkeys(lines))
    for line in lines:
        print(line)
    return 0 if all(asked.approval is not None for asked in listed) else 1


def tell_decided(decided: Decided, args: argparse.Namespace) -> int:
    """Says how the request now stands. 0: this call decided it."""
    return _tell(decided.approval, decided.problems, args, done=decided.act is not None)


def decide(args: argparse.Namespace) -> int:
    """Grants or refuses a request of the payments room. 0: this call decided it."""
    from django.utils import timezone

    from huikuan.payments.decide import decide as decide_request

    done = decide_request(
        args.request,
        grant=args.grant,
        reason=args.reason,
        actor=actor_of(args),
        at=timezone.now(),
    )
    return _tell(done.approval, done.problems, args, done=done.decided)


def _tell(
    approval: Approval | None,
    problems: tuple[Problem, ...],
    args: argparse.Namespace,
    *,
    done: bool,
) -> int:
    """Prints the request and what is wrong, for people or for scripts."""
    for line in _lines(approval, problems, args, done=done):
        print(line)
    return 0 if done else 1


def _lines(
    approval: Approval | None,
    problems: tuple[Problem, ...],
    args: argparse.Namespace,
    *,
    done: bool,
) -> list[str]:
    """What `_tell` prints."""
    from django.utils.translation import gettext as _

    if args.json:
        return [json.dumps(_as_json(approval, problems), ensure_ascii=False)]

    lines = []
    for one in problems:
        remedy = one.remedy_text(_)
        lines.append("; ".join(part for part in (one.text(_), remedy) if part))
    if approval is not None and done:
        text = _("request {number}: {status}")
        status = approval.get_status_display()
        lines.append(text.format(number=approval.pk, status=status))
    return lines


def _as_json(approval: Approval | None, problems: tuple[Problem, ...]) -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    from django.utils.translation import gettext as _

    said = [one.as_dict(_) for one in problems]
    if approval is None:
        return {"request": None, "status": None, "problems": said}

    case_number = None
    if approval.case is not None:
        case_number = approval.case.number
    return {
        "request": approval.pk,
        "status": approval.status,
        "kind": approval.kind,
        "case": case_number,
        "amount_minor": approval.amount_minor,
        "currency": approval.currency,
        "on": approval.subject.get("on") or approval.subject.get("paid_on"),
        "reference": approval.subject.get("reference"),
        "problems": said,
    }
