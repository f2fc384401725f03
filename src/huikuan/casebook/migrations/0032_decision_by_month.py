"""The decisions of the gate lie in partitions by month of the local day, which they carry.

Contacts and calls refer to them by triggers.
"""

from django.db import migrations, models
from django.utils import timezone

from huikuan.casebook.into_months import HeldByTriggers, Move, move

DECISION = Move(
    "casebook_gatedecision",
    "day",
    day="(o.at AT TIME ZONE coalesce(h.timezone, 'UTC'))::date",
    joins="LEFT JOIN people_organisation h ON h.id = o.organisation_id",
)


def into_months(apps, schema_editor):
    move(DECISION, timezone.now().date())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0031_act_by_month")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(into_months, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.AddField(
                    model_name="gatedecision",
                    name="day",
                    field=models.DateField(help_text="local day of the organisation"),
                    preserve_default=False,
                ),
                HeldByTriggers(
                    "contactrecord.decision",
                    "phonecall.decision",
                ),
            ],
        ),
    ]
