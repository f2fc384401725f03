"""Every table of the case book gets the column of its shard, filled from the row that it belongs to.

It stands in the database only (casebook/shards.py). Killed, it goes on where it stopped.
"""

from django.db import connection, migrations

from huikuan.casebook import shards


def add_shards(apps, schema_editor):
    for name in shards.SOURCES:
        if _exists(f"casebook_{name}"):
            shards.add(name)


def make_functions(apps, schema_editor):
    with connection.cursor() as cursor:
        cursor.execute(shards.FUNCTIONS)


def _exists(table):
    """A table of a later migration gets its shards there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"])
        return cursor.fetchone()[0]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0028_item_confirmations")]

    operations = [
        migrations.RunPython(make_functions, migrations.RunPython.noop),
        migrations.RunPython(add_shards, migrations.RunPython.noop),
    ]
