"""huikuan event: what happened to a case as a whole, entered as on its page."""

import argparse
from typing import TYPE_CHECKING

from huikuan.ops import requests
from huikuan.ops.arguments import day

if TYPE_CHECKING:
    from huikuan.casebook.models import CaseEvent

HELP = "enter what happened to a case: told, kept, closed and so on"
NEEDS_DATABASE = True
KINDS = ("told", "retained", "visit_asked", "lock_agreed", "legal_agreed", "closed")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`CASE --kind K …`."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("case", metavar="CASE", help=_("number of the case"))
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument(
        "--on", type=day, metavar="YYYY-MM-DD", help=_("local day; today if absent")
    )
    parser.add_argument(
        "--until", type=day, metavar="YYYY-MM-DD", help=_("until when a case is kept")
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help=_("why"))
    requests.common_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: it was entered by this call; 1: it was not, and why."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.ops.acts import case_named, tell
    from huikuan.planning.event import EventEntry, event

    actor = requests.actor_of(args)
    case = case_named(args.case, actor)
    on = requests.local_day(args, actor)
    entry = EventEntry(args.kind, on, args.until, args.reason)
    entered = event(case.pk, entry, actor=actor, at=timezone.now())

    said = _as_json(case.number, entered.event)
    sentence = _("The event is entered.")
    return tell(entered.problems, said, sentence, args, done=entered.event is not None)


def _as_json(number: str, event: "CaseEvent | None") -> dict[str, object]:
    """The keys that docs/cli.md promises; `until` of a kept case."""
    if event is None:
        return {"case": number, "kind": None, "on": None, "until": None}

    until = event.until_on.isoformat() if event.until_on else None
    return {
        "case": number,
        "kind": event.kind,
        "on": event.valid_on.isoformat(),
        "until": until,
    }
