"""huikuan check [PACK …]"""

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huikuan.lib.problems import Problem
    from huikuan.planning.load import Checked
    from huikuan.planning.specification import Example

HELP = "check procedure and rule packs: every mistake at once, each with its place and a suggestion"
NEEDS_DATABASE = False  # only the specifications do


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "packs", nargs="*", metavar="PACK", help="name of a pack, or a folder that holds one"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--specifications", action="store_true")
    parser.add_argument(
        "--boundaries",
        action="store_true",
        help="also look for steps that never fire and for steps that always fire together",
    )
    parser.add_argument(
        "--approve",
        metavar="USER",
        help="the manager who approves the named packs of the office's own",
    )


def run(args: argparse.Namespace) -> int:
    """1 when a pack has an error or a case of its specification does not come out."""
    from django.utils import translation

    from huikuan.ops import database
    from huikuan.ops.words import language

    needs_database = args.specifications or args.boundaries or args.approve
    (database.connect if needs_database else database.set_up)()
    translation.activate(language())
    from huikuan.planning import load

    chosen = _folders(args.packs)
    checked = [load.check(name, folder) for name, folder in chosen.items()]
    found = {pack.name: list(pack.problems) for pack in checked}
    cases: dict[str, int] = {}
    if args.specifications:
        for pack in checked:
            if pack.playbook:
                cases[pack.name], failures = _specifications(pack)
                found[pack.name] += failures
    if args.boundaries:
        for pack in checked:
            found[pack.name] += _boundaries(pack)
    wrong = any(problem.severity == "error" for problems in found.values() for problem in problems)
    (_print_json if args.json else _print)(checked, found, cases)
    if args.approve and not wrong:
        _approve(args.packs, args.approve)
    return 1 if wrong else 0


def _approve(names: list[str], username: str) -> None:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.people.models import User
    from huikuan.planning import load
    from huikuan.planning.approve import NotApproved, approve

    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(_("there is no user '{name}'").format(name=username))
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


def _specifications(pack: "Checked") -> tuple[int, "list[Problem]"]:
    """How many cases came out, and a problem for each that did not."""
    from django.utils.translation import gettext_noop as _

    from huikuan.engine import vocabulary
    from huikuan.lib.calendar import china
    from huikuan.lib.problems import Problem
    from huikuan.planning import specification

    assert pack.playbook is not None
    words, calendar = vocabulary.standard(), china()
    sql = specification.query(pack.playbook, words)
    count, problems = 0, list[Problem]()
    for file in sorted((pack.folder / "tests").glob("*.yaml")):
        examples, unreadable = specification.read_examples(file, pack.playbook, words)
        problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]
        for example in examples:
            due = specification.fired(example, sql, pack.playbook.pack.name, calendar)
            lines = list(_differences(example, due))
            count += not lines
            if lines:
                name, line = example.place.rsplit(":", 1)
                params = {"name": example.name, "differences": "; ".join(lines)}
                message = _("'{name}' does not come out: {differences}")
                problems.append(
                    Problem(
                        "specification.case", message, "", params, f"tests/{name}", line=int(line)
                    )
                )
    return count, problems


def _boundaries(pack: "Checked") -> "list[Problem]":
    """Warnings about steps that never fire, or always fire with another one."""
    from huikuan.lib.calendar import china
    from huikuan.planning import boundaries

    if pack.playbook is None:
        return []
    return boundaries.findings(pack.playbook, china())


def _differences(example: "Example", due: "dict[str, dt.date]") -> Iterator[str]:
    from django.utils.translation import gettext as _

    for step in sorted({*example.fires, *due}):
        wanted = example.fires.get(step)
        if step not in due:
            yield _("{step} does not fire").format(step=step)
        elif step not in example.fires:
            yield _("{step} fires, due {day}").format(step=step, day=due[step])
        elif wanted and wanted != due[step]:
            yield _("{step} is due {day}, not {wanted}").format(
                step=step, day=due[step], wanted=wanted
            )


def _print_json(
    checked: "list[Checked]", found: "dict[str, list[Problem]]", cases: dict[str, int]
) -> None:
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
        }
        if pack.name in cases:
            row["cases"] = cases[pack.name]
        print(json.dumps(row, ensure_ascii=False, default=str))


def _print(
    checked: "list[Checked]", found: "dict[str, list[Problem]]", cases: dict[str, int]
) -> None:
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
        if pack.name in cases:
            parts.append(_("{n} cases as specified").format(n=cases[pack.name]))
        print(f"{pack.name}: {', '.join(parts)}")
