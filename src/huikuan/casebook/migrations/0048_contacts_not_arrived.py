"""A mail that nobody got is no contact on which a step rests; limits count it all the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0047_events_replaced")]

    operations = [
        migrations.AddField(
            "contactrecord",
            "not_arrived_at",
            models.DateTimeField(
                help_text="known since then: nobody got what was sent; limits count it, no step rests on it",
                null=True,
            ),
        ),
    ]
