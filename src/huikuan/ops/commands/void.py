"""huikuan void: takes a payment or a correction back, asked for by one and decided by another."""

import argparse

from huikuan.ops import requests

HELP = "ask that a payment or a correction be taken back, by its reference, or decide it"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """`ask REFERENCE --creditor C …` and `decide ID …`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    ask = acts.add_parser("ask", help=_("ask that it be taken back"))
    ask.add_argument("reference", metavar="REFERENCE", help=_("of the payment or correction"))
    ask.add_argument("--creditor", required=True, metavar="CODE", help=_("code of the creditor"))
    requests.asking_arguments(ask)

    decide = acts.add_parser("decide", help=_("grant or refuse a request"))
    requests.deciding_arguments(decide)


def run(args: argparse.Namespace) -> int:
    """0: the request waits, or was decided; 1: it cannot be done, and why."""
    if args.act == "decide":
        return requests.decide(args)

    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.casebook.models import Correction, Payment
    from huikuan.ops.cli import CommandError
    from huikuan.payments.ask import ask_reversal
    from huikuan.payments.ask_correction import ask_void

    actor = requests.actor_of(args)
    mine = {
        "organisation": actor.organisation,
        "creditor__code": args.creditor,
        "reference": args.reference,
    }
    on = requests.local_day(args, actor)
    at = timezone.now()

    payment = Payment.objects.filter(**mine).first()
    correction = Correction.objects.filter(**mine).first()
    if payment is not None and correction is not None:
        text = _("a payment and a correction have the reference '{reference}': use the page")
        raise CommandError(text.format(reference=args.reference))
    if payment is not None:
        asked = ask_reversal(payment.pk, on=on, reason=args.reason, actor=actor, at=at)
        return requests.tell_asked(asked, args)
    if correction is not None:
        asked = ask_void(correction.pk, on=on, reason=args.reason, actor=actor, at=at)
        return requests.tell_asked(asked, args)

    text = _("creditor '{code}' has no payment or correction with the reference '{reference}'")
    raise CommandError(text.format(code=args.creditor, reference=args.reference))
