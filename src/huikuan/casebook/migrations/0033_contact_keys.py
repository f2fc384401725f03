"""The keys of saved forms have a table of their own: contacts come into partitions."""

from django.db import migrations, models

from huikuan.casebook import shards

FILL = """
INSERT INTO casebook_contactkey (key, contact_id)
SELECT request_key, id FROM casebook_contactrecord WHERE request_key IS NOT NULL
"""


def add_shards(apps, schema_editor):
    shards.add("contactkey")


class Migration(migrations.Migration):
    dependencies = [("casebook", "0032_decision_by_month")]

    operations = [
        migrations.CreateModel(
            name="ContactKey",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("contact_id", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(add_shards, migrations.RunPython.noop),
    ]
