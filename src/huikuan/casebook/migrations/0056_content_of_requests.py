"""An act keeps what its form said, so that another content under its key is told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0055_locks_in_dispute")]

    operations = [
        migrations.AddField(
            "act",
            "request_content",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="digest of what the form said that has this key (casebook/same_content.py)",
                max_length=64,
            ),
        ),
    ]
