"""huikuan hold: holds are set, proposed, decided and ended, as on the pages."""

import argparse
import datetime as dt
import json
from typing import TYPE_CHECKING

from huikuan.ops import requests

if TYPE_CHECKING:
    from huikuan.casebook.models import Approval, Hold
    from huikuan.holds.entry import HoldEntry
    from huikuan.people.models import User

HELP = "set, propose, decide and end holds of cases"
NEEDS_DATABASE = True
KINDS = (
    "dispute", "complaint", "deceased", "minor", "bankrupt", "ill", "fraud_victim", "represented",
    "plan", "do_not_call",
)  # fmt: skip
SCOPES = ("item", "account", "case", "person")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `place CASE …`, `propose CASE …`, `end HOLD …`, `decide ID …`, `withdraw ID`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help=_("holds that stand, or that have ended"))
    listed.add_argument("case", nargs="?", metavar="CASE", help=_("number of the case"))
    listed.add_argument("--kind", choices=KINDS)
    listed.add_argument("--scope", choices=SCOPES)
    listed.add_argument("--ended", action="store_true", help=_("those that have ended"))
    requests.common_arguments(listed)

    _entry_arguments(acts.add_parser("place", help=_("set a hold at once")))
    _entry_arguments(acts.add_parser("propose", help=_("ask for a hold; another decides")))

    end = acts.add_parser("end", help=_("end a hold"))
    end.add_argument("hold", type=int, metavar="HOLD", help=_("number of the hold"))
    requests.asking_arguments(end)

    decide = acts.add_parser("decide", help=_("grant or refuse a request"))
    decide.add_argument("--item", metavar="ITEM", help=_("number of the item"))
    decide.add_argument("--account", metavar="ACCOUNT", help=_("account, as lists show it"))
    requests.deciding_arguments(decide)

    withdraw = acts.add_parser("withdraw", help=_("take your own request back"))
    withdraw.add_argument("request", type=int, metavar="ID", help=_("number of the request"))
    requests.common_arguments(withdraw)


def _entry_arguments(parser: argparse.ArgumentParser) -> None:
    """What is held, how far, from when and why."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("case", metavar="CASE", help=_("number of the case"))
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--scope", choices=SCOPES, help=_("how far; the kind's usual if absent"))
    parser.add_argument("--item", metavar="ITEM", help=_("number of the item"))
    parser.add_argument("--account", metavar="ACCOUNT", help=_("account, as lists show it"))
    requests.asking_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: this call did it, or the list is told; 1: it was not done, and why."""
    from django.utils import timezone

    actor = requests.actor_of(args)
    at = timezone.now()
    if args.act == "list":
        return _list(args, actor)
    if args.act == "place":
        return _place(args, actor, at)
    if args.act == "propose":
        return _propose(args, actor, at)
    if args.act == "end":
        return _end(args, actor, at)
    return _decide(args, actor, at)


def _list(args: argparse.Namespace, actor: "User") -> int:
    """Holds of the cases that the actor sees, those that stand the longest first."""
    from huikuan.holds.listed import listed
    from huikuan.ops.acts import case_named

    state = "ended" if args.ended else ""
    chosen = {"kind": args.kind, "scope": args.scope, "state": state}
    found = listed(actor, chosen, requests.today_of(actor))
    if args.case is not None:
        found = found.filter(case=case_named(args.case, actor))

    rows = found.select_related("case", "item", "account", "act__actor")
    for hold in rows.order_by("valid_on", "pk").iterator(chunk_size=1000):
        if args.json:
            print(json.dumps(hold_as_json(hold), ensure_ascii=False))
        else:
            print(_sentence(hold))
    return 0


def _place(args: argparse.Namespace, actor: "User", at: dt.datetime) -> int:
    """Sets it, or says why not."""
    from huikuan.holds.place import place
    from huikuan.ops.acts import case_named, tell

    case = case_named(args.case, actor)
    placed = place(case.pk, _entry(args, actor), actor=actor, at=at)
    hold = placed.hold
    said = _as_json(hold, None)
    return tell(placed.problems, said, _sentence(hold), args, done=hold is not None)


def _propose(args: argparse.Namespace, actor: "User", at: dt.datetime) -> int:
    """Asks for it, or says why not."""
    from huikuan.holds.propose import propose
    from huikuan.ops.acts import case_named, tell

    case = case_named(args.case, actor)
    proposed = propose(case.pk, _entry(args, actor), actor=actor, at=at)
    asked = proposed.approval
    said = _as_json(None, asked)
    return tell(proposed.problems, said, _asked_sentence(asked), args, done=asked is not None)


def _end(args: argparse.Namespace, actor: "User", at: dt.datetime) -> int:
    """Ends it from the day on, or says why not."""
    from huikuan.holds.end import end
    from huikuan.ops.acts import tell

    on = requests.local_day(args, actor)
    ended = end(args.hold, on=on, reason=args.reason, actor=actor, at=at)
    hold = ended.hold
    said = _as_json(hold, None)
    return tell(ended.problems, said, _sentence(hold), args, done=hold is not None)


def _decide(args: argparse.Namespace, actor: "User", at: dt.datetime) -> int:
    """Grants, refuses or withdraws; a grant sets the hold in the same transaction."""
    from huikuan.casebook.models import Hold
    from huikuan.holds import decide as deciding
    from huikuan.ops.acts import tell

    if args.act == "withdraw":
        decided = deciding.withdraw(args.request, actor=actor, at=at)
    else:
        decided = deciding.decide(
            args.request,
            grant=args.grant,
            reason=args.reason,
            actor=actor,
            at=at,
            **_chosen(args, actor),
        )

    hold = None
    if decided.granted:
        # Nothing is found where another hand had set the same hold meanwhile: that one stays.
        hold = Hold.objects.filter(act=decided.act).first()
    said = _as_json(hold, decided.approval)
    sentence = _asked_sentence(decided.approval)
    return tell(decided.problems, said, sentence, args, done=decided.act is not None)


def _chosen(args: argparse.Namespace, actor: "User") -> dict[str, int]:
    """The item or account that is said at the decision, where the proposal left it open."""
    from huikuan.casebook.access import visible_cases
    from huikuan.ops.acts import account_named, item_named

    case = visible_cases(actor).filter(approvals=args.request).first()
    if case is None:
        return {}

    chosen = {}
    if args.item is not None:
        chosen["item_id"] = item_named(args.item, case).pk
    if args.account is not None:
        chosen["account_id"] = account_named(args.account, case).pk
    return chosen


def _entry(args: argparse.Namespace, actor: "User") -> "HoldEntry":
    """What is asked for. Without a scope: of an item or account that is named, else the usual."""
    from huikuan.holds.entry import SCOPES as REACHES
    from huikuan.holds.entry import HoldEntry
    from huikuan.ops.acts import account_named, case_named, item_named

    case = case_named(args.case, actor)
    scope = args.scope or REACHES[args.kind][0]
    item_id = None
    account_id = None
    if args.item is not None:
        item_id = item_named(args.item, case).pk
        scope = args.scope or "item"
    if args.account is not None:
        account_id = account_named(args.account, case).pk
        scope = args.scope or "account"

    on = requests.local_day(args, actor)
    return HoldEntry(args.kind, scope, on, args.reason, item_id, account_id)


def hold_as_json(hold: "Hold") -> dict[str, object]:
    """The keys of a hold that docs/cli.md promises."""
    item = hold.item.number if hold.item else None
    account = hold.account.number_shown if hold.account else None
    ended_on = hold.ended_on.isoformat() if hold.ended_on else None

    return {
        "hold": hold.pk,
        "case": hold.case.number,
        "kind": hold.kind,
        "scope": hold.scope,
        "item": item,
        "account": account,
        "on": hold.valid_on.isoformat(),
        "ended_on": ended_on,
        "reason": hold.reason,
        "by": hold.act.actor.username,
    }


def _as_json(hold: "Hold | None", asked: "Approval | None") -> dict[str, object]:
    """The hold that was set or ended, and the request about it, as far as there are any."""
    said: dict[str, object] = {"hold": None, "request": None, "status": None}
    if asked is not None:
        assert asked.case is not None
        said |= {"case": asked.case.number, "request": asked.pk, "status": asked.status}
    if hold is not None:
        said |= hold_as_json(hold)
    return said


def _sentence(hold: "Hold | None") -> str:
    """One line for people: number, case, kind, reach, since when, until when."""
    from django.utils.translation import gettext as _

    if hold is None:
        return ""
    text = _("{hold}  {case}  {kind}, {scope}, from {on}")
    about = {"kind": hold.get_kind_display(), "scope": hold.get_scope_display()}
    sentence = text.format(hold=hold.pk, case=hold.case.number, on=hold.valid_on, **about)
    if hold.ended_on is not None:
        sentence += " " + _("until {on}").format(on=hold.ended_on)
    return sentence


def _asked_sentence(asked: "Approval | None") -> str:
    """How the request stands."""
    from django.utils.translation import gettext as _

    if asked is None:
        return ""
    text = _("request {number}: {status}")
    return text.format(number=asked.pk, status=asked.get_status_display())
