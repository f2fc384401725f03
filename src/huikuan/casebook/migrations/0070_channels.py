"""Channels of clients and the files that come in them; the import is told of as an event."""

import django.db.models.deletion
from django.db import migrations, models

from huikuan.casebook import shards


def add_shards(apps, schema_editor):
    for table in ("channel", "channelfile"):
        shards.add(table)


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0060_complaints'),
        ('people', '0007_roles_own_tasks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('to_allocate', 'cases wait for allocation'), ('allocated', 'cases were allocated to you'), ('breach', 'a deadline was missed'), ('explained', 'a missed deadline is explained'), ('approval', 'something waits for your decision'), ('decided', 'your request was decided'), ('unapproved', 'a contact was made without its approval'), ('answered', 'a debtor answered by mail'), ('arrived', 'a batch has arrived'), ('to_import', 'a batch is to be imported'), ('named', 'you were named for a batch'), ('called_on', 'you have not looked at your new cases')], max_length=20),
        ),
        migrations.AlterField(
            model_name='placementevent',
            name='kind',
            field=models.CharField(choices=[('fetched', 'fetched'), ('import_told', 'data administrator told to import'), ('refused', 'refused'), ('lead_told', 'lead told to allocate'), ('allocated', 'allocated')], max_length=16),
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('kind', models.CharField(choices=[('folder', 'folder'), ('sftp', 'SFTP account'), ('mail', 'mailbox')], max_length=8)),
                ('mapping', models.CharField(max_length=60)),
                ('address', models.CharField(max_length=255)),
                ('port', models.PositiveIntegerField(null=True)),
                ('user', models.CharField(blank=True, max_length=120)),
                ('secret', models.BinaryField(null=True)),
                ('host_key', models.CharField(blank=True, max_length=1000)),
                ('security', models.CharField(choices=[('ssl', 'TLS from the start'), ('starttls', 'STARTTLS'), ('none', 'none')], default='ssl', max_length=8)),
                ('folder', models.CharField(blank=True, help_text='on the server or mailbox', max_length=255)),
                ('sender', models.CharField(blank=True, help_text='whose mails count', max_length=255)),
                ('pattern', models.CharField(default='*', max_length=120)),
                ('whole', models.CharField(choices=[('renamed', 'it gets its final name'), ('done', 'a file NAME.done lies beside it'), ('still', 'size and time stay the same')], default='still', max_length=8)),
                ('under_way', models.CharField(default='.part', help_text="end of a draft's name", max_length=40)),
                ('still_seconds', models.PositiveIntegerField(default=60)),
                ('fetches_itself', models.BooleanField(default=False)),
                ('looked_at', models.DateTimeField(help_text='the last look that saw what lies there', null=True)),
                ('tried_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, help_text='code of a sentence', max_length=40)),
                ('error_params', models.JSONField(blank=True, default=dict)),
                ('error_since', models.DateTimeField(null=True)),
                ('act', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('creditor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='people.creditor')),
                ('ended', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='ChannelFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='names it in its channel', max_length=300)),
                ('name', models.CharField(max_length=255)),
                ('state', models.CharField(choices=[('under_way', 'still coming in'), ('arrived', 'arrived, to be fetched'), ('fetched', 'fetched'), ('known', 'came before'), ('wrong', 'cannot be taken'), ('gone', 'no longer there')], default='under_way', max_length=10)),
                ('size', models.BigIntegerField()),
                ('own_time', models.DateTimeField(null=True)),
                ('first_seen_at', models.DateTimeField()),
                ('same_since', models.DateTimeField(help_text='since when size and time are what they are')),
                ('seen_at', models.DateTimeField()),
                ('arrived_at', models.DateTimeField(null=True)),
                ('fetched_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, help_text='code of a sentence', max_length=40)),
                ('error_params', models.JSONField(blank=True, default=dict)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='casebook.channel')),
                ('creditor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('placement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='channel_files', to='casebook.placement')),
            ],
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.UniqueConstraint(fields=('organisation', 'code'), name='channel_code'),
        ),
        migrations.AddIndex(
            model_name='channelfile',
            index=models.Index(fields=['channel', 'key', '-id'], name='channel_file_key'),
        ),
        migrations.AddIndex(
            model_name='channelfile',
            index=models.Index(fields=['channel', '-first_seen_at'], name='channel_file_recent'),
        ),
        migrations.AddConstraint(
            model_name='channelfile',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('under_way', 'arrived'))), fields=('channel', 'key'), name='channel_file_waits_once'),
        ),
        migrations.RunPython(add_shards, migrations.RunPython.noop),
    ]
