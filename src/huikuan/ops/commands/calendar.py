"""huikuan calendar [FILE]"""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huikuan.lib.problems import Problem

HELP = (
    "working days: the years with an official notice; FILE takes the notice of a new year into use"
)
NEEDS_DATABASE = False
NEEDS_DJANGO = True


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="CSV: date, kind, name, source, official"
    )
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """1 when the file has problems; then nothing is changed."""
    from django.utils.translation import gettext as _

    from huikuan.casebook import calendar

    loaded, problems = _load(args.file) if args.file else ([], [])
    if loaded:
        _count_again()
    official = sorted(calendar.calendar().official_years)
    if args.json:
        answer = {
            "loaded": loaded,
            "official": official,
            "problems": [problem.as_dict(_) for problem in problems],
        }
        print(json.dumps(answer, ensure_ascii=False))
        return 1 if problems else 0
    for problem in problems:
        print(
            "; ".join(
                part
                for part in (f"{problem.place}: {problem.text(_)}", problem.remedy_text(_))
                if part
            )
        )
    for year in loaded:
        print(_("{year} is in use").format(year=year))
    text = _(
        "official notices: {first} to {last}; working days of other years are provisional, Monday to Friday"
    )
    print(text.format(first=official[0], last=official[-1]))
    return 1 if problems else 0


def _count_again() -> None:
    """Deadlines in working days that run are counted by the new days, where there is a book."""
    from huikuan.ops import database

    if not database.has_book():
        return

    database.connect()
    from django.utils import timezone

    from huikuan.clocks.refresh import catch_up

    catch_up(at=timezone.now())


def _load(file: Path) -> "tuple[list[int], list[Problem]]":
    from django.utils.translation import gettext as _

    from huikuan.casebook import calendar
    from huikuan.ops.cli import CommandError

    try:
        return calendar.load(file.read_text("utf-8-sig"), file.name)
    except UnicodeDecodeError as error:
        raise CommandError(_("{file} is not UTF-8").format(file=file)) from error
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
