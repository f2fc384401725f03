"""A lock of deliveries knows the items that it was for, and ends by a written arrangement too."""

import django.contrib.postgres.fields
from django.db import migrations, models

#: A lock from before was for all that was late on its day.
FILL = """
UPDATE casebook_deliverylock l
SET item_ids = ARRAY(
    SELECT i.id FROM casebook_item i
    WHERE i.case_id = l.case_id AND i.due_on < l.valid_on
    ORDER BY i.id
)
WHERE l.kind = 'lock'
"""


class Migration(migrations.Migration):
    dependencies = [("casebook", "0034_contact_by_month")]

    operations = [
        migrations.AddField(
            model_name="deliverylock",
            name="item_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="of a lock: the items that it was for",
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="deliverylock",
            name="because",
            field=models.CharField(
                choices=[
                    ("overdue", "overdue"),
                    ("paid", "paid"),
                    ("secured", "security given"),
                    ("arranged", "payment arranged in writing"),
                    ("mistake", "locked by mistake"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
