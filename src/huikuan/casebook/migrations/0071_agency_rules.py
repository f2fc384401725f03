"""Who handles a batch, filtered cases, look-ups, penalties."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from huikuan.casebook import shards

TABLES = ("placementhandler", "casefilter", "filterlook", "lookup", "lookupevent", "penalty")


def add_shards(apps, schema_editor):
    for table in TABLES:
        shards.add(table)


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0070_channels'),
        ('people', '0007_roles_own_tasks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('to_allocate', 'cases wait for allocation'), ('allocated', 'cases were allocated to you'), ('breach', 'a deadline was missed'), ('explained', 'a missed deadline is explained'), ('approval', 'something waits for your decision'), ('decided', 'your request was decided'), ('unapproved', 'a contact was made without its approval'), ('answered', 'a debtor answered by mail'), ('arrived', 'a batch has arrived'), ('to_import', 'a batch is to be imported'), ('named', 'you were named for a batch'), ('look_up', 'a look-up is to be submitted, or was answered'), ('penalty', 'a penalty was proposed or decided'), ('called_on', 'you have not looked at your new cases')], max_length=20),
        ),
        migrations.AlterField(
            model_name='placementevent',
            name='kind',
            field=models.CharField(choices=[('fetched', 'fetched'), ('import_told', 'data administrator told to import'), ('refused', 'refused'), ('lead_told', 'lead told to allocate'), ('allocated', 'allocated'), ('filtered', 'filtered')], max_length=16),
        ),
        migrations.CreateModel(
            name='CaseFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('class_code', models.CharField(max_length=40)),
                ('reach', models.CharField(choices=[('none', 'no contact'), ('single', 'single contact'), ('multi', 'multiple contacts')], max_length=6)),
                ('marks', models.JSONField(default=dict, help_text='field → read, missing or doubtful')),
                ('asked_fields', models.JSONField(default=list, help_text='what the client is asked for')),
                ('note', models.CharField(blank=True, max_length=300)),
                ('is_sample', models.BooleanField(default=False, help_text='somebody looks at it again')),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filters', to='casebook.case')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filters', to='casebook.placement')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='FilterLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('agrees', models.BooleanField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('filtered', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='look', to='casebook.casefilter')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LookUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('kind', models.CharField(max_length=40)),
                ('basis', models.CharField(max_length=40)),
                ('evidence', models.CharField(blank=True, help_text='what the basis rests on', max_length=300)),
                ('addressed_to', models.CharField(max_length=120)),
                ('question', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('received', 'to be submitted'), ('submitted', 'submitted'), ('answered', 'answered'), ('refused', 'refused for want of a basis')], default='received', max_length=10)),
                ('refusal', models.CharField(blank=True, help_text='code of a sentence', max_length=40)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='look_ups', to='casebook.case')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='LookUpEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('submitted', 'submitted'), ('confirmed', 'confirmed by telephone'), ('answered', 'answered'), ('refused', 'refused for want of a basis')], max_length=10)),
                ('happened_at', models.DateTimeField()),
                ('spoken_to', models.CharField(blank=True, help_text='who confirmed it', max_length=80)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='look_up_events', to='casebook.case')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('look_up', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='casebook.lookup')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Penalty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('score', 'points off the score'), ('training', 'training'), ('warning', 'warning'), ('deduction', 'compensation out of the wage')], max_length=10)),
                ('points', models.PositiveSmallIntegerField(default=0)),
                ('reason', models.CharField(max_length=300)),
                ('evidence', models.CharField(max_length=300)),
                ('proposed_at', models.DateTimeField()),
                ('month', models.DateField(help_text='first day of the month of the sheet')),
                ('status', models.CharField(choices=[('proposed', 'proposed'), ('appealed', 'appealed against'), ('granted', 'in effect'), ('refused', 'dropped')], default='proposed', max_length=10)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('amount_minor', models.BigIntegerField(null=True)),
                ('loss_minor', models.BigIntegerField(null=True)),
                ('wage_minor', models.BigIntegerField(null=True)),
                ('minimum_minor', models.BigIntegerField(null=True)),
                ('clause', models.CharField(blank=True, help_text='where the contract says so', max_length=300)),
                ('appeal', models.CharField(blank=True, max_length=300)),
                ('appealed_at', models.DateTimeField(null=True)),
                ('appeal_answer', models.CharField(blank=True, max_length=300)),
                ('decision', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(null=True)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('answered', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('appealed', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('breach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='penalties', to='casebook.breach')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('decided', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='penalties', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PlacementHandler',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=300)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handlers', to='casebook.placement')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='casefilter',
            index=models.Index(fields=['placement', 'user'], name='filter_progress'),
        ),
        migrations.AddConstraint(
            model_name='casefilter',
            constraint=models.UniqueConstraint(fields=('case', 'placement'), name='case_filtered_once'),
        ),
        migrations.AddIndex(
            model_name='lookup',
            index=models.Index(fields=['organisation', 'status'], name='look_up_status'),
        ),
        migrations.AddConstraint(
            model_name='lookupevent',
            constraint=models.UniqueConstraint(fields=('look_up', 'kind'), name='look_up_event_once'),
        ),
        migrations.AddIndex(
            model_name='penalty',
            index=models.Index(fields=['organisation', 'month'], name='penalty_month'),
        ),
        migrations.AddConstraint(
            model_name='penalty',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'refused'), _negated=True), fields=('breach', 'user'), name='penalty_of_breach_once'),
        ),
        migrations.AddConstraint(
            model_name='penalty',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'deduction'), ('amount_minor__isnull', True), _connector='OR'), name='penalty_money_is_a_deduction'),
        ),
        migrations.RunPython(add_shards, migrations.RunPython.noop),
    ]
