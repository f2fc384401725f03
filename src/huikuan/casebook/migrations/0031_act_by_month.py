"""The acts lie in partitions by month of the local day, which they carry from now on.

References to an act are held by triggers.
"""

from django.db import migrations, models
from django.utils import timezone

from huikuan.casebook.into_months import HeldByTriggers, Move, move

ACT = Move(
    "casebook_act",
    "day",
    day="(o.at AT TIME ZONE coalesce(h.timezone, 'UTC'))::date",
    joins="LEFT JOIN people_organisation h ON h.id = o.organisation_id",
)


def into_months(apps, schema_editor):
    move(ACT, timezone.now().date())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0030_allocation_by_month")]

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
                HeldByTriggers(
                    "allocationrun.act",
                    "approval.decided",
                    "approval.taken_back",
                    "clockextension.act",
                    "mailboxmessage.act",
                    "outboxevent.act",
                    "packactivation.act",
                    "packactivation.replaced_by",
                    "packbinding.act",
                    "packbinding.replaced_by",
                    "paymentfile.posted",
                    "placement.act",
                    "planrun.act",
                    "reveal.act",
                    "target.act",
                    "webhooktarget.act",
                ),
            ],
        ),
    ]
