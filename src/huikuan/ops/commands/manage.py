"""Django's own management commands, on the same database."""

import argparse
import warnings

HELP = "run one of Django's management commands"
#: Whether it does is the word's to say.
NEEDS_DATABASE = False
#: What writes migrations cannot wait for them: of a new subject there is no table yet.
WRITES_MIGRATIONS = ("makemigrations",)


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
    """Runs it on the database as every command does; Django ends the process itself on a wrong
    word.
    """
    from huikuan.ops import database

    if args.words[:1] and args.words[0] in WRITES_MIGRATIONS:
        database.set_up()
        # It would like to compare with a database, which may not run now.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="django")
    else:
        database.connect()

    from django.core.management import execute_from_command_line

    execute_from_command_line(["huikuan manage", *args.words])
    return 0
