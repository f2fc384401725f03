"""huikuan explain CASE --on D"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from huikuan.ops.arguments import (
    day_argument,
    in_house_zone,
    known_at_argument,
    organisation_argument,
    warn_of_provisional_year,
)

if TYPE_CHECKING:
    from huikuan.casebook.models import Approval
    from huikuan.planning.explain import Part, Why

HELP = "say for every step of the playbook whether it fires for a case, and the facts that decide"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The case, the day, and what was known."""
    parser.add_argument("case", metavar="CASE")
    day_argument(parser)
    organisation_argument(parser)
    known_at_argument(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """1: there is no such case."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.approvals.step import requests_of_steps
    from huikuan.casebook.access import visible_cases
    from huikuan.casebook.calendar import calendar
    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import service_user
    from huikuan.planning import load
    from huikuan.planning.explain import explain

    load.load_all(at=timezone.now())
    case = visible_cases(service_user(args.organisation)).filter(number=args.case).first()
    if case is None:
        raise CommandError(_("there is no case '{number}'").format(number=args.case))
    warn_of_provisional_year(args.on)

    known_at = args.known_at and in_house_zone(args.known_at)
    requests = requests_of_steps(case, args.on)
    for why in explain(case, args.on, calendar=calendar(), known_at=known_at):
        asked = requests.get((why.step.id, why.subject_id), [])
        if args.json:
            print(json.dumps(as_json(why, asked), ensure_ascii=False, default=str))
        else:
            _print(why, asked, case.currency)
    return 0


def _print(why: Why, requests: list[Approval], currency: str) -> None:
    """The step, the parts that decide, and who must agree to it."""
    from django.utils.translation import gettext as _

    from huikuan.web.pack_words import fact_value

    print(_line(why))

    words = {True: "", False: _("no: "), None: _("unknown: ")}
    for part in why.deciding():
        values = [
            f"{name}={fact_value(name, value, currency)}" for name, value in part.facts.items()
        ]
        print(f"    {words[part.holds]}{part.says}   ({', '.join(values)})")

    if why.fires and why.step.approval:
        print("    " + _("needs approval: {chain}").format(chain=why.step.approval))
        _print_requests(requests)


def _line(why: Why) -> str:
    """The step, what it is about, and of one that fires the day from which it counts."""
    from django.utils.translation import gettext as _

    from huikuan.web.templatetags.huikuan_facts import in_language

    sign = "✓" if why.fires else "·"
    parts = [sign, why.step.id, in_language(why.step.title)]
    if why.item:
        parts.append(f"[{why.item}]")
    if why.anchor:
        parts.append(_("· counted from {day}").format(day=why.anchor))
    return " ".join(parts)


def _print_requests(requests: list[Approval]) -> None:
    """How each request of the step stands, and where its chain is."""
    from huikuan.approvals.shown import stops
    from huikuan.ops.commands.approval import line_of

    for request in requests:
        print(f"      {request.pk}  {request.get_status_display()}")
        for stop in stops(request):
            print(f"        {line_of(stop)}")


def as_json(why: Why, requests: list[Approval]) -> dict[str, object]:
    """The keys that docs/cli.md promises. `requests`: those of the step's open tasks about this
    subject.
    """
    from huikuan.approvals.about import about_steps
    from huikuan.ops.commands.approval import as_json as request_as_json

    asked = []
    if why.fires:
        about = about_steps(requests)
        asked = [request_as_json(request, about.get(request.pk)) for request in requests]
    return {
        "pack": why.pack,
        "step": why.step.id,
        "item": why.item,
        "fires": why.fires,
        "anchor": why.anchor,
        "parts": [_part_as_json(part) for part in why.parts],
        "approval": why.step.approval or None,
        "requests": asked,
    }


def _part_as_json(part: Part) -> dict[str, object]:
    return {
        "text": part.text,
        "says": part.says,
        "holds": part.holds,
        "facts": part.facts,
        "handed_over_to": part.handed_over_to or None,
    }
