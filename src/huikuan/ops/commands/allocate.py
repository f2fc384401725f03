"""huikuan allocate --on D"""

import argparse
import json

from huikuan.ops.arguments import day_argument, organisation_argument

HELP = "allocate waiting cases to collectors: a proposal with reasons, and with --confirm the assignments"


def arguments(parser: argparse.ArgumentParser) -> None:
    from huikuan.ops.words import gettext as _

    day_argument(parser)
    organisation_argument(parser)
    parser.add_argument("--team", metavar="CODE", help=_("only to this team"))
    parser.add_argument("--confirm", action="store_true", help=_("confirm the proposal at once"))
    parser.add_argument("--json", action="store_true", help=_("for a program"))


def run(args: argparse.Namespace) -> int:
    """0 when done or nothing waits, 1 when the rules are wrong or cases could not be placed."""
    from django.db import transaction
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.allocation.confirm import confirm
    from huikuan.allocation.propose import NothingToAllocate, propose
    from huikuan.allocation.rules import WrongRules
    from huikuan.ops.service import service_user

    actor, now = service_user(args.organisation), timezone.now()
    organisation = actor.organisation
    assert organisation is not None
    team = _team(organisation, args.team) if args.team else None
    try:
        with transaction.atomic():  # a killed command leaves neither a proposal nor half of one
            run = propose(organisation, args.on, team=team, actor=actor, at=now)
            done = confirm(run, actor, now) if args.confirm else None
    except NothingToAllocate as error:
        answer = {
            "on": args.on.isoformat(),
            "run": None,
            "cases": 0,
            "placed": 0,
            "assigned": 0,
            "left": {},
        }
        print(json.dumps(answer) if args.json else _(str(error.__doc__)))
        return 0
    except WrongRules as error:
        if args.json:
            print(
                json.dumps({"problems": [p.as_dict(_) for p in error.problems]}, ensure_ascii=False)
            )
        else:
            for problem in error.problems:
                print(f"{problem.place}: {problem.text(_)}; {problem.remedy_text(_)}")
        return 1
    if args.json:
        print(json.dumps(_answer(run, done), ensure_ascii=False))
    else:
        _tell(run, done)
    return 1 if run.summary["left"] else 0


def _team(organisation, code: str):
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.people.models import Team

    team = Team.objects.filter(organisation=organisation, code=code).first()
    if team is None:
        known = (
            ", ".join(Team.objects.filter(organisation=organisation).values_list("code", flat=True))
            or "-"
        )
        raise CommandError(
            _("there is no team '{code}'; known: {known}").format(code=code, known=known)
        )
    return team


def _answer(run, done) -> dict[str, object]:
    from huikuan.people.models import User

    names = dict(
        User.objects.filter(pk__in=run.summary["collectors"]).values_list("pk", "username")
    )
    collectors = [
        {"user": names[int(user)], **row} for user, row in run.summary["collectors"].items()
    ]
    return {
        "on": run.on.isoformat(),
        "run": run.pk,
        "team": run.team.code if run.team else None,
        "status": run.status,
        "cases": run.summary["cases"],
        "placed": run.summary["placed"],
        "left": run.summary["left"],
        "assigned": done.assigned if done else 0,
        "skipped": done.skipped if done else {},
        "collectors": collectors,
        "unknown_names": run.summary["unknown_names"],
    }


def _tell(run, done) -> None:
    from django.utils.translation import gettext as _

    from huikuan.allocation.shown import left_text, rows_of
    from huikuan.lib.money import format_minor

    for row in rows_of(run):
        amounts = " ".join(
            format_minor(minor, currency) for currency, minor in sorted(row.minor.items())
        )
        print(
            f"{row.name:<20} {row.cases:>6}  {row.before} → {row.after} / {row.capacity}  {amounts}"
        )
    line = _("proposal {run}: {placed} of {cases} cases placed")
    print(line.format(run=run.pk, placed=run.summary["placed"], cases=run.summary["cases"]))
    for code, number in run.summary["left"].items():
        print(f"  {number}: {left_text(code)}")
    for name in run.summary["unknown_names"]:
        print(_("the rules name '{name}', which this organisation does not have").format(name=name))
    if done:
        print(_("confirmed: {n} cases assigned").format(n=done.assigned))
