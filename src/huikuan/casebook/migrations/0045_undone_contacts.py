"""A contact that was taken back keeps a row: what was made still counts where a limit counts."""

import django.db.models.deletion
from django.db import migrations, models

import huikuan.casebook.act_names
from huikuan.casebook import shards


def add_shards(apps, schema_editor):
    shards.add("undonecontact")


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0044_contacts_without_approval'),
        ('people', '0007_roles_own_tasks'),
    ]

    operations = [
        migrations.CreateModel(
            name='UndoneContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('contact_id', models.BigIntegerField(help_text='the number that the record had')),
                ('undone_at', models.DateTimeField()),
                ('decision_id', models.BigIntegerField(null=True)),
                ('channel', models.CharField(choices=huikuan.casebook.act_names.channels, max_length=8)),
                ('inbound', models.BooleanField()),
                ('style', models.CharField(choices=[('informing', 'informing'), ('interactive', 'interactive'), ('unknown', 'unknown')], max_length=12)),
                ('connected', models.BooleanField()),
                ('answered', models.CharField(choices=[('debtor', 'debtor'), ('relative', 'relative'), ('colleague', 'colleague'), ('friend', 'friend'), ('other', 'other person'), ('stranger', 'number changed owner'), ('nobody', 'nobody')], max_length=10)),
                ('seconds', models.PositiveIntegerField(null=True)),
                ('exchange', models.BooleanField(null=True)),
                ('at', models.DateTimeField()),
                ('said', models.JSONField(help_text='the rest of the record: outcome, note, reason')),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='undone_contacts', to='casebook.case')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('point', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.contactpoint')),
                ('undone', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'valid_on'], name='undone_case_day')],
            },
        ),
        migrations.RunPython(add_shards, migrations.RunPython.noop),
    ]
