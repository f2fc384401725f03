"""The one console script. Each command is a module of `huikuan.ops.commands`; only the one called is imported."""

import argparse
import ast
import importlib
import importlib.metadata
import os
import signal
import sys
from pathlib import Path
from types import FrameType, ModuleType
from typing import NoReturn

from huikuan.ops.binaries import PostgresError
from huikuan.ops.words import gettext as _
from huikuan.ops.words import language

COMMANDS = Path(__file__).parent / "commands"
OK, PROBLEMS, USAGE = 0, 1, 2
TERMINATED = 128 + signal.SIGTERM
FIRST = [
    "run",
    "demo",
    "doctor",
    "house",
    "team",
    "user",
    "role",
    "import",
    "allocate",
    "plan",
    "day",
    "tasks",
    "done",
    "explain",
    "gate",
    "pay",
    "report",
    "check",
]


class CommandError(Exception):
    """A known problem of a command: its text goes to stderr in one line and the exit code is 1."""


def names() -> dict[str, Path]:
    """Command name → file, in the order of the day's work, the rest by name."""
    found = {
        path.stem.rstrip("_").replace("_", "-"): path
        for path in COMMANDS.glob("*.py")
        if not path.stem.startswith("_")
    }
    order = {name: place for place, name in enumerate(FIRST)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


def _help(path: Path) -> str:
    """The HELP text of a command, read without importing it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "HELP" for t in node.targets
        ):
            return str(ast.literal_eval(node.value))
    return ""


def _load(path: Path) -> ModuleType:
    return importlib.import_module(f"huikuan.ops.commands.{path.stem}")


def _translate_argparse() -> None:
    """argparse speaks through these two names of its module; there is no other way to give it a catalogue."""
    argparse._ = _  # type: ignore[attr-defined]
    argparse.ngettext = lambda one, many, n: _(one) if n == 1 else _(many)  # type: ignore[attr-defined]


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huikuan",
        description=_("Huikuan: the collections day, from the placement file to the report"),
        epilog=_(
            "`huikuan COMMAND --help` explains a command; settings are HUIKUAN_* variables, see docs/cli.md"
        ),
    )
    parser.add_argument(
        "--version", action="version", version="huikuan " + importlib.metadata.version("huikuan")
    )
    commands = parser.add_subparsers(
        title=_("commands"), dest="command", metavar=_("COMMAND"), required=True
    )
    for name, path in names().items():
        if chosen is not None and name != chosen:
            # Its help is not asked for, and a fault in it is no concern of the others.
            commands.add_parser(name)
            continue
        text = _(_help(path))
        sub = commands.add_parser(name, help=text, description=text)
        if name == chosen:
            module = _load(path)
            module.arguments(sub)
            sub.set_defaults(module=module)
    return parser


def terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Ends the process as an exit does, so that what gives the database back is run."""
    raise SystemExit(TERMINATED)


def _not_utf8(argv: list[str]) -> str | None:
    """One line for a word whose bytes are no UTF-8, None where there is none.

    Python hands such bytes on as halves of a character, which neither the database nor a terminal
    takes: whatever a command does with the word would end in an error of its own.
    """
    for word in argv:
        try:
            word.encode("utf-8")
        except UnicodeEncodeError:
            shown = os.fsencode(word).decode("utf-8", "backslashreplace")
            text = _("this is not UTF-8: {word}; write it in a terminal that uses UTF-8")
            return text.format(word=shown)
    return None


def main(argv: list[str] | None = None) -> int:
    """Runs one command. Returns 0 done, 1 problems, 2 wrong usage."""
    argv = sys.argv[1:] if argv is None else argv
    unreadable = _not_utf8(argv)
    if unreadable is not None:
        print(f"huikuan: {unreadable}", file=sys.stderr)
        return USAGE

    _translate_argparse()
    known = names()
    chosen = next((word for word in argv if not word.startswith("-")), None)
    args = _parser(chosen if chosen in known else None).parse_args(argv)
    signal.signal(signal.SIGTERM, terminate)
    try:
        return _run(args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return PROBLEMS


def _run(args: argparse.Namespace) -> int:
    from huikuan.ops.config import ConfigError
    from huikuan.ops.database import UnusableBook

    try:
        _prepare(args.module)
        code = int(args.module.run(args) or OK)
        _catch_up(args.module)
        return code
    except ConfigError as error:
        return _fail(*error.lines)
    except (CommandError, PostgresError, UnusableBook) as error:
        return _fail(str(error))
    except Exception as error:
        text = _database_problem(error) or _pack_problem(error)
        if text is None:
            raise
        return _fail(text)


def _prepare(module: ModuleType) -> None:
    from huikuan.ops import config, database

    config.current()
    if getattr(module, "NEEDS_DATABASE", True):
        database.connect()
        _catch_up(module)
    elif getattr(module, "NEEDS_DJANGO", False):
        database.set_up()
    if "django" in sys.modules:
        from django.conf import settings
        from django.utils import translation

        if settings.configured:
            translation.activate(language())


def _catch_up(module: ModuleType) -> None:
    """The list of the day follows what was learned, before a command reads it and after it wrote."""
    if not getattr(module, "NEEDS_DATABASE", True):
        return
    from huikuan.casebook import to_plan

    # Asked first, because reading the planner takes a third of a second.
    if to_plan.is_waiting():
        from huikuan.planning.current import catch_up

        catch_up()


def _database_problem(error: Exception) -> str | None:
    """One line for a database that is gone, None for any other error."""
    if "django" not in sys.modules:
        return None
    from django.db import InterfaceError, OperationalError

    if not isinstance(error, OperationalError | InterfaceError):
        return None
    reason = (str(error).strip().splitlines() or ["-"])[0]
    return _("the database does not answer: {reason}; `huikuan doctor` says more").format(
        reason=reason
    )


def _pack_problem(error: Exception) -> str | None:
    """One line for a procedure whose stored text was changed, None for any other error."""
    if "django" not in sys.modules:
        return None
    from huikuan.casebook.packs import ChangedVersion

    if not isinstance(error, ChangedVersion):
        return None
    return _("the stored text of a procedure is not what was signed; which one: `huikuan doctor`")


def _fail(*lines: str) -> int:
    for line in lines:
        print(f"huikuan: {line}", file=sys.stderr)
    return PROBLEMS
