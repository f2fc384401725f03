"""The acts lie in partitions by month of the local day, which they carry from now on.

References to an act are held by triggers.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from huikuan.casebook.into_months import Move, move

ACT = Move(
    "casebook_act",
    "day",
    day="(o.at AT TIME ZONE coalesce(h.timezone, 'UTC'))::date",
    joins="LEFT JOIN people_organisation h ON h.id = o.organisation_id",
)


def into_months(apps, schema_editor):
    move(ACT, timezone.now().date())


def _reference(model, field, to, **options):
    """The field, held by a trigger instead of a constraint."""
    options.setdefault("on_delete", django.db.models.deletion.PROTECT)
    kind = options.pop("kind", models.ForeignKey)
    return migrations.AlterField(
        model_name=model, name=field, field=kind(db_constraint=False, to=to, **options)
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0029_allocation_by_month")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(into_months, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.AddField(
                    model_name="act",
                    name="day",
                    field=models.DateField(help_text="local day of the organisation"),
                    preserve_default=False,
                ),
                _reference("allocationrun", "act", "casebook.act", related_name="+"),
                _reference("approval", "decided", "casebook.act", null=True, db_index=False, related_name="+"),
                _reference("approval", "taken_back", "casebook.act", null=True, db_index=False, related_name="+"),
                _reference("clockextension", "act", "casebook.act", related_name="+"),
                _reference("mailboxmessage", "act", "casebook.act", null=True, db_index=False, related_name="+"),
                _reference("outboxevent", "act", "casebook.act", null=True, db_index=False, related_name="+"),
                _reference("packactivation", "act", "casebook.act", null=True, related_name="+"),
                _reference("packactivation", "replaced_by", "casebook.act", null=True, related_name="+"),
                _reference("packbinding", "act", "casebook.act", null=True, related_name="+"),
                _reference("packbinding", "replaced_by", "casebook.act", null=True, related_name="+"),
                _reference("paymentfile", "posted", "casebook.act", null=True, db_index=False, related_name="+"),
                _reference("placement", "act", "casebook.act", related_name="+"),
                _reference("planrun", "act", "casebook.act", related_name="+"),
                _reference("reveal", "act", "casebook.act", related_name="reveals"),
                _reference("target", "act", "casebook.act", db_index=False, related_name="+"),
                _reference("webhooktarget", "act", "casebook.act", db_index=False, related_name="+"),
            ],
        ),
    ]
