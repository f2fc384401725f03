"""The allocations of money lie in partitions by month. In Django's eyes nothing changes."""

from django.db import migrations
from django.utils import timezone

from huikuan.casebook.into_months import Move, move

ALLOCATION = Move("casebook_allocation", "valid_on")


def into_months(apps, schema_editor):
    move(ALLOCATION, timezone.now().date())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0029_shards")]

    operations = [migrations.RunPython(into_months, migrations.RunPython.noop)]
