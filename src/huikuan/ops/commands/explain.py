"""huikuan explain CASE --on D"""

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
    from huikuan.planning.explain import Why

HELP = "say for every step of the playbook whether it fires for a case, and the facts that decide"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE")
    day_argument(parser)
    organisation_argument(parser)
    known_at_argument(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import get_language
    from django.utils.translation import gettext as _

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
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    for why in explain(case, args.on, calendar=calendar(), known_at=known_at):
        if args.json:
            print(json.dumps(as_json(why), ensure_ascii=False, default=str))
            continue
        print(_line(why, language))
        for part in why.deciding():
            facts = ", ".join(f"{name}={value}" for name, value in part.facts.items())
            word = {True: "", False: _("no: "), None: _("unknown: ")}[part.holds]
            print(f"    {word}{part.text}   ({facts})")
    return 0


def _line(why: "Why", language: str) -> str:
    """The step, what it is about, and of one that fires the day from which it counts."""
    from django.utils.translation import gettext as _

    parts = ["✓" if why.fires else "·", why.step.id, why.step.title[language]]
    if why.item:
        parts.append(f"[{why.item}]")
    if why.anchor:
        parts.append(_("· counted from {day}").format(day=why.anchor))
    return " ".join(parts)


def as_json(why: "Why") -> dict[str, object]:
    return {
        "pack": why.pack,
        "step": why.step.id,
        "item": why.item,
        "fires": why.fires,
        "anchor": why.anchor,
        "parts": [
            {"text": part.text, "holds": part.holds, "facts": part.facts} for part in why.parts
        ],
    }
