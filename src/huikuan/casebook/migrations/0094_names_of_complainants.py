"""A complainant is found by the whole name, through an index that does not tell it."""

from __future__ import annotations

from django.db import migrations, models

from huikuan.casebook import sealed


def index_names(apps, schema_editor):
    complaints = apps.get_model("casebook", "Complaint").objects
    for complaint in complaints.only("pk", "name_sealed").iterator():
        name = "".join(sealed.unseal(complaint.name_sealed).split())
        if name:
            complaint.name_index = sealed.index("complainant", name)
            complaint.save(update_fields=["name_index"])


class Migration(migrations.Migration):
    # The rows are read and written before the index over them is made.
    atomic = False

    dependencies = [("casebook", "0093_causes_of_complaints")]

    operations = [
        migrations.AddField(
            "complaint",
            "name_index",
            models.BinaryField(
                default=bytes, help_text="by which the whole name is found again", max_length=16
            ),
        ),
        migrations.RunPython(index_names, migrations.RunPython.noop),
        migrations.AddIndex(
            "complaint", models.Index(fields=["name_index"], name="complaint_name")
        ),
    ]
