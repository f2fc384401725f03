"""huikuan tasks --on D"""

import argparse
import datetime as dt
import json
import sys
from typing import TYPE_CHECKING

from huikuan.ops.arguments import (
    day_argument,
    in_house_zone,
    known_at_argument,
    organisation_argument,
    warn_of_provisional_year,
)

if TYPE_CHECKING:
    from huikuan.planning.tasks import TaskRow

HELP = "list the tasks to be worked on a day, overdue ones included"


def arguments(parser: argparse.ArgumentParser) -> None:
    day_argument(parser)
    organisation_argument(parser)
    known_at_argument(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import get_language

    from huikuan.casebook.calendar import calendar
    from huikuan.ops.service import service_user
    from huikuan.planning import load
    from huikuan.planning.tasks import tasks

    load.load_all(at=timezone.now())
    user = service_user(args.organisation)
    zone = user.organisation.timezone if user.organisation else "UTC"
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    known_at = args.known_at and in_house_zone(args.known_at)
    warn_of_provisional_year(args.on)
    _warn_of_unplanned(args.on)
    for task in tasks(args.on, user=user, calendar=calendar(), known_at=known_at):
        if args.json:
            print(json.dumps(as_json(task, zone), ensure_ascii=False))
        else:
            about = f" {task.about}" if task.about else ""
            print(
                f"{task.due_on}  {task.case}{about}  {task.step.title[language]}  {task.step.role}  {task.verdict}"
            )
    return 0


def _warn_of_unplanned(on: dt.date) -> None:
    """One line on standard error where the list is short because nobody has planned the day yet."""
    from django.utils.translation import gettext as _

    from huikuan.planning.plan import last_planned

    last = last_planned()
    if last is None or last < on:
        text = _("{on} is not planned yet: `huikuan plan --on {on}`")
        print(text.format(on=on), file=sys.stderr)


def as_json(task: "TaskRow", zone: str) -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    return {
        "case": task.case,
        "debtor": task.debtor,
        "item": task.item,
        "subject": task.subject,
        "about": task.about,
        "amount_minor": task.amount,
        "currency": task.currency,
        "pack": task.pack,
        "step": task.step.id,
        "action": task.step.action,
        "addressee": task.step.addressee,
        "due_on": task.due_on.isoformat(),
        "deadline_at": end_of_day(task.deadline_on, zone),
        "role": task.step.role,
        "assignee": task.assignee,
        "approval": task.step.approval or None,
        "reason": task.facts(),
        "verdict": task.verdict,
        "earliest": task.earliest_on.isoformat() if task.earliest_on else None,
    }


def end_of_day(day: dt.date | None, zone: str) -> str | None:
    """The last second of the local day, with its offset."""
    from zoneinfo import ZoneInfo

    if day is None:
        return None
    return dt.datetime.combine(day, dt.time(23, 59, 59), ZoneInfo(zone)).isoformat()
