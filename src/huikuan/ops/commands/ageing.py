"""huikuan ageing: open amounts by the age of their items, on any day."""

import argparse
import csv
import json
import sys
from typing import TYPE_CHECKING

from huikuan.ops.arguments import day_argument, organisation_argument, today

if TYPE_CHECKING:
    from huikuan.reports.ageing import Ageing, Line

HELP = "open amounts by days past due, as they were on a day"
GROUPINGS = ("creditor", "customer", "collector", "product")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The day, whose debts, what the lines are of, and the form of the answer."""
    from huikuan.ops.words import gettext as _

    day_argument(parser)
    parser.add_argument("--creditor", metavar="CODE", help=_("only the debts of this creditor"))
    parser.add_argument(
        "--by", choices=GROUPINGS, default="creditor", help=_("what the lines are of")
    )
    organisation_argument(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=_("one JSON object on standard output"))
    form.add_argument("--csv", action="store_true", help=_("a table for a spreadsheet"))


def run(args: argparse.Namespace) -> int:
    """0: told; 1: the day lies ahead, or there is no such creditor."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.ops.people_named import creditor_named
    from huikuan.ops.service import looking_on
    from huikuan.reports.ageing import ageing, as_json

    if args.on > today():
        text = _("{day} lies ahead; choose today or an earlier day")
        raise CommandError(text.format(day=args.on))

    user = looking_on(args.organisation)
    assert user.organisation is not None
    creditor = None
    if args.creditor is not None:
        creditor = creditor_named(args.creditor, user.organisation)

    told = ageing(user, args.on, creditor=creditor, grouping=args.by)
    if args.json:
        print(json.dumps(as_json(told), ensure_ascii=False))
    elif args.csv:
        _write_csv(told)
    else:
        _tell(told)
    return 0


def _write_csv(told: "Ageing") -> None:
    """The lines without totals, amounts in units of their currency: spreadsheets add up."""
    from huikuan.lib.money import to_decimal
    from huikuan.reports.ageing import BUCKETS

    writer = csv.writer(sys.stdout, lineterminator="\n")
    codes = [bucket.code for bucket in BUCKETS]
    writer.writerow(["code", "name", "currency", "items", *codes, "overdue", "open"])
    for line in told.lines:
        amounts = [*line.minor.values(), line.overdue_minor, line.open_minor]
        units = [to_decimal(minor, line.currency) for minor in amounts]
        writer.writerow([line.code, line.name, line.currency, line.items, *units])


def _tell(told: "Ageing") -> None:
    """A line for each creditor, customer, collector or product, then what is open by currency."""
    from django.utils.translation import gettext as _

    from huikuan.reports.ageing_sheet import nameless

    print(told.on.isoformat())
    for line in told.lines:
        print(f"  {line.name or nameless(told.grouping)}: {_sentence(line)}")
    for line in told.totals:
        print(f"{_('Total')} {line.currency}: {_sentence(line)}")
    if not told.totals:
        print(_("Nothing was open on this day"))


def _sentence(line: "Line") -> str:
    """All that is open, then every bucket that holds something."""
    from django.utils.translation import get_language

    from huikuan.lib.money import format_minor
    from huikuan.reports.ageing_sheet import amounts, heads

    language = get_language() or "zh-hans"
    parts = [
        f"{head} {format_minor(minor, line.currency, language)}"
        for head, minor in zip(heads(), amounts(line), strict=True)
        if minor
    ]
    return ", ".join(parts)
