"""huikuan import FILE --creditor C: a placement file becomes cases; what is wrong with it is listed row by row."""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from huikuan.ops.arguments import organisation_argument
from huikuan.ops.placements_named import creditor_named, line_of, mapping_named, moment

HELP = "import a placement file: check every row, take the good ones, report the others"
NEEDS_DATABASE = True
SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --creditor and what goes with them."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV or XLSX file"))
    parser.add_argument("--creditor", required=True, metavar="CODE", help=_("code of the creditor"))
    parser.add_argument(
        "--mapping", metavar="NAME", help=_("mapping by name or path; default: the creditor's code")
    )
    parser.add_argument("--dry-run", action="store_true", help=_("check and show, write nothing"))
    parser.add_argument(
        "--received-at",
        type=moment,
        metavar="T",
        help=_("when the file arrived (ISO 8601); default: now"),
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="XLSX",
        help=_("write the rows to correct and their problems here"),
    )
    parser.add_argument("--json", action="store_true", help=_("one JSON object on standard output"))
    organisation_argument(parser)


def run(args: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.intake.accept import Result
    from huikuan.intake.mapping import WrongMapping
    from huikuan.intake.sentences import problem
    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import looking_on, service_user

    at = timezone.now()
    acts = looking_on if args.dry_run else service_user
    actor: Any = acts(args.organisation)
    if not args.file.is_file():
        raise CommandError(line_of(problem("table.not_found", file=str(args.file))))
    if args.received_at and args.received_at > at:
        raise CommandError(_("--received-at lies in the future"))
    mapping = mapping_named(args.mapping or args.creditor)
    creditor = creditor_named(args.creditor, mapping, actor)
    result: Result
    checked: Any
    try:
        result, checked = _import(args, creditor, mapping, actor, at)
    except WrongMapping as error:
        raise CommandError("\n".join(line_of(found) for found in error.problems)) from error
    if args.report and checked is not None and (checked.reported or checked.general):
        from huikuan.intake.report import write

        write(args.report, checked, result.placement or "")
    _show(args, result, checked)
    return 1 if result.reported or result.received == 0 else 0


def _import(
    args: argparse.Namespace, creditor: Any, mapping: Any, actor: Any, at: dt.datetime
) -> tuple[Any, Any]:
    """What the file became, or would become. Raises WrongMapping."""
    from huikuan.intake import load
    from huikuan.intake.creditors import made
    from huikuan.intake.progress import Meter
    from huikuan.intake.usable_packs import must_be_usable
    from huikuan.planning.load import load_all

    if args.dry_run:
        return _look(args, creditor, mapping, at)

    load_all(at=at)
    must_be_usable(mapping, creditor, at)
    return load.import_file(
        args.file,
        made(creditor),
        mapping,
        actor,
        at=at,
        received_at=args.received_at,
        progress=Meter.of_command(args.json),
    )


def _look(
    args: argparse.Namespace, creditor: Any, mapping: Any, at: dt.datetime
) -> tuple[Any, Any]:
    """What the file would become. Raises WrongMapping.

    The packs that the mapping names may never have been loaded: they are loaded for the look, and
    taken back with everything else.
    """
    from django.db import transaction

    from huikuan.intake import load
    from huikuan.planning.load import load_all

    with transaction.atomic():
        load_all(at=at)
        found = load.dry_run(args.file, creditor, mapping, at=at, received_at=args.received_at)
        transaction.set_rollback(True)
    return found


def _show(args: argparse.Namespace, result: Any, checked: Any) -> None:
    from django.utils.translation import gettext as _

    if args.json:
        print(json.dumps(result.as_dict(), ensure_ascii=False))
    elif result.already:
        print(
            _("This file was imported before as {number}; nothing was changed.").format(
                number=result.placement
            )
        )
    else:
        line = _(
            "{received} rows received, {accepted} accepted, {reported} reported; "
            "new: {persons} debtors, {cases} cases, {items} items, {payments} payments ({seconds:.1f} s)"
        )
        new = {key: result.new.get(key, 0) for key in ("persons", "cases", "items", "payments")}
        print(line.format(**vars(result), **new))
        if args.dry_run:
            print(_("Dry run: nothing was written."))
    if checked is None:
        return
    found = list(checked.problems(SHOWN))[:SHOWN]
    for one in found:
        print(line_of(one), file=sys.stderr)
    rest = sum(checked.by_code().values()) - len(found)
    if rest > 0:
        print(
            _("… and {count} more; --report FILE.xlsx lists them all").format(count=rest),
            file=sys.stderr,
        )
