"""Django's own management commands, on the same database."""

import argparse

HELP = "run one of Django's management commands"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """Everything after `manage` goes to Django."""
    from huikuan.ops.words import gettext as _

    parser.add_argument(
        "words",
        nargs=argparse.REMAINDER,
        metavar="…",
        help=_("for instance: shell, createsuperuser"),
    )


def run(args: argparse.Namespace) -> int:
    """Runs it; Django ends the process itself on a wrong word."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["huikuan manage", *args.words])
    return 0
