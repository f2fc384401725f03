"""huikuan gate --case C --channel call --to POINT_OR_WHOSE --at T"""

import argparse
import json
from typing import Any

from huikuan.engine.words import CONTACT_ACTIONS
from huikuan.ops.arguments import moment, organisation_argument

HELP = "ask the gate whether a contact may be made, by which rule not, and from when"
PURPOSES = ("collect", "remind", "business", "reply", "statutory", "locate")
STYLES = ("informing", "interactive", "unknown")


def arguments(parser: argparse.ArgumentParser) -> None:
    from huikuan.ops.words import gettext as _

    parser.add_argument("--case", required=True, metavar="CASE")
    parser.add_argument("--channel", required=True, choices=CONTACT_ACTIONS)
    parser.add_argument(
        "--to",
        default="debtor",
        metavar="WHO",
        help=_("debtor, guarantor, … or the id of a contact point"),
    )
    parser.add_argument("--at", type=moment, default=None, metavar="MOMENT")
    parser.add_argument("--purpose", choices=PURPOSES, default=None)
    parser.add_argument("--style", choices=STYLES, default="unknown")
    parser.add_argument(
        "--staff",
        type=int,
        default=None,
        metavar="N",
        help=_("how many staff take part in a visit"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("only ask: keep no decision"))
    organisation_argument(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 allowed, 1 refused."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.casebook.access import visible_cases
    from huikuan.gate.check import Impossible, check
    from huikuan.ops.cli import OK, PROBLEMS, CommandError
    from huikuan.ops.service import service_user
    from huikuan.planning import load

    load.load_all(at=timezone.now())
    user = service_user(args.organisation)
    case = (
        visible_cases(user)
        .select_related("person", "organisation")
        .filter(number=args.case)
        .first()
    )
    if case is None:
        raise CommandError(_("there is no case '{number}'").format(number=args.case))
    now = timezone.now()
    at = args.at or now
    at = at if at.tzinfo else timezone.make_aware(at)
    point = _point(case, args.to, args.channel)
    act = {
        "purpose": args.purpose,
        "style": args.style,
        "staff": args.staff,
        "record": not args.dry_run,
        "asked_at": now,
    }
    try:
        decision = check(case, point, args.channel, actor=user, at=at, **act)
    except Impossible as error:
        raise CommandError(str(error)) from None
    _say(decision, as_json=args.json)
    return OK if decision.allowed else PROBLEMS


def _point(case: Any, to: str, channel: str) -> Any:
    """By id, or the first fitting one of the debtor or of whoever is named; letters and visits need none."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.models import ContactPoint
    from huikuan.engine.acts import POINT_KINDS
    from huikuan.ops.cli import CommandError

    points = ContactPoint.objects.filter(person_id=case.person_id)
    if to.isdigit():
        found = points.filter(pk=int(to)).first()
    else:
        chosen = (
            points.filter(whose=to)
            if to != "third_party"
            else points.exclude(whose__in=("debtor", "guarantor", "co_debtor"))
        )
        found = chosen.filter(kind__in=POINT_KINDS[channel]).order_by("pk").first()
    if found is None and not (to == "debtor" and channel in ("letter", "visit")):
        raise CommandError(_("the case has no contact point '{to}' for this channel").format(to=to))
    return found


def _say(decision: Any, *, as_json: bool) -> None:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.gate import describe

    if as_json:
        print(json.dumps(describe.as_json(decision), ensure_ascii=False))
        return
    print(_("allowed") if decision.allowed else _("refused"))
    for rule in describe.said(decision):
        mark = {"must": "✗", "should": "✗"}.get(rule.strength, "!")
        note = " " + _("secondary source, confirm") if rule.confirm else ""
        print(f"{mark} {rule.code} {rule.title} ({rule.clause}){note}")
        for fact in rule.facts:
            print(f"    {fact}")
    if decision.earliest_at:
        print(
            _("allowed from {moment}").format(
                moment=f"{timezone.localtime(decision.earliest_at):%Y-%m-%d %H:%M}"
            )
        )
