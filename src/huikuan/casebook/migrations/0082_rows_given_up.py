"""A row that waits for its correction may be given up, by an act with a reason."""

from __future__ import annotations

from django.db import migrations, models

ACT = models.ForeignKey(
    to="casebook.act",
    on_delete=models.PROTECT,
    null=True,
    related_name="+",
    db_constraint=False,
    db_index=False,
)


class Migration(migrations.Migration):
    dependencies = [("casebook", "0081_how_files_are_seen")]

    operations = [migrations.AddField("placementrow", "given_up", ACT)]
