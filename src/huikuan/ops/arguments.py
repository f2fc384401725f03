"""Arguments that several commands share."""

import argparse
import datetime as dt
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """The local day of the house. Only the doors read the clock."""
    return dt.datetime.now(LOCAL).date()


def day(text: str) -> dt.date:
    """A day as 2026-11-23."""
    return dt.date.fromisoformat(text)


def day_argument(parser: argparse.ArgumentParser) -> None:
    """--on D, the local day; today when absent."""
    parser.add_argument("--on", type=day, default=today(), metavar="YYYY-MM-DD")


def organisation_argument(parser: argparse.ArgumentParser) -> None:
    """--organisation CODE; not needed while there is only one."""
    parser.add_argument("--organisation", metavar="CODE", default=None)


def in_house_zone(moment: dt.datetime) -> dt.datetime:
    """A moment without an offset is meant in the house's zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
