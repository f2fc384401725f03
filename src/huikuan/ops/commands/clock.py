"""huikuan clock list | extend | lift: the deadlines of procedures, as on their pages."""

import argparse
import datetime as dt
import json
from typing import TYPE_CHECKING

from huikuan.ops import requests
from huikuan.ops.arguments import moment

if TYPE_CHECKING:
    from huikuan.clocks.shown import Shown
    from huikuan.people.models import User

HELP = "list deadlines, give one more time, lift a breach that was none"
NEEDS_DATABASE = True
STATES = ("running", "missed", "explained", "paused", "met")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `extend CLOCK --reason …`, `lift CLOCK --reason …`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help=_("deadlines that run, or of another state"))
    listed.add_argument("--state", choices=STATES, default="running")
    requests.common_arguments(listed)

    extend = acts.add_parser("extend", help=_("give a deadline more time"))
    extend.add_argument("clock", type=int, metavar="CLOCK", help=_("number of the deadline"))
    extend.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    extend.add_argument(
        "--until",
        type=moment,
        metavar="YYYY-MM-DDTHH:MM",
        help=_("local moment; as long as the procedure lets if absent"),
    )
    requests.common_arguments(extend)

    lift = acts.add_parser("lift", help=_("lift the breach of a deadline that was not missed"))
    lift.add_argument("clock", type=int, metavar="CLOCK", help=_("number of the deadline"))
    lift.add_argument(
        "--reason", required=True, metavar="TEXT", help=_("why the deadline was not missed")
    )
    requests.common_arguments(lift)


def run(args: argparse.Namespace) -> int:
    """0: the list is told, or this call did what it asks for; 1: it did not, and why."""
    from django.utils import timezone

    actor = requests.actor_of(args)
    at = timezone.now()
    if args.act == "list":
        return _list(args, actor, at)
    if args.act == "lift":
        return _lift(args, actor, at)
    return _extend(args, actor, at)


def _list(args: argparse.Namespace, actor: "User", at: dt.datetime) -> int:
    """Deadlines that USER sees, without --as every one of the house; those that run out first in
    front.
    """
    from huikuan.clocks.access import clocks_of_house, visible_clocks
    from huikuan.clocks.shown import in_state, shown

    # The machine itself has no role of a procedure: it would see none.
    assert actor.organisation is not None
    if args.user:
        seen = visible_clocks(actor, void_too=True)
    else:
        seen = clocks_of_house(actor.organisation, void_too=True)
    state = "" if args.state == "running" else args.state
    for row in shown(in_state(seen, state, at), at):
        if args.json:
            print(json.dumps(_as_json(row), ensure_ascii=False))
        else:
            print(_sentence(row, actor))
    return 0


def _extend(args: argparse.Namespace, actor: "User", at: dt.datetime) -> int:
    """Gives it more time, or says why not."""
    from huikuan.clocks.extend import extend
    from huikuan.clocks.shown import shown
    from huikuan.ops.acts import tell

    until = _moment(args.until, actor)
    extended = extend(args.clock, reason=args.reason, actor=actor, at=at, until=until)
    said: dict[str, object] = {"clock": None}
    sentence = ""
    if extended.clock is not None:
        row = shown([extended.clock], at)[0]
        said = _as_json(row)
        sentence = _sentence(row, actor)
    return tell(extended.problems, said, sentence, args, done=extended.done)


def _lift(args: argparse.Namespace, actor: "User", at: dt.datetime) -> int:
    """Lifts the breach, or says why not."""
    from django.utils.translation import gettext as _

    from huikuan.clocks.lift import lift
    from huikuan.ops.acts import tell

    lifted = lift(args.clock, reason=args.reason, actor=actor, at=at)
    said: dict[str, object] = {"clock": args.clock, "lifted": lifted.done}
    sentence = _("The breach is lifted. It stays to be read.")
    return tell(lifted.problems, said, sentence, args, done=lifted.done)


def _moment(given: dt.datetime | None, actor: "User") -> dt.datetime | None:
    """Without an offset the moment is one of the house."""
    from zoneinfo import ZoneInfo

    if given is None or given.tzinfo is not None:
        return given
    assert actor.organisation is not None
    return given.replace(tzinfo=ZoneInfo(actor.organisation.timezone))


def _as_json(row: "Shown") -> dict[str, object]:
    """The keys that docs/cli.md promises. Moments are in UTC."""
    clock = row.clock
    moments = {
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "met_at": clock.met_at,
    }

    return {
        "clock": clock.pk,
        "pack": clock.pack,
        "kind": clock.kind,
        "title": row.title,
        "subject": clock.subject_kind,
        "about": row.name,
        "state": row.code,
        "role": clock.role,
        "source": clock.source,
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
    }


def _sentence(row: "Shown", actor: "User") -> str:
    """One line for people: number, what, about what, due when, how it stands."""
    from zoneinfo import ZoneInfo

    from huikuan.lib.days import written_end

    assert actor.organisation is not None
    due = "—"
    if row.clock.due_at is not None:
        local = row.clock.due_at.astimezone(ZoneInfo(actor.organisation.timezone))
        due = written_end(local)
    return f"{row.clock.pk}  {due}  {row.state}  {row.title}  {row.name}  {row.clock.source}"
