"""What was known to be lost and what was explained keeps its days: rows in place of one column."""

import django.db.models.deletion
from django.db import migrations, models

from huikuan.casebook import shards

TABLES = ("contactnotarrived", "breachexplained")
#: What the columns of the rows say now.
FILL = """
INSERT INTO casebook_contactnotarrived (case_id, contact_id, lost_at)
SELECT case_id, id, not_arrived_at FROM casebook_contactrecord WHERE not_arrived_at IS NOT NULL;
INSERT INTO casebook_breachexplained (breach_id, explained_at, explained_by_id)
SELECT id, explained_at, explained_by_id FROM casebook_breach WHERE explained_at IS NOT NULL;
"""


def add_shards(apps, schema_editor):
    for table in TABLES:
        shards.add(table)


class Migration(migrations.Migration):
    dependencies = [("casebook", "0056_content_of_requests")]

    operations = [
        migrations.CreateModel(
            name="ContactNotArrived",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("contact_id", models.BigIntegerField()),
                ("lost_at", models.DateTimeField()),
                (
                    "again_at",
                    models.DateTimeField(help_text="under way again from then on", null=True),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.case",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["contact_id"], name="notarrived_contact")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("again_at__isnull", True)),
                        fields=("contact_id",),
                        name="notarrived_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BreachExplained",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("explained_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(
                        help_text="from then on it was borne out again", null=True
                    ),
                ),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="explanations",
                        to="casebook.breach",
                    ),
                ),
                (
                    "explained_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.act",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("breach",),
                        name="breach_explained_once",
                    )
                ],
            },
        ),
        migrations.RunPython(add_shards, migrations.RunPython.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "contactrecord",
            "not_arrived_at",
            models.DateTimeField(
                help_text="first known then: nobody got what was sent; since when and until when it was so,"
                " say the rows of ContactNotArrived",
                null=True,
            ),
        ),
    ]
