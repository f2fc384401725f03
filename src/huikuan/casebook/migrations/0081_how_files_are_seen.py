"""How far a mailbox has been read, who vouches for its senders, and what tells a new file."""

from __future__ import annotations

from django.db import migrations, models

READ_TO = models.CharField(blank=True, help_text="of a mailbox: the last mail", max_length=60)
VOUCHED_BY = models.CharField(
    blank=True, help_text="the mail server that must vouch for the sender", max_length=255
)
STAMP = models.CharField(
    blank=True, help_text="changes whenever the file is written", max_length=60
)


class Migration(migrations.Migration):
    dependencies = [("casebook", "0080_refused_batches")]

    operations = [
        migrations.AddField("channel", "read_to", READ_TO),
        migrations.AddField("channel", "vouched_by", VOUCHED_BY),
        migrations.AddField("channelfile", "stamp", STAMP),
    ]
