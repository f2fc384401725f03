"""huikuan arrival FILE --creditor C: a batch lies in its channel, and its deadlines begin."""

import argparse
import json

from huikuan.ops import requests
from huikuan.ops.placements_named import creditor_named, line_of, mapping_named, moment

HELP = "note that a file has arrived and is not fetched yet"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --creditor and what goes with them."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("file", metavar="FILE", help=_("name of the file in its channel"))
    parser.add_argument("--creditor", required=True, metavar="CODE", help=_("code of the creditor"))
    parser.add_argument(
        "--mapping", metavar="NAME", help=_("mapping by name or path; default: the creditor's code")
    )
    parser.add_argument(
        "--at",
        type=moment,
        metavar="T",
        help=_("when the file arrived (ISO 8601); default: now"),
    )
    requests.common_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: the batch has its number, and had it before where it was noted already."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.intake.arrive import arrive
    from huikuan.intake.creditors import made
    from huikuan.intake.file_name import name_problem
    from huikuan.ops.cli import CommandError
    from huikuan.people.rights import Right
    from huikuan.planning.load import load_all

    now = timezone.now()
    actor = requests.actor_of(args)
    if not actor.may(Right.IMPORT):
        raise CommandError(_("your role does not import files"))
    if args.at is not None and args.at > now:
        raise CommandError(_("--at lies in the future"))

    mapping = mapping_named(args.mapping or args.creditor)
    creditor = creditor_named(args.creditor, mapping, actor)
    load_all(at=now)
    found = name_problem(args.file)
    if found is not None:
        raise CommandError(line_of(found))

    bank = made(creditor)
    noted = arrive(bank, mapping.name, args.file, actor, at=now, arrived_at=args.at)
    if args.json:
        said = {"placement": noted.number, "arrived_at": noted.received_at.isoformat()}
        print(json.dumps(said, ensure_ascii=False))
    elif noted.act.at < now:
        text = _("{number} was noted before, as of {moment}; it keeps this moment.")
        came = timezone.localtime(noted.received_at)
        print(text.format(number=noted.number, moment=f"{came:%Y-%m-%d %H:%M}"))
    else:
        print(_("{number} has arrived.").format(number=noted.number))
    return 0
