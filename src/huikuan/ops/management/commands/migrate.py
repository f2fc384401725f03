"""Django's `migrate`, and after it what follows files: the summary tables, the shipped roles."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from huikuan.casebook import tables
from huikuan.ops.migration_state import kept_models
from huikuan.people import roles


class Command(migrate.Command):
    """Migrations first, then what is folded out of the migrated tables."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Whoever migrates a database gets the tables of the facts, tests included.

        A migration to a named state on the way there leaves them alone.
        """
        with kept_models():
            super().handle(*args, **options)
        if not options.get("migration_name") and not options.get("plan"):
            tables.bring_up_to_date()
            roles.install()
