"""huikuan tasks --on D"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Mapping
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
    """A line, or with --json an object, for each task."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.casebook.calendar import calendar
    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import service_user
    from huikuan.people import roles
    from huikuan.planning import load
    from huikuan.planning.good_times import Local
    from huikuan.planning.plan import NotPlanned
    from huikuan.planning.tasks import tasks

    load.load_all(at=timezone.now())
    user = service_user(args.organisation)
    zone = user.organisation.timezone if user.organisation else "UTC"
    titles = roles.titles(user.organisation_id)
    known_at = args.known_at and in_house_zone(args.known_at)
    warn_of_provisional_year(args.on)
    _warn_of_unplanned(args.on)
    try:
        local = Local.of_day(args.on, timezone.now(), zone)
        listed = tasks(args.on, user=user, calendar=calendar(), known_at=known_at, local=local)
        for task in listed:
            if args.json:
                print(json.dumps(as_json(task, zone, args.on), ensure_ascii=False))
            else:
                print(line_of(task, titles, args.on))
    except NotPlanned as error:
        raise CommandError(_(str(error.__doc__))) from error
    return 0


def _warn_of_unplanned(on: dt.date) -> None:
    """One line on standard error where the list is short because nobody has planned the day yet."""
    from django.utils.translation import gettext as _

    from huikuan.planning.plan import last_planned

    last = last_planned()
    if last is None or last < on:
        text = _("{on} is not planned yet: `huikuan plan --on {on}`")
        print(text.format(on=on), file=sys.stderr)


def line_of(task: "TaskRow", titles: Mapping[str, str], on: dt.date) -> str:
    """The task for people: number, day, whose, about what and how much, what, by whom, how, when best.

    `titles`: code of a role → its title.
    """
    from django.utils.translation import gettext as _

    from huikuan.ops.shown import money
    from huikuan.web.templatetags.huikuan_facts import in_language
    from huikuan.web.templatetags.huikuan_times import advice_text

    number = "—" if task.task is None else f"#{task.task}"
    amount = "" if task.amount is None else money(task.amount, task.currency)
    about = " ".join(part for part in (task.about, amount) if part)
    role = titles[task.step.role]
    verdict = _("allowed") if task.verdict == "allowed" else task.verdict
    parts = [
        number,
        task.due_on.isoformat(),
        f"{task.case} {task.customer}".rstrip(),
        about,
        in_language(task.step.title),
        role,
        _point(task),
        verdict,
        advice_text(task.advice, on),
    ]
    return "  ".join(part for part in parts if part)


def _point(task: "TaskRow") -> str:
    """The first number or address by which a contact can be made, with its id for --point."""
    from django.utils.translation import gettext as _

    if not task.step.contacts:
        return ""
    if not task.points:
        return _("nothing to reach them by")
    first = task.points[0]
    return _("{shown} (point {id})").format(shown=first.shown, id=first.id)


def as_json(task: "TaskRow", zone: str, on: dt.date) -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    from huikuan.web.templatetags.huikuan_facts import in_language
    from huikuan.web.templatetags.huikuan_times import advice_text

    points = [{"id": point.id, "kind": point.kind, "shown": point.shown} for point in task.points]
    return {
        "task": task.task,
        "case": task.case,
        "debtor": task.debtor,
        "customer": task.customer,
        "item": task.item,
        "subject": task.subject,
        "about": task.about,
        "amount_minor": task.amount,
        "currency": task.currency,
        "pack": task.pack,
        "step": task.step.id,
        "title": in_language(task.step.title),
        "action": task.step.action,
        "addressee": task.step.addressee,
        "points": points,
        "due_on": task.due_on.isoformat(),
        "deadline_at": end_of_day(task.deadline_on, zone),
        "role": task.step.role,
        "assignee": task.assignee,
        "approval": task.step.approval or None,
        "reason": task.facts(),
        "verdict": task.verdict,
        "earliest": task.earliest_on.isoformat() if task.earliest_on else None,
        "time": _rank(task),
        "time_words": advice_text(task.advice, on) or None,
        "better_at": _better_at(task),
    }


def _rank(task: "TaskRow") -> str:
    """good, neutral or bad: the moment, for the step."""
    from huikuan.engine.times import Rank

    rank = task.advice.rank if task.advice else Rank.NEUTRAL
    return rank.name.lower()


def _better_at(task: "TaskRow") -> str | None:
    """The better moment, by the clock of the debtor."""
    if task.advice is None or task.advice.better_at is None:
        return None
    moment = task.advice.better_at
    return f"{moment.day.isoformat()}T{moment.clock}"


def end_of_day(day: dt.date | None, zone: str) -> str | None:
    """The last second of the local day, with its offset."""
    from zoneinfo import ZoneInfo

    if day is None:
        return None
    return dt.datetime.combine(day, dt.time(23, 59, 59), ZoneInfo(zone)).isoformat()
