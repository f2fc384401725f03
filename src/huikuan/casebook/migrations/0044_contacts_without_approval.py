"""A contact that took place without the approval that it wanted is kept, and does no step."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0043_mails_held_back")]

    operations = [
        migrations.AddField(
            "contactrecord",
            "unapproved",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="an approval was missing: limits count it, no step is done by it",
            ),
        ),
        migrations.AlterField(
            "contactrecord",
            "override_reason",
            models.CharField(
                blank=True,
                help_text="why it was made although the gate refused or an approval was missing",
                max_length=300,
            ),
        ),
        migrations.AlterField(
            "notice",
            "kind",
            models.CharField(
                choices=[
                    ("to_allocate", "cases wait for allocation"),
                    ("allocated", "cases were allocated to you"),
                    ("breach", "a deadline was missed"),
                    ("approval", "something waits for your decision"),
                    ("decided", "your request was decided"),
                    ("unapproved", "a contact was made without its approval"),
                ],
                max_length=20,
            ),
        ),
    ]
