"""huikuan plan --on D"""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from huikuan.ops.arguments import day_argument, organisation_argument, warn_of_provisional_year

if TYPE_CHECKING:
    from huikuan.casebook.without_procedure import Uncovered
    from huikuan.lib.problems import Problem
    from huikuan.planning.plan import Planned

HELP = "plan a day: work out what must be done about each case, and why"


def arguments(parser: argparse.ArgumentParser) -> None:
    day_argument(parser)
    organisation_argument(parser)
    parser.add_argument(
        "--whole",
        action="store_true",
        help="ask about every case, also where the day is planned already",
    )
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.casebook.calendar import calendar, provisional_year
    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import service_user
    from huikuan.planning import load
    from huikuan.planning.plan import NotPlanned, plan

    now = timezone.now()
    problems = load.load_all(at=now)
    try:
        planned = plan(
            args.on,
            actor=service_user(args.organisation),
            at=now,
            calendar=calendar(),
            only_learned=not args.whole,
        )
    except NotPlanned as error:
        tell_problems(problems)
        raise CommandError(_(str(error.__doc__))) from error
    if args.json:
        answer = {
            "on": args.on.isoformat(),
            "written": planned.written,
            **planned.counts,
            "cases": planned.cases,
            "unknown": planned.unknown,
            "without_procedure": [gap.as_dict() for gap in planned.without_procedure],
            "provisional": provisional_year(args.on) is not None,
            "milliseconds": planned.milliseconds,
            "problems": [problem.as_dict(_) for problem in problems],
        }
        print(json.dumps(answer, ensure_ascii=False))
    else:
        tell_problems(problems)
        warn_of_provisional_year(args.on)
        tell(planned)
    return 1 if problems else 0


def tell_problems(problems: "list[Problem]") -> None:
    """What is wrong with the packs, a line each, on standard error."""
    for problem in problems:
        print(problem_line(problem), file=sys.stderr)


def problem_line(problem: "Problem") -> str:
    """What is wrong with a pack, with its remedy: why the command ends with 1."""
    from django.utils.translation import gettext as _

    parts = (problem.text(_), problem.remedy_text(_))
    return f"{problem.place}: " + "; ".join(part for part in parts if part)


def tell_gaps(gaps: "list[Uncovered]") -> None:
    """Which open cases follow no procedure, and what to do about it, on standard error."""
    from django.utils.translation import gettext as _

    for gap in gaps:
        line = _(
            "{n} open cases of {creditor}, product '{product}', follow no procedure"
            " and get no work: {numbers}"
        )
        numbers = ", ".join(gap.numbers)
        if gap.cases > len(gap.numbers):
            numbers += " …"
        values = {"n": gap.cases, "creditor": gap.creditor.code, "product": gap.product}
        print(line.format(**values, numbers=numbers), file=sys.stderr)
        print(f"  {gap_remedy(gap)}", file=sys.stderr)


def gap_remedy(gap: "Uncovered") -> str:
    """The command that mends it."""
    from django.utils.translation import gettext as _

    if gap.in_force:
        text = _(
            "{packs} take none of them: compare enters_when and hands_over_to, and bind the"
            " procedure to which they are handed over"
        )
        return text.format(packs=", ".join(gap.in_force))
    if gap.bound:
        text = _("bound to {packs}, of which no version is in force: huikuan pack list {pack}")
        return text.format(packs=", ".join(gap.bound), pack=gap.bound[0])
    text = _("bind it: huikuan bind set {creditor} --product '{product}' PACK --from YYYY-MM-DD")
    return text.format(creditor=gap.creditor.code, product=gap.product)


def tell(planned: "Planned") -> None:
    """One line for people, one for each fact that is unknown and each gap without a procedure."""
    from django.utils.translation import gettext as _

    if not planned.written:
        line = _("{on} lies before the last planned day: {n} tasks computed, nothing written")
        if planned.too_far:
            line = _("{on} is too far ahead: {n} tasks computed, nothing written")
        print(line.format(on=planned.on, n=planned.counts["demanded"]))
        tell_gaps(planned.without_procedure)
        return
    if planned.cases is not None:
        line = _(
            "{on} was planned already; anew for {cases} cases of which something was learned:"
            " {demanded} tasks demanded, {new} new, {closed} closed, {reopened} reopened, in {ms} ms"
        )
        values = {"on": planned.on, "cases": planned.cases, "ms": planned.milliseconds}
        print(line.format(**values, **planned.counts))
        tell_unknown(planned)
        return
    line = _(
        "{on}: {demanded} tasks demanded, {new} new, {closed} closed, {reopened} reopened, in {ms} ms"
    )
    print(line.format(on=planned.on, ms=planned.milliseconds, **planned.counts))
    tell_unknown(planned)


def tell_unknown(planned: "Planned") -> None:
    """Open cases without a procedure, and facts that are unknown where a step needs them."""
    from django.utils.translation import gettext as _

    tell_gaps(planned.without_procedure)
    for name, count in planned.unknown.items():
        print(
            _("'{fact}' is unknown in {n} cases; steps that need it make no task there").format(
                fact=name, n=count
            )
        )
