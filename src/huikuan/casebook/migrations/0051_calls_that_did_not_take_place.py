"""A permission may be used up by the word that the call of it did not take place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0050_answer_notices")]

    operations = [
        migrations.AlterField(
            "spent",
            "kind",
            models.CharField(
                choices=[
                    ("contact", "a contact"),
                    ("dial", "call on the line"),
                    ("message", "a message"),
                    ("no_call", "a call that did not take place"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "spent",
            "row_id",
            models.BigIntegerField(help_text="id of the contact, call, message or act"),
        ),
    ]
