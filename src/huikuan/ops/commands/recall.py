"""huikuan recall: the creditor takes cases back."""

import argparse
from typing import TYPE_CHECKING

from huikuan.ops import requests

if TYPE_CHECKING:
    import datetime as dt

HELP = "recall open cases for their creditor, all that are named or none"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """`CASE … --reason TEXT`."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("cases", nargs="+", metavar="CASE", help=_("number of the case"))
    requests.asking_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: all of them were recalled by this call; 1: none was, and why."""
    from django.utils import timezone
    from django.utils.translation import ngettext

    from huikuan.allocation.recall import recall
    from huikuan.ops.acts import tell

    actor = requests.actor_of(args)
    on = requests.local_day(args, actor)
    numbers = list(dict.fromkeys(args.cases))
    done = recall(numbers, on=on, reason=args.reason, actor=actor, at=timezone.now())

    recalled = [case.number for case in done.cases]
    text = ngettext("%(n)s case was recalled.", "%(n)s cases were recalled.", len(recalled))
    sentence = text % {"n": len(recalled)}
    return tell(done.problems, _as_json(on, recalled), sentence, args, done=bool(recalled))


def _as_json(on: "dt.date", recalled: list[str]) -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    return {"on": on.isoformat(), "recalled": recalled}
