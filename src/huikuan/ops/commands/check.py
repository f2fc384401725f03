"""huikuan check [PACK …]"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huikuan.lib.problems import Problem
    from huikuan.planning.load import Checked

HELP = "check procedure and rule packs: every mistake at once, each with its place and a suggestion"
NEEDS_DATABASE = False  # only the specifications do
#: So long a check without --boundaries tries the boundary values of a pack.
QUICK = 3.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "packs", nargs="*", metavar="PACK", help="name of a pack, or a folder that holds one"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--specifications", action="store_true")
    parser.add_argument(
        "--boundaries",
        action="store_true",
        help="look for steps that never fire or always fire together, however long it takes",
    )
    parser.add_argument(
        "--approve",
        metavar="USER",
        help="the manager who approves the named packs of the office's own",
    )


def run(args: argparse.Namespace) -> int:
    """1 when a pack has an error or a case of its specification does not come out."""
    from django.utils import translation
    from django.utils.translation import gettext

    from huikuan.ops import database
    from huikuan.ops.words import language

    needs_database = args.specifications or args.boundaries or args.approve
    (database.connect if needs_database else database.set_up)()
    translation.activate(language())
    from huikuan.planning import specified

    chosen = _folders(args.packs)
    checked = _check(chosen)
    found = {pack.name: list(pack.problems) for pack in checked}
    cases: dict[str, int] = {}
    # What is signed comes into force: its specification is run first, asked for or not.
    if args.specifications or args.approve:
        for pack in checked:
            ran = specified.run(pack)
            cases[pack.name] = ran.cases
            found[pack.name] += ran.problems
    untried = _try_boundaries(checked, found, thorough=args.boundaries)
    wrong = any(problem.severity == "error" for problems in found.values() for problem in problems)
    if args.json:
        _print_json(checked, found, cases, untried)
    else:
        _print(checked, found, cases, untried)
    if args.approve and wrong:
        print(gettext("nothing was approved: put the errors right first"), file=sys.stderr)
    if args.approve and not wrong:
        _approve(args.packs, args.approve)
    return 1 if wrong else 0


def _check(chosen: "dict[str, Path]") -> "list[Checked]":
    """Each pack against the roles that ship; where one is wrong, against those of the book's houses too.

    The book is asked only then, so that packs can be checked where no book is.
    """
    from huikuan.ops import database
    from huikuan.people.roles import known_codes
    from huikuan.planning import load

    checked = [load.check(name, folder) for name, folder in chosen.items()]
    if not any(pack.problems for pack in checked) or not database.has_book():
        return checked

    database.connect()
    known = known_codes()
    return [load.check(name, folder, known) for name, folder in chosen.items()]


def _approve(names: list[str], username: str) -> None:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.ops.people_named import user_named
    from huikuan.planning import load
    from huikuan.planning.approve import NotApproved, approve

    user = user_named(username)
    if not names or not set(names) <= set(load.folders()):
        raise CommandError(
            _("name the packs that are approved; a folder outside HUIKUAN_PACKS is in no use")
        )
    for name in names:
        try:
            version = approve(name, None, actor=user, at=timezone.now())
        except NotApproved as error:
            raise CommandError(f"{name}: {_(str(error.__doc__))}") from error
        print(
            _("{name} {version}: approved by {user}").format(
                name=name, version=version.version, user=version.approved_by
            )
        )


def _folders(named: list[str]) -> dict[str, Path]:
    """The packs that are asked for; all of them when none is named. A folder stands for the pack in it."""
    from django.utils.translation import gettext as _

    from huikuan.lib.problems import did_you_mean
    from huikuan.ops.cli import CommandError
    from huikuan.planning import load

    known = load.folders()
    if not named:
        return known
    chosen = {}
    for name in named:
        if name in known:
            chosen[name] = known[name]
        elif (Path(name) / "pack.yaml").exists():
            chosen[Path(name).resolve().name] = Path(name)
        else:
            near = did_you_mean(name, known)
            text = (
                _("there is no pack {name}; did you mean {near}?")
                if near
                else _("there is no pack {name}; known: {known}")
            )
            raise CommandError(text.format(name=name, near=near, known=", ".join(known)))
    return chosen


def _try_boundaries(
    checked: "list[Checked]", found: "dict[str, list[Problem]]", *, thorough: bool
) -> dict[str, list[str]]:
    """Adds what is wrong with steps that never fire, or always fire with another one.

    Of each pack of which not all was tried, because the time was up or no database is there: the
    steps that were not; none where only pairs of them were not. `thorough`: however long it takes.
    """
    from huikuan.lib.calendar import china
    from huikuan.ops import database
    from huikuan.planning import boundaries, late_steps

    playbooks = {pack.name: pack.playbook for pack in checked if pack.playbook is not None}
    if not thorough and not database.has_book():
        ids = {name: [step.id for step in book.steps] for name, book in playbooks.items()}
        return {name: steps for name, steps in ids.items() if steps}

    database.connect()
    seconds = None if thorough else QUICK
    untried = {}
    for name, book in playbooks.items():
        found[name] += late_steps.never(book)
        tried = boundaries.within(seconds, book, china())
        found[name] += tried.problems
        if not tried.is_complete:
            untried[name] = tried.untried
    return untried


def _print_json(
    checked: "list[Checked]",
    found: "dict[str, list[Problem]]",
    cases: dict[str, int],
    untried: dict[str, list[str]],
) -> None:
    """One object a pack. boundaries: whether all was tried on its boundary values; untried: the
    steps that were not."""
    from django.utils.translation import gettext as _

    for pack in checked:
        problems = [
            problem.at(file=f"{pack.name}/{problem.file}").as_dict(_)
            for problem in found[pack.name]
        ]
        row: dict[str, object] = {
            "pack": pack.name,
            "kind": pack.kind,
            "folder": str(pack.folder),
            "problems": problems,
            "boundaries": pack.name not in untried,
            "untried": untried.get(pack.name, []),
        }
        if pack.name in cases:
            row["cases"] = cases[pack.name]
        print(json.dumps(row, ensure_ascii=False, default=str))


def _print(
    checked: "list[Checked]",
    found: "dict[str, list[Problem]]",
    cases: dict[str, int],
    untried: dict[str, list[str]],
) -> None:
    """A line for each problem, then one for each pack."""
    from django.utils.translation import gettext as _

    for pack in checked:
        for problem in found[pack.name]:
            text = "; ".join(part for part in (problem.text(_), problem.remedy_text(_)) if part)
            mark = "" if problem.severity == "error" else _("warning: ")
            print(f"{pack.name}/{problem.place}: {mark}{text}")
    for pack in checked:
        errors = sum(problem.severity == "error" for problem in found[pack.name])
        parts = [_("{n} errors").format(n=errors) if errors else _("in order")]
        if pack.playbook:
            parts.append(_("{n} steps").format(n=len(pack.playbook.steps)))
        if pack.playbook and pack.playbook.clocks:
            parts.append(_("{n} clocks").format(n=len(pack.playbook.clocks)))
        if pack.name in cases:
            parts.append(_("{n} cases as specified").format(n=cases[pack.name]))
        if untried.get(pack.name):
            message = _("boundary values of {n} steps not tried, use --boundaries")
            parts.append(message.format(n=len(untried[pack.name])))
        elif pack.name in untried:
            parts.append(_("not all pairs of steps tried, use --boundaries"))
        print(f"{pack.name}: {', '.join(parts)}")
