"""What the commands of the staff share: who acts, how problems and rows are printed."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huikuan.lib.problems import Problem
    from huikuan.people.models import User

Verb = Callable[[argparse.Namespace], int]


def verbs(
    parser: argparse.ArgumentParser, texts: Mapping[str, str]
) -> dict[str, argparse.ArgumentParser]:
    """A parser for each verb of a command, with its help.

    All take --as, --organisation and --json.
    """
    from huikuan.ops.arguments import organisation_argument
    from huikuan.ops.words import gettext as _

    subparsers = parser.add_subparsers(dest="verb", metavar=_("VERB"), required=True)
    made = {}
    for name, text in texts.items():
        sub = subparsers.add_parser(name, help=text, description=text)
        sub.add_argument(
            "--as",
            dest="user",
            metavar="USER",
            help=_("acts as this user, with what they may; else as the machine itself"),
        )
        organisation_argument(sub)
        sub.add_argument("--json", action="store_true", help=_("JSON on standard output"))
        made[name] = sub
    return made


def actor(args: argparse.Namespace) -> User:
    """Who acts: the user of --as, or the service user of the house that is meant.

    The service user acts for whoever has the machine, so no role binds it (people/authority.py).
    """
    from huikuan.ops.requests import actor_of

    return actor_of(args)


def now() -> dt.datetime:
    """The moment at which the command acts."""
    from django.utils import timezone

    return timezone.now()


def line(found: Problem) -> str:
    """A problem in one line: place, sentence, remedy."""
    from django.utils.translation import gettext

    parts = [found.text(gettext), found.remedy_text(gettext)]
    sentence = "; ".join(part for part in parts if part)
    if not found.place:
        return sentence
    return f"{found.place}: {sentence}"


def answer(
    args: argparse.Namespace,
    row: Mapping[str, Any],
    text: str,
    problems: Iterable[Problem] = (),
) -> int:
    """Prints what a verb did, and its problems; gives the exit code: 1 with an error among them.

    Text of what was done is printed only where nothing stood in the way.
    """
    from django.utils.translation import gettext

    listed = list(problems)
    failed = any(found.severity == "error" for found in listed)
    if args.json:
        told = [found.as_dict(gettext) for found in listed]
        print(json.dumps({**row, "problems": told}, ensure_ascii=False))
        return int(failed)

    for found in listed:
        print(line(found), file=sys.stderr)
    if not failed and text:
        print(text)
    return int(failed)


def rows(args: argparse.Namespace, listed: list[dict[str, Any]], shown: Callable[..., str]) -> int:
    """Prints a list: one JSON object a line, or a line for people."""
    for row in listed:
        if args.json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            print(shown(**row))
    return 0


def ask_password() -> str:
    """A password, asked for twice without showing it. Raises CommandError when they differ."""
    from huikuan.ops.cli import CommandError
    from huikuan.ops.words import gettext as _

    first = getpass.getpass(_("New password: "))
    if first != getpass.getpass(_("Once more: ")):
        raise CommandError(_("the two passwords differ"))
    return first
