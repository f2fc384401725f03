"""huikuan look-up list | ask | submit | confirm | answer: look-ups, as on their pages."""

import argparse
from typing import TYPE_CHECKING

from huikuan.ops import requests
from huikuan.ops.acts import tell_row
from huikuan.ops.placements_named import moment

if TYPE_CHECKING:
    from huikuan.casebook.models import LookUp
    from huikuan.lib.problems import Problem
    from huikuan.people.models import User

HELP = "ask for look-ups on a lawful basis, submit, confirm and answer them"
NEEDS_DATABASE = True
STATES = ("received", "submitted", "answered", "refused")
KINDS = ("mobile", "phone", "email", "address")
PLACES = ("own", "home", "work", "register")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `ask CASE …`, `submit ID`, `confirm ID …`, `answer ID …`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help=_("look-ups that wait, or of another state"))
    listed.add_argument("--state", choices=STATES)
    requests.common_arguments(listed)

    ask = acts.add_parser("ask", help=_("ask for a look-up on a case"))
    ask.add_argument("case", metavar="CASE", help=_("number of the case"))
    ask.add_argument("--kind", required=True, metavar="CODE", help=_("what is asked for"))
    ask.add_argument("--basis", default="", metavar="CODE", help=_("the lawful basis"))
    ask.add_argument("--evidence", default="", metavar="TEXT", help=_("what it rests on"))
    ask.add_argument("--to", required=True, metavar="NAME", help=_("bank or department"))
    ask.add_argument("--question", required=True, metavar="TEXT")
    requests.common_arguments(ask)

    submit = acts.add_parser("submit", help=_("the request went out"))
    confirm = acts.add_parser("confirm", help=_("it was confirmed by telephone"))
    answer = acts.add_parser("answer", help=_("the result is in"))
    for each in (submit, confirm, answer):
        each.add_argument("look_up", type=int, metavar="ID", help=_("number of the look-up"))
        requests.common_arguments(each)
    confirm.add_argument("--with", dest="spoken_to", required=True, metavar="NAME")
    confirm.add_argument("--at", type=moment, metavar="T", help=_("when; now if absent"))
    answer.add_argument("--kind", choices=KINDS, default="address")
    answer.add_argument("--place", choices=PLACES, default="own")
    answer.add_argument("--value", default="", metavar="TEXT", help=_("number or address"))
    answer.add_argument("--text", default="", metavar="TEXT", help=_("in words"))


def run(args: argparse.Namespace) -> int:
    """0: the list is told, or this call did what it asks for; 1: it did not, and why."""
    actor = requests.actor_of(args)
    if args.act == "list":
        return _list(args, actor)
    if args.act == "ask":
        return _ask(args, actor)
    return _work(args, actor)


def _list(args: argparse.Namespace, actor: "User") -> int:
    """The look-ups, a line each."""
    from huikuan.look_ups.access import visible_look_ups
    from huikuan.look_ups.ask import WAITING

    states = [args.state] if args.state else list(WAITING)
    found = visible_look_ups(actor).filter(status__in=states).order_by("recorded_at", "pk")
    for look_up in found.iterator(chunk_size=1000):
        tell_row(_as_json(look_up), args)
    return 0


def _ask(args: argparse.Namespace, actor: "User") -> int:
    """Asks for it, or says why not; what was refused for want of a basis is there, refused."""
    from django.utils import timezone

    from huikuan.look_ups.ask import LookUpEntry, ask
    from huikuan.ops.acts import case_named

    case = case_named(args.case, actor)
    entry = LookUpEntry(args.kind, args.basis, args.evidence, args.to, args.question)
    asked = ask(case.number, entry, actor=actor, at=timezone.now())
    return _tell(asked.look_up, asked.problems, args, done=asked.done)


def _work(args: argparse.Namespace, actor: "User") -> int:
    """What the data centre does with it."""
    from django.utils import timezone

    from huikuan.contacts.points import NewPoint
    from huikuan.look_ups.access import visible_look_ups
    from huikuan.look_ups.work import answer, confirm, submit

    now = timezone.now()
    if args.act == "submit":
        worked = submit(args.look_up, actor=actor, at=now)
    elif args.act == "confirm":
        worked = confirm(
            args.look_up, spoken_to=args.spoken_to, happened_at=args.at, actor=actor, at=now
        )
    else:
        points = []
        if args.value:
            points.append(NewPoint(kind=args.kind, value=args.value, place=args.place))
        worked = answer(args.look_up, points, text=args.text, actor=actor, at=now)

    look_up = visible_look_ups(actor).filter(pk=args.look_up).first()
    return _tell(look_up, worked.problems, args, done=worked.done)


def _tell(
    look_up: "LookUp | None",
    problems: "tuple[Problem, ...]",
    args: argparse.Namespace,
    *,
    done: bool,
) -> int:
    """How it now stands, and what is wrong."""
    from huikuan.ops.acts import tell

    said: dict[str, object] = {"look_up": None}
    if look_up is not None:
        said = _as_json(look_up)
    sentence = "  ".join(str(value) for value in said.values())
    return tell(problems, said, sentence, args, done=done)


def _as_json(look_up: "LookUp") -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    return {
        "look_up": look_up.pk,
        "case": look_up.case.number,
        "kind": look_up.kind,
        "basis": look_up.basis,
        "to": look_up.addressed_to,
        "status": look_up.status,
        "received_at": look_up.recorded_at.isoformat(),
    }
