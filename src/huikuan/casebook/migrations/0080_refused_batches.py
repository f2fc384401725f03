"""A file whose batch was refused may come again, and a file in a channel may be refused."""

from __future__ import annotations

from django.db import migrations, models

STATES = [
    ("under_way", "still coming in"),
    ("arrived", "arrived, to be fetched"),
    ("fetched", "fetched"),
    ("known", "came before"),
    ("wrong", "cannot be taken"),
    ("gone", "no longer there"),
    ("refused", "its batch was refused"),
]
FILE_ONCE = models.UniqueConstraint(
    fields=["creditor", "mapping", "file_hash"],
    condition=~models.Q(file_hash="") & ~models.Q(status="refused"),
    name="placement_file_once",
)


class Migration(migrations.Migration):
    dependencies = [("casebook", "0073_complaints_kept")]

    operations = [
        migrations.RemoveConstraint("placement", "placement_file_once"),
        migrations.AddConstraint("placement", FILE_ONCE),
        migrations.AlterField(
            "channelfile",
            "state",
            models.CharField(choices=STATES, default="under_way", max_length=10),
        ),
    ]
