"""The contacts lie in partitions by month of the debtor's local day.

That a form is saved once is held by the table of its keys.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from huikuan.casebook.into_months import Move, move

CONTACT = Move("casebook_contactrecord", "valid_on", unique_elsewhere=("request_key",))


def into_months(apps, schema_editor):
    move(CONTACT, timezone.now().date())


def _reference(model, field, to, **options):
    """The field, held by a trigger instead of a constraint."""
    options.setdefault("on_delete", django.db.models.deletion.PROTECT)
    kind = options.pop("kind", models.ForeignKey)
    return migrations.AlterField(
        model_name=model, name=field, field=kind(db_constraint=False, to=to, **options)
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("casebook", "0032_contact_keys")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(into_months, migrations.RunPython.noop),
            ],
            state_operations=[
                _reference("promise", "contact", "casebook.contactrecord", null=True, db_index=False, related_name="promises"),
                _reference(
                    "phonecall",
                    "contact",
                    "casebook.contactrecord",
                    kind=models.OneToOneField,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="call",
                ),
                migrations.AlterField(
                    model_name="contactrecord",
                    name="request_key",
                    field=models.CharField(
                        help_text="of the form; ContactKey holds it unique",
                        max_length=64,
                        null=True,
                    ),
                ),
            ],
        ),
    ]
