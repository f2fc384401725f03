"""What a decision was asked for stands in it; what used it up is one row."""

from django.db import migrations, models

#: Calls first: a contact that belongs to a call rests on the call.
FILL = """
INSERT INTO casebook_spent (decision_id, kind, row_id, at)
SELECT decision_id, 'dial', min(id), min(started_at)
FROM casebook_phonecall WHERE cause <> 'not_started'
GROUP BY decision_id;

INSERT INTO casebook_spent (decision_id, kind, row_id, at)
SELECT decision_id, 'contact', min(id), min(recorded_at)
FROM casebook_contactrecord WHERE decision_id IS NOT NULL
GROUP BY decision_id
ON CONFLICT (decision_id) DO NOTHING;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0019_activation_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='gatedecision',
            name='item_id',
            field=models.BigIntegerField(help_text='what the act is about; null: the case', null=True),
        ),
        migrations.AddField(
            model_name='gatedecision',
            name='purpose',
            field=models.CharField(blank=True, default='', max_length=12),
        ),
        migrations.AddField(
            model_name='gatedecision',
            name='staff',
            field=models.PositiveSmallIntegerField(help_text='of a visit', null=True),
        ),
        migrations.AddField(
            model_name='gatedecision',
            name='style',
            field=models.CharField(blank=True, default='', max_length=12),
        ),
        migrations.CreateModel(
            name='Spent',
            fields=[
                ('decision_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[("contact", "a contact"), ('dial', 'call on the line')], max_length=10)),
                ('row_id', models.BigIntegerField(help_text='id of the contact or call')),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'row_id'], name='spent_by')],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
