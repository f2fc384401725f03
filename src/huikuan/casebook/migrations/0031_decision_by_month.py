"""The decisions of the gate lie in partitions by month of the local day, which they carry.

Contacts and calls refer to them by triggers.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from huikuan.casebook.into_months import Move, move

DECISION = Move(
    "casebook_gatedecision",
    "day",
    day="(o.at AT TIME ZONE coalesce(h.timezone, 'UTC'))::date",
    joins="LEFT JOIN people_organisation h ON h.id = o.organisation_id",
)


def into_months(apps, schema_editor):
    move(DECISION, timezone.now().date())


def _reference(model, field, to, **options):
    """The field, held by a trigger instead of a constraint."""
    options.setdefault("on_delete", django.db.models.deletion.PROTECT)
    kind = options.pop("kind", models.ForeignKey)
    return migrations.AlterField(
        model_name=model, name=field, field=kind(db_constraint=False, to=to, **options)
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0030_act_by_month")]

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
                _reference("contactrecord", "decision", "casebook.gatedecision", null=True, db_index=False, related_name="contacts"),
                _reference("phonecall", "decision", "casebook.gatedecision", db_index=False, related_name="+"),
            ],
        ),
    ]
