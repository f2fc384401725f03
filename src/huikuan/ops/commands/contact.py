"""huikuan contact: one contact is recorded, by the form and the rules of its page."""

import argparse
import datetime as dt
import sys
from typing import TYPE_CHECKING

from huikuan.engine.words import CONTACT_ACTIONS
from huikuan.ops import requests
from huikuan.ops.arguments import moment

if TYPE_CHECKING:
    from django.http import QueryDict

    from huikuan.casebook.models import Case
    from huikuan.contacts.entry import Recorded

HELP = "record a contact: a call, message, letter or visit, and what came of it"
NEEDS_DATABASE = True
#: Fields of the form that are given as they are written there; the form judges them.
FIELDS = (
    "answered", "outcome", "promise_amount", "promise_on", "promise_count", "promise_every",
    "next_on", "next_at", "reason_code", "willingness", "evidence", "relation", "hours_from",
    "hours_to", "hours_until", "note", "analysis", "plan", "seconds", "override_reason", "staff",
)  # fmt: skip
#: What may be said of a number or address that the debtor gives.
NEW = ("kind", "value", "whose", "place", "holder")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`CASE --channel C …`: an option for each field of the form."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("case", metavar="CASE", help=_("number of the case"))
    parser.add_argument("--channel", choices=CONTACT_ACTIONS, required=True)
    parser.add_argument("--in", dest="inbound", action="store_true", help=_("the debtor called"))
    parser.add_argument("--point", type=int, metavar="ID", help=_("number or address, by its id"))
    parser.add_argument("--at", type=moment, metavar="MOMENT", help=_("when; now if absent"))
    parser.add_argument("--identified", action="store_true", help=_("identity was confirmed"))
    for name in FIELDS:
        parser.add_argument(f"--{name.replace('_', '-')}", default="", metavar="TEXT")

    parser.add_argument(
        "--next-slot",
        action="store_true",
        help=_("the next contact in the next slot of the procedure"),
    )
    parser.add_argument("--hold-item", metavar="ITEM", help=_("number of the item that rests"))
    parser.add_argument(
        "--paid-item",
        action="append",
        default=[],
        metavar="ITEM",
        help=_("an item that is said to be paid"),
    )
    parser.add_argument("--task", type=int, action="append", default=[], metavar="ID")
    parser.add_argument("--new", nargs="+", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--check", action="append", default=[], metavar="ID=same|changed")
    parser.add_argument("--key", default="", metavar="KEY", help=_("the same key saves once"))
    requests.common_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: recorded, now or before under the same key; 1: not, and why; 2: wrong usage."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.calls.forms import placed
    from huikuan.calls.other import take
    from huikuan.ops.acts import case_named, tell
    from huikuan.ops.cli import USAGE

    wrong = _wrong_usage(args)
    if wrong:
        print(wrong, file=sys.stderr)
        return USAGE

    actor = requests.actor_of(args)
    case = case_named(args.case, actor)
    recorded = take(case, _form(args, case), actor=actor, now=timezone.now()).recorded

    said = _as_json(case, recorded)
    sentence = _("contact {number} is recorded").format(number=said["contact"])
    return tell(placed(recorded.problems), said, sentence, args, done=recorded.saved)


def _wrong_usage(args: argparse.Namespace) -> str:
    """What the form has no field for, so that it would be passed over; empty: nothing."""
    from django.utils.translation import gettext as _

    from huikuan.calls.forms import NEW_POINTS

    if args.next_slot and (args.next_on or args.next_at):
        return _("--next-slot goes without --next-on and --next-at")
    if args.inbound and args.channel != "call":
        return _("--in goes with --channel call")
    if len(args.new) > NEW_POINTS:
        return _("--new may be given {most} times").format(most=NEW_POINTS)

    return _wrong_points(args)


def _wrong_points(args: argparse.Namespace) -> str:
    """What is said of numbers and addresses in words that nobody knows; empty: nothing."""
    from django.utils.translation import gettext as _

    known = _choices()
    for word in [word for words in args.new for word in words]:
        name, mark, value = word.partition("=")
        if name not in NEW or not mark:
            return _("--new takes NAME=VALUE; names: {known}").format(known=", ".join(NEW))
        if name in known and value not in known[name]:
            text = _("{value} is not one of the known values; known here: {known}")
            return text.format(value=word, known=", ".join(known[name]))
    for word in args.check:
        point, _mark, answer = word.partition("=")
        if not point.isdecimal() or answer not in ("same", "changed"):
            return _("--check takes ID=same or ID=changed")
    return ""


def _choices() -> dict[str, list[str]]:
    """The values that a given number or address may have, by name."""
    from huikuan.casebook.models import ContactPoint

    return {
        "kind": ContactPoint.Kind.values,
        "whose": ContactPoint.Whose.values,
        "place": ContactPoint.Place.values,
    }


def _form(args: argparse.Namespace, case: "Case") -> "QueryDict":
    """What the page would have sent."""
    from django.http import QueryDict

    from huikuan.ops.acts import item_named

    data = QueryDict(mutable=True)
    for name in FIELDS:
        data[name] = getattr(args, name)
    data["channel"] = "call_in" if args.inbound else args.channel
    data["request_key"] = args.key
    data["point"] = "" if args.point is None else str(args.point)
    data.setlist("tasks", [str(task) for task in args.task])
    if args.identified:
        data["identified"] = "on"
    if args.hold_item is not None:
        data["hold_item"] = str(item_named(args.hold_item, case).pk)

    paid = [str(item_named(number, case).pk) for number in args.paid_item]
    data.setlist("paid_items", paid)

    for number, words in enumerate(args.new):
        for word in words:
            name, _mark, value = word.partition("=")
            data[f"new{number}_{name}"] = value
    for word in args.check:
        point, _mark, answer = word.partition("=")
        data[f"check-{point}"] = answer
    _add_times(data, args, case)
    return data


def _add_times(data: "QueryDict", args: argparse.Namespace, case: "Case") -> None:
    """When it took place, and when the next one is to be, where the options say it."""
    if args.at is not None:
        _add_moment(data, args.at, case)
    if args.next_slot:
        _add_slot(data, case)


def _add_slot(data: "QueryDict", case: "Case") -> None:
    """The day and minute that the page would propose after nobody answered."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.calls.times import next_slot
    from huikuan.ops.cli import CommandError

    proposed = next_slot(case, timezone.now())
    if proposed is None:
        raise CommandError(_("the procedure has no slot for a next try"))
    data["next_on"] = proposed.moment.day.isoformat()
    data["next_at"] = proposed.moment.clock


def _add_moment(data: "QueryDict", at: dt.datetime, case: "Case") -> None:
    """Day and minute where the debtor is; a moment without an offset is meant there."""
    from huikuan.contacts.moment import local_time

    local = at
    if at.tzinfo is not None:
        local = local_time(at, case.person, case.organisation)
    data["day"] = f"{local:%Y-%m-%d}"
    data["time"] = f"{local:%H:%M}"


def _as_json(case: "Case", recorded: "Recorded") -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    contact = recorded.contact
    if contact is None:
        return {"contact": None, "case": case.number, "repeated": False}

    promises = [
        {
            "due_on": promise.due_on.isoformat(),
            "amount_minor": promise.amount_minor,
            "currency": promise.currency,
        }
        for promise in recorded.promises
    ]
    decision = contact.decision
    refused = decision is not None and not decision.allowed
    rule = decision.rule if decision is not None and refused else None
    return {
        "contact": contact.pk,
        "case": case.number,
        "at": contact.at.isoformat(),
        "outcome": contact.outcome,
        "decision": contact.decision_id,
        "rule": rule,
        "done": list(recorded.done),
        "promises": promises,
        "repeated": recorded.repeated,
    }
