"""Start or join the database and bring its tables up to date: what every command does first, by itself."""

import argparse

HELP = "start the database and bring its tables up to date"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """The work was done before: by the time a command runs, the tables are up to date."""
    from django.db import connection

    from huikuan.ops.words import gettext as _

    print(_("The database is up to date: {name}").format(name=connection.settings_dict["NAME"]))
    return 0
