"""The contacts lie in partitions by month of the debtor's local day.

That a form is saved once is held by the table of its keys.
"""

from django.db import migrations, models
from django.utils import timezone

from huikuan.casebook.into_months import HeldByTriggers, Move, move

CONTACT = Move("casebook_contactrecord", "valid_on", unique_elsewhere=("request_key",))


def into_months(apps, schema_editor):
    move(CONTACT, timezone.now().date())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0033_contact_keys")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(into_months, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="contactrecord",
                    name="request_key",
                    field=models.CharField(
                        help_text="of the form; ContactKey holds it unique",
                        max_length=64,
                        null=True,
                    ),
                ),
                HeldByTriggers(
                    "promise.contact",
                    "paymentclaim.contact",
                    "phonecall.contact",
                ),
            ],
        ),
    ]
