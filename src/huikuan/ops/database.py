"""Brings the database into use for one process: start or join, set Django up, migrate under a lock."""

import atexit
import os
import pkgutil
import sys
from pathlib import Path

from huikuan.ops import config, postgres
from huikuan.ops.words import gettext as _

MIGRATION_LOCK = 0x48554B  # one number for all processes of a database


def set_up() -> None:
    """Sets Django up. Needs no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.ops.settings")
    import django

    django.setup()


def connect() -> postgres.Lease | None:
    """Starts or joins the embedded server (None when HUIKUAN_DATABASE_URL names one), sets Django up and migrates.

    The lease is released at exit. Raises ConfigError, PostgresError, django.db.OperationalError.
    """
    lease = None
    if config.current().database_url is None:
        lease = postgres.join(config.current().home)
        atexit.register(_leave, lease)
    set_up()
    migrate()
    return lease


def has_book() -> bool:
    """Whether there is a database: one that is named, or the embedded one, begun by an earlier command."""
    settings = config.current()
    return settings.database_url is not None or postgres.is_begun(settings.home)


def _leave(lease: postgres.Lease) -> None:
    """Gives the server back at the end of the process; tells in one line, not in a traceback, that it will not stop."""
    try:
        lease.release()
    except postgres.PostgresError as error:
        print(f"huikuan: {error}", file=sys.stderr)


class UnusableBook(Exception):
    """Book and program do not go together. The text says in one line why, and what to do."""


class NewerBook(UnusableBook):
    """The book was made by a newer version of Huikuan, or by one that is not known here."""


class SubjectWithoutTable(UnusableBook):
    """The program declares a subject (engine/subjects.py) whose migration is not written yet."""


def pending() -> list[str]:
    """Migrations in the packages that the database lacks, as "app.name".

    Reads file names only: every command asks. NewerBook, with their names, where the database has
    migrations of ours that the packages lack: an older version would damage it.
    """
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    applied = set(MigrationRecorder(connection).applied_migrations())
    present = set()
    for app in apps.get_app_configs():
        for _finder, name, is_package in pkgutil.iter_modules([str(Path(app.path) / "migrations")]):
            if not is_package and name[0] not in "_~":
                present.add((app.label, name))
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("huikuan.")}
    unknown = sorted(".".join(step) for step in applied - present if step[0] in ours)
    if unknown:
        text = _("this book was made by another version of Huikuan, which is newer ({names});")
        text += " " + _("nothing was changed; use that version, or a newer one")
        raise NewerBook(text.format(names=", ".join(unknown)))
    return sorted(".".join(step) for step in present - applied)


def _is_behind() -> bool:
    """Whether the book is of an earlier version: its tables, the facts in them, or its roles."""
    from huikuan.casebook import tables
    from huikuan.people import roles

    return bool(pending()) or bool(tables.behind()) or roles.behind()


def migrate() -> None:
    """Applies missing migrations, brings the tables of the facts and the shipped roles into step.

    Commands that start at once wait for the first. Raises NewerBook, SubjectWithoutTable.
    """
    from huikuan.casebook import tables

    if not _is_behind():
        return
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            if _is_behind():
                call_command("migrate", verbosity=0, interactive=False)
        except tables.WithoutTable as error:
            text = _(
                "the subject {subject} has no table {table} yet: write its model, then"
                " `huikuan manage makemigrations`"
            )
            subject = error.subject
            raise SubjectWithoutTable(
                text.format(subject=subject.name, table=subject.table)
            ) from None
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
