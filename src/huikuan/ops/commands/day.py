"""huikuan day --on D"""

import argparse
import json

from huikuan.ops.arguments import day_argument, organisation_argument, warn_of_provisional_year

HELP = "the morning in order: load the packs, watch the clocks, plan the day"


def arguments(parser: argparse.ArgumentParser) -> None:
    day_argument(parser)
    organisation_argument(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.casebook.calendar import calendar, provisional_year
    from huikuan.daily import day
    from huikuan.ops.cli import CommandError
    from huikuan.ops.commands.plan import tell, tell_problems
    from huikuan.ops.service import service_user
    from huikuan.planning.plan import NotPlanned

    try:
        done = day(
            args.on, actor=service_user(args.organisation), at=timezone.now(), calendar=calendar()
        )
    except NotPlanned as error:
        raise CommandError(_(str(error.__doc__))) from error
    if args.json:
        answer = {
            "on": args.on.isoformat(),
            "written": done.planned.written,
            **done.planned.counts,
            "cases": done.planned.cases,
            "breaches": done.breaches,
            "statements": done.statements,
            "unknown": done.planned.unknown,
            "without_procedure": [gap.as_dict() for gap in done.planned.without_procedure],
            "provisional": provisional_year(args.on) is not None,
            "problems": [problem.as_dict(_) for problem in done.problems],
        }
        print(json.dumps(answer, ensure_ascii=False))
        return 1 if done.problems else 0
    tell_problems(done.problems)
    print(_("{n} missed deadlines recorded").format(n=done.breaches))
    warn_of_provisional_year(args.on)
    tell(done.planned)
    return 1 if done.problems else 0
