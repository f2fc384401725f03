"""Whoever may lift a missed deadline is told when it is explained."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0048_contacts_not_arrived")]

    operations = [
        migrations.AlterField(
            "notice",
            "kind",
            models.CharField(
                choices=[
                    ("to_allocate", "cases wait for allocation"),
                    ("allocated", "cases were allocated to you"),
                    ("breach", "a deadline was missed"),
                    ("explained", "a missed deadline is explained"),
                    ("approval", "something waits for your decision"),
                    ("decided", "your request was decided"),
                    ("unapproved", "a contact was made without its approval"),
                ],
                max_length=20,
            ),
        ),
    ]
