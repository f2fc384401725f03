"""huikuan charge: corrections of what is owed, asked for by one and decided by another."""

import argparse

from huikuan.ops import requests

HELP = "ask for a credit note, waiver or correcting charge against an item, or decide one"
NEEDS_DATABASE = True
TYPES = ("credit_note", "waiver", "correction")
GROUNDS = ("contract", "court", "statute", "creditor")
KINDS = ("principal", "interest", "penalty", "fee", "cost")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`ask CASE ITEM AMOUNT …` and `decide ID …`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    ask = acts.add_parser("ask", help=_("ask for a correction"))
    ask.add_argument("case", metavar="CASE", help=_("number of the case"))
    ask.add_argument("item", metavar="ITEM", help=_("number of the item"))
    ask.add_argument(
        "amount",
        metavar="AMOUNT",
        help=_("what a credit note or waiver gives up; of a correction with its sign"),
    )
    ask.add_argument("--type", choices=TYPES, default="credit_note")
    ask.add_argument("--kind", choices=KINDS, default="principal", help=_("kind of charge"))
    ask.add_argument("--reference", default="", metavar="TEXT", help=_("number of the paper"))
    ask.add_argument("--ground", choices=GROUNDS, default="", help=_("by what more is owed"))
    ask.add_argument("--basis", default="", metavar="TEXT", help=_("legal basis"))
    requests.asking_arguments(ask)

    decide = acts.add_parser("decide", help=_("grant or refuse a request"))
    requests.deciding_arguments(decide)


def run(args: argparse.Namespace) -> int:
    """0: the request waits, or was decided; 1: it cannot be done, and why."""
    if args.act == "decide":
        return requests.decide(args)

    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.lib.money import parse_minor
    from huikuan.lib.problems import Refused
    from huikuan.ops.acts import case_named, item_named
    from huikuan.ops.cli import CommandError
    from huikuan.payments.ask_correction import ask_correction
    from huikuan.payments.correct import LOWERING, CorrectionEntry

    actor = requests.actor_of(args)
    case = case_named(args.case, actor)
    item = item_named(args.item, case)

    try:
        amount = parse_minor(args.amount, case.currency)
    except Refused as refused:
        raise CommandError(refused.problem().text(_)) from refused
    if args.type in LOWERING:
        amount = -abs(amount)

    entry = CorrectionEntry(
        case_id=case.pk,
        item_id=item.pk,
        kind=args.type,
        charge_kind=args.kind,
        amount_minor=amount,
        on=requests.local_day(args, actor),
        reason=args.reason,
        reference=args.reference,
        ground=args.ground,
        basis=args.basis,
    )
    asked = ask_correction(entry, actor=actor, at=timezone.now())
    return requests.tell_asked(asked, args)
