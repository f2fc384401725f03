"""huikuan penalty list | propose | appeal | decide | sheet: penalties, as on their pages."""

import argparse
import datetime as dt
from typing import TYPE_CHECKING

from huikuan.ops import requests
from huikuan.ops.acts import tell_row

if TYPE_CHECKING:
    from huikuan.casebook.models import Penalty
    from huikuan.lib.problems import Problem
    from huikuan.people.models import User

HELP = "propose, appeal against and decide penalties; the sheet of a month"
NEEDS_DATABASE = True
KINDS = ("score", "training", "warning", "deduction")
_FEN = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `propose CLOCK …`, `appeal ID …`, `decide ID …`, `sheet YYYY-MM`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    requests.common_arguments(acts.add_parser("list", help=_("penalties that you see")))

    propose = acts.add_parser("propose", help=_("propose a penalty for a missed deadline"))
    propose.add_argument("clock", type=int, metavar="CLOCK", help=_("number of the deadline"))
    propose.add_argument("named", metavar="USER", help=_("who answered for it"))
    propose.add_argument("--kind", choices=KINDS, required=True)
    propose.add_argument("--evidence", required=True, metavar="TEXT", help=_("what shows it"))
    propose.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    for name in ("--amount", "--loss", "--wage", "--minimum"):
        text = _("in yuan, for a deduction alone")
        propose.add_argument(name, type=float, metavar="YUAN", help=text)
    propose.add_argument("--clause", default="", metavar="TEXT", help=_("of the contract"))
    requests.common_arguments(propose)

    appeal = acts.add_parser("appeal", help=_("appeal against your own penalty"))
    appeal.add_argument("penalty", type=int, metavar="ID", help=_("number of the penalty"))
    appeal.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    requests.common_arguments(appeal)

    decide = acts.add_parser("decide", help=_("bring a penalty into effect or drop it"))
    requests.deciding_arguments(decide)

    sheet = acts.add_parser("sheet", help=_("what is in effect in a month"))
    sheet.add_argument("month", metavar="YYYY-MM", help=_("month of the sheet"))
    requests.common_arguments(sheet)


def run(args: argparse.Namespace) -> int:
    """0: the list is told, or this call did what it asks for; 1: it did not, and why."""
    actor = requests.actor_of(args)
    if args.act == "list":
        return _list(args, actor)
    if args.act == "propose":
        return _propose(args, actor)
    if args.act == "appeal":
        return _appeal(args, actor)
    if args.act == "decide":
        return _decide(args, actor)
    return _sheet(args, actor)


def _list(args: argparse.Namespace, actor: "User") -> int:
    """The penalties, a line each, the newest in front."""
    from huikuan.penalties.access import visible_penalties

    for penalty in visible_penalties(actor).order_by("-proposed_at", "-pk"):
        tell_row(_as_json(penalty), args)
    return 0


def _propose(args: argparse.Namespace, actor: "User") -> int:
    """Proposes it, or says why not."""
    from django.utils import timezone

    from huikuan.clocks.lift import standing
    from huikuan.penalties.propose import ProposalEntry, propose
    from huikuan.penalties.wages import Deduction
    from huikuan.people.models import User

    of_house = User.objects.filter(organisation_id=actor.organisation_id)
    named = of_house.filter(username=args.named).first()
    user_id = named.pk if named is not None else 0
    breach = standing(args.clock)
    breach_id = breach.pk if breach is not None else 0

    deduction = Deduction(
        _fen(args.amount), _fen(args.loss), _fen(args.wage), _fen(args.minimum), args.clause
    )
    entry = ProposalEntry(user_id, args.kind, args.reason, args.evidence, deduction)
    proposed = propose(breach_id, entry, actor=actor, at=timezone.now())
    return _tell(proposed.penalty, proposed.problems, args, done=proposed.done)


def _fen(yuan: float | None) -> int | None:
    return None if yuan is None else round(yuan * _FEN)


def _appeal(args: argparse.Namespace, actor: "User") -> int:
    """Appeals, or says why not."""
    from django.utils import timezone

    from huikuan.penalties.decide import appeal

    changed = appeal(args.penalty, text=args.reason, actor=actor, at=timezone.now())
    return _tell(changed.penalty, changed.problems, args, done=changed.done)


def _decide(args: argparse.Namespace, actor: "User") -> int:
    """Decides it, or says why not."""
    from django.utils import timezone

    from huikuan.penalties.decide import decide

    changed = decide(
        args.request, grant=args.grant, reason=args.reason, actor=actor, at=timezone.now()
    )
    return _tell(changed.penalty, changed.problems, args, done=changed.done)


def _sheet(args: argparse.Namespace, actor: "User") -> int:
    """The sheet, a person a line."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.penalties.sheet import sheet

    try:
        month = dt.date.fromisoformat(f"{args.month}-01")
    except ValueError:
        text = _("{month} is no month; write it as 2026-11")
        raise CommandError(text.format(month=args.month)) from None

    for line in sheet(actor, month):
        said: dict[str, object] = {
            "user": line.user.username,
            "points": line.points,
            "trainings": line.trainings,
            "warnings": line.warnings,
            "amount_minor": line.amount_minor,
        }
        tell_row(said, args)
    return 0


def _tell(
    penalty: "Penalty | None",
    problems: "tuple[Problem, ...]",
    args: argparse.Namespace,
    *,
    done: bool,
) -> int:
    """How it now stands, and what is wrong."""
    from huikuan.ops.acts import tell

    said: dict[str, object] = {"penalty": None}
    if penalty is not None:
        said = _as_json(penalty)
    sentence = "  ".join(str(value) for value in said.values())
    return tell(problems, said, sentence, args, done=done)


def _as_json(penalty: "Penalty") -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    return {
        "penalty": penalty.pk,
        "clock": penalty.breach.clock_id,
        "user": penalty.user.username,
        "kind": penalty.kind,
        "points": penalty.points,
        "amount_minor": penalty.amount_minor,
        "status": penalty.status,
    }
