"""That the complainant was told of an extension is an event of a complaint."""

from __future__ import annotations

from django.db import migrations, models

KINDS = [
    ("accepted", "accepted"),
    ("owned", "owner named"),
    ("promised", "time of reply told"),
    ("departments_told", "departments told"),
    ("department_answered", "department answered"),
    ("client_told", "reported to the client"),
    ("proposed", "proposed"),
    ("agreed", "complainant agrees"),
    ("refused", "complainant refuses"),
    ("unreasonable", "demand held to be unreasonable"),
    ("unreasonable_agreed", "second person agrees: unreasonable"),
    ("unreasonable_denied", "second person: not unreasonable"),
    ("explained", "rules explained"),
    ("help_asked", "client asked for help"),
    ("escalated", "escalated"),
    ("extended", "more time by law"),
    ("extension_told", "extension told to the complainant"),
    ("decided", "point decided"),
    ("replied", "decision told to the complainant"),
    ("closed", "closed"),
    ("result_reported", "result reported to the client"),
]


class Migration(migrations.Migration):
    dependencies = [("casebook", "0085_filters_that_end")]

    operations = [
        migrations.AlterField(
            "complaintevent", "kind", models.CharField(choices=KINDS, max_length=20)
        ),
    ]
