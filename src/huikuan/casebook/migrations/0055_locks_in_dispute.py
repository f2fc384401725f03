"""A lock of deliveries may end because what it was set for is in dispute, which is not payment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0051_calls_that_did_not_take_place")]

    operations = [
        migrations.AlterField(
            "deliverylock",
            "because",
            models.CharField(
                choices=[
                    ("overdue", "overdue"),
                    ("paid", "paid"),
                    ("secured", "security given"),
                    ("arranged", "payment arranged in writing"),
                    ("disputed", "in dispute, not to be demanded now"),
                    ("mistake", "locked by mistake"),
                ],
                max_length=8,
            ),
        ),
    ]
