"""Whoever holds a case is told that the debtor has answered a mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0049_explained_notices")]

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
                    ("answered", "a debtor answered by mail"),
                ],
                max_length=20,
            ),
        ),
    ]
