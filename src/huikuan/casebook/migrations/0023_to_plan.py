"""Marks of what the list of the day must follow since it was planned."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("casebook", "0023_standing_of_tasks")]

    operations = [
        migrations.CreateModel(
            name="ToPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case_id", models.BigIntegerField(null=True)),
                (
                    "opened",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None
                    ),
                ),
                (
                    "closed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed__isnull", True)),
                        fields=["id"],
                        name="toplan_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("closed__isnull", False)),
                        fields=["case_id"],
                        name="toplan_told",
                    ),
                ],
            },
        ),
    ]
