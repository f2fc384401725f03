"""Arguments that several commands share."""

import argparse
import datetime as dt
import sys
from typing import TypeVar
from zoneinfo import ZoneInfo

from huikuan.lib.days import FIRST_YEAR, LAST_YEAR, is_in_book

LOCAL = ZoneInfo("Asia/Shanghai")


#: A day or a moment.
Given = TypeVar("Given", bound=dt.date)


def today() -> dt.date:
    """The local day of the house. Only the doors read the clock."""
    return dt.datetime.now(LOCAL).date()


def day(text: str) -> dt.date:
    """A day as 2026-11-23."""
    return _in_book(dt.date.fromisoformat(text))


def moment(text: str) -> dt.datetime:
    """A moment as 2026-11-23T10:30, with an offset or without."""
    return _in_book(dt.datetime.fromisoformat(text))


def _in_book(given: Given) -> Given:
    """The day as it is; argparse says what else is wrong with it."""
    from huikuan.ops.words import gettext as _

    if not is_in_book(given):
        text = _("no day of the book: the years are {first} to {last}")
        raise argparse.ArgumentTypeError(text.format(first=FIRST_YEAR, last=LAST_YEAR))
    return given


def day_argument(parser: argparse.ArgumentParser) -> None:
    """--on D, the local day; today when absent."""
    parser.add_argument("--on", type=day, default=today(), metavar="YYYY-MM-DD")


def organisation_argument(parser: argparse.ArgumentParser) -> None:
    """--organisation CODE; not needed while there is only one."""
    parser.add_argument("--organisation", metavar="CODE", default=None)


def in_house_zone(moment: dt.datetime) -> dt.datetime:
    """A moment without an offset is meant in the house's zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def known_at_argument(parser: argparse.ArgumentParser) -> None:
    """--known-at MOMENT: by what was recorded until then."""
    parser.add_argument("--known-at", type=moment, default=None, metavar="MOMENT")


def warn_of_provisional_year(on: dt.date) -> None:
    """One line on standard error when no notice says which days of the year are worked."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.calendar import provisional_year

    if year := provisional_year(on):
        text = _(
            "{year} has no official notice of working days: they are provisional, Monday to Friday"
        )
        print(text.format(year=year), file=sys.stderr)
