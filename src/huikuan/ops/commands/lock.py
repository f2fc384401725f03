"""huikuan lock set | end: deliveries to a customer are locked and unlocked, as on their page."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from huikuan.ops import requests

if TYPE_CHECKING:
    from huikuan.casebook.models import DeliveryLock
    from huikuan.receivables.lock import LockEntry

HELP = "lock the deliveries to a customer, and unlock them"
NEEDS_DATABASE = True
#: How the customer was told, as the tick of the page says it.
TOLD = {"mail": True, "otherwise": False}


def arguments(parser: argparse.ArgumentParser) -> None:
    """`set CASE …` and `end CASE …`."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")

    lock = acts.add_parser("set", help=_("no more goods, on a granted task of the procedure"))
    lock.add_argument("case", metavar="CASE", help=_("number of the case"))
    lock.add_argument("--orders", default="", metavar="WHICH", help=_("new or signed"))
    lock.add_argument(
        "--ground", default="", metavar="ARTICLE", help=_("of signed contracts: 525, 526 or 527")
    )
    lock.add_argument("--evidence", type=Path, metavar="FILE", help=_("of signed contracts"))
    _add_common(lock)

    end = acts.add_parser("end", help=_("goods go again"))
    end.add_argument("case", metavar="CASE", help=_("number of the case"))
    end.add_argument("--because", required=True, metavar="WORD", help=_("paid, secured …"))
    _add_common(end)


def _add_common(parser: argparse.ArgumentParser) -> None:
    from huikuan.ops.words import gettext as _

    parser.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    parser.add_argument(
        "--told",
        choices=tuple(TOLD),
        required=True,
        help=_("how the customer was told: mail leaves now, or they were told otherwise"),
    )
    requests.common_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: this call locked or unlocked; 1: it did not, and why; 2: wrong usage."""
    from django.utils import timezone

    from huikuan.ops.acts import case_named, tell
    from huikuan.ops.cli import USAGE
    from huikuan.receivables.lock import enter
    from huikuan.receivables.shown import entered_in_words

    wrong = _wrong_usage(args)
    if wrong:
        print(wrong, file=sys.stderr)
        return USAGE

    actor = requests.actor_of(args)
    case = case_named(args.case, actor)
    entered = enter(case.pk, _entry(args), actor=actor, at=timezone.now())

    said = _as_json(case.number, entered.lock)
    sentence = ""
    if entered.lock is not None:
        sentence = entered_in_words(entered.lock)
    return tell(entered.problems, said, sentence, args, done=entered.lock is not None)


def _wrong_usage(args: argparse.Namespace) -> str:
    """What the forms of the page do not offer; empty: nothing."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.models import DeliveryLock

    if args.act == "set":
        if args.evidence is not None and not args.evidence.is_file():
            return _("there is no file {path}").format(path=args.evidence)
        return ""

    ends = [word for word in DeliveryLock.Because.values if word != DeliveryLock.Because.OVERDUE]
    if args.because in ends:
        return ""
    text = _("{value} is not one of the known values; known here: {known}")
    return text.format(value=args.because, known=", ".join(ends))


def _entry(args: argparse.Namespace) -> "LockEntry":
    """What the form of the page would have given."""
    from huikuan.casebook.models import DeliveryLock
    from huikuan.receivables.lock import LockEntry

    by_mail = TOLD[args.told]
    if args.act == "end":
        return LockEntry(
            kind=DeliveryLock.Kind.UNLOCK,
            because=args.because,
            reason=args.reason,
            by_mail=by_mail,
        )

    evidence = None
    if args.evidence is not None:
        evidence = (args.evidence.name, args.evidence.read_bytes())
    return LockEntry(
        kind=DeliveryLock.Kind.LOCK,
        because=DeliveryLock.Because.OVERDUE,
        reason=args.reason,
        orders=args.orders,
        ground=args.ground,
        evidence=evidence,
        by_mail=by_mail,
    )


def _as_json(number: str, lock: "DeliveryLock | None") -> dict[str, object]:
    """The keys that docs/cli.md promises. `message` and `notice`: numbers in the outbox."""
    if lock is None:
        return {"lock": None, "case": number, "kind": None, "message": None, "notice": None}

    return {
        "lock": lock.pk,
        "case": number,
        "kind": lock.kind,
        "message": lock.message_id,
        "notice": lock.notice_id,
    }
