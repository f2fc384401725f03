"""Complaints 投诉: their rows, and who may own one.

The owner of a complaint has no interest of their own: not the collector complained about, not the
lead of that collector's team, nobody who holds or held the case. The database refuses it, whoever
writes; the form says so in a sentence before.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from huikuan.casebook import shards


TABLES = (
    "complaint",
    "complaintpoint",
    "complaintdepartment",
    "complaintproposal",
    "complaintevent",
    "complaintdossier",
)
OWNER = """
CREATE FUNCTION casebook_complaint_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about casebook_complaint%ROWTYPE;
BEGIN
    SELECT * INTO about FROM casebook_complaint WHERE id = NEW.complaint_id;
    IF NEW.user_id IS NULL THEN
        RAISE EXCEPTION 'complaint %: an owner is a person', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_owner';
    END IF;
    IF NEW.user_id = about.about_user_id
        OR EXISTS (
            SELECT 1 FROM people_user lead
            JOIN people_user member ON member.team_id = lead.team_id
            JOIN people_user_roles given ON given.user_id = lead.id
            JOIN people_role role ON role.id = given.role_id
            WHERE lead.id = NEW.user_id AND member.id = about.about_user_id AND role.wall = 'team'
        )
        OR EXISTS (
            SELECT 1 FROM casebook_assignment held
            WHERE held.case_id = about.case_id AND held.user_id = NEW.user_id
        )
    THEN
        RAISE EXCEPTION 'complaint %: its owner would have an interest of their own', about.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_owner';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complaint_owner BEFORE INSERT OR UPDATE ON casebook_complaintevent
    FOR EACH ROW WHEN (NEW.kind = 'owned') EXECUTE FUNCTION casebook_complaint_owner();
"""
NO_OWNER = """
DROP TRIGGER complaint_owner ON casebook_complaintevent;
DROP FUNCTION casebook_complaint_owner();
"""


def add_shards(apps, schema_editor):
    for table in TABLES:
        shards.add(table)


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0057_dated_explanations'),
        ('people', '0060_complaints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('number', models.CharField(max_length=40)),
                ('channel', models.CharField(choices=[('phone', 'telephone'), ('letter', 'letter'), ('regulator', 'regulator'), ('client', 'client'), ('talk', 'said to a collector'), ('online', 'in writing, online')], max_length=10)),
                ('received_at', models.DateTimeField(help_text='when it reached the house')),
                ('who', models.CharField(choices=[('debtor', 'debtor'), ('relative', 'relative'), ('stranger', 'stranger'), ('agent', 'lawyer or agent'), ('other', 'other person')], help_text='what the complainant is', max_length=10)),
                ('name_sealed', models.BinaryField(help_text="the complainant's name, encrypted")),
                ('reach_sealed', models.BinaryField(help_text='where they are answered, encrypted')),
                ('said', models.TextField(help_text='what was said, as it came')),
                ('reference', models.CharField(blank=True, help_text='number of the regulator', max_length=80)),
                ('request_id', models.CharField(help_text='one form gives one complaint', max_length=64)),
                ('about_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('case', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='casebook.case')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.AlterField(
            model_name='approval',
            name='kind',
            field=models.CharField(choices=[('payment', 'payment by hand'), ('reversal', 'reversal of a payment'), ('hold', 'hold'), ('correction', 'correction of what is owed'), ('step', 'step of a procedure'), ('complaint', 'proposal to a complainant')], max_length=12),
        ),
        migrations.AlterField(
            model_name='clock',
            name='creditor',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor'),
        ),
        migrations.AlterField(
            model_name='document',
            name='creditor',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('to_allocate', 'cases wait for allocation'), ('allocated', 'cases were allocated to you'), ('breach', 'a deadline was missed'), ('explained', 'a missed deadline is explained'), ('approval', 'something waits for your decision'), ('decided', 'your request was decided'), ('unapproved', 'a contact was made without its approval'), ('answered', 'a debtor answered by mail'), ('complaint', 'a complaint waits for you')], max_length=20),
        ),
        migrations.AlterField(
            model_name='stepdone',
            name='creditor',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor'),
        ),
        migrations.AlterField(
            model_name='task',
            name='creditor',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor'),
        ),
        migrations.AlterField(
            model_name='task',
            name='run',
            field=models.ForeignKey(db_constraint=False, db_index=False, help_text='null: made when its event was recorded, of what belongs to no case', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='casebook.planrun'),
        ),
        migrations.CreateModel(
            name='ComplaintSummary',
            fields=[
                ('complaint', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='summary', serialize=False, to='casebook.complaint')),
                ('last_event_on', models.DateField()),
                ('shard', models.IntegerField()),
                ('case_id', models.BigIntegerField(null=True)),
                ('organisation_id', models.BigIntegerField()),
                ('creditor_id', models.BigIntegerField(null=True)),
                ('complaint_received_on', models.DateField()),
                ('complaint_channel', models.TextField()),
                ('complaint_has_client', models.BooleanField()),
                ('complaint_has_case', models.BooleanField()),
                ('complaint_names_collector', models.BooleanField()),
                ('complaint_last_on', models.DateField(null=True)),
                ('owner_id', models.BigIntegerField(null=True)),
                ('complaint_accepted_on', models.DateField(null=True)),
                ('complaint_owned_on', models.DateField(null=True)),
                ('complaint_promised_on', models.DateField(null=True)),
                ('complaint_told_departments_on', models.DateField(null=True)),
                ('complaint_reported_on', models.DateField(null=True)),
                ('complaint_proposed_on', models.DateField(null=True)),
                ('complaint_proposals', models.IntegerField()),
                ('complaint_refusals', models.IntegerField()),
                ('complaint_refused_on', models.DateField(null=True)),
                ('complaint_agreed_on', models.DateField(null=True)),
                ('unreasonable_on', models.DateField(null=True)),
                ('unreasonable_agreed_on', models.DateField(null=True)),
                ('unreasonable_denied_on', models.DateField(null=True)),
                ('rules_explained_on', models.DateField(null=True)),
                ('help_asked_on', models.DateField(null=True)),
                ('complaint_level', models.IntegerField()),
                ('escalated_on', models.DateField(null=True)),
                ('complaint_points_decided', models.IntegerField()),
                ('departments_answered', models.IntegerField()),
                ('complaint_replied_on', models.DateField(null=True)),
                ('complaint_closed_on', models.DateField(null=True)),
                ('result_reported_on', models.DateField(null=True)),
                ('complaint_events_last_on', models.DateField(null=True)),
                ('complaint_points', models.IntegerField()),
                ('complaint_points_of_last_on', models.DateField(null=True)),
                ('departments_told', models.IntegerField()),
                ('complaint_departments_last_on', models.DateField(null=True)),
            ],
            options={
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='ComplaintDepartment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('role', models.CharField(help_text='code of the role that answers', max_length=40)),
                ('question', models.CharField(max_length=300)),
                ('answer_by', models.DateTimeField()),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='casebook.complaint')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='ComplaintDossier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('language', models.CharField(max_length=10)),
                ('progress', models.JSONField(default=dict, help_text='stage, done, of')),
                ('counts', models.JSONField(default=dict, help_text='part → rows in it')),
                ('made_at', models.DateTimeField(null=True)),
                ('failed', models.BooleanField(default=False)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='casebook.complaint')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('folder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.document')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('pdf', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.document')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ComplaintPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('number', models.PositiveSmallIntegerField()),
                ('cause', models.CharField(choices=[('conduct', 'tone or conduct'), ('frequency', 'called too often or at the wrong hour'), ('third_person', 'others were told or called'), ('amount', 'the amount is disputed'), ('paid', 'it is paid already'), ('identity', 'not the debtor'), ('privacy', 'personal data'), ('other', 'something else')], max_length=16)),
                ('detail', models.TextField(help_text='what happened, when, by whom')),
                ('aim', models.CharField(help_text='what the complainant wants', max_length=300)),
                ('disputes', models.CharField(blank=True, help_text='reach of the provisional hold: case, item, account', max_length=8)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='points', to='casebook.complaint')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('hold', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='points', to='casebook.hold')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='ComplaintProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('number', models.PositiveSmallIntegerField(help_text='the first, the second …')),
                ('sort', models.CharField(choices=[('explanation', 'explanation'), ('apology', 'apology'), ('correction', 'correction of data or conduct'), ('waiver', 'waiver'), ('refund', 'refund')], max_length=12)),
                ('text', models.TextField()),
                ('amount_minor', models.BigIntegerField(default=0)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('approval', models.ForeignKey(help_text='null: within the authority of who proposed it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.approval')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='casebook.complaint')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='ComplaintEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('accepted', 'accepted'), ('owned', 'owner named'), ('promised', 'time of reply told'), ('departments_told', 'departments told'), ('department_answered', 'department answered'), ('client_told', 'reported to the client'), ('proposed', 'proposed'), ('agreed', 'complainant agrees'), ('refused', 'complainant refuses'), ('unreasonable', 'demand held to be unreasonable'), ('unreasonable_agreed', 'second person agrees: unreasonable'), ('unreasonable_denied', 'second person: not unreasonable'), ('explained', 'rules explained'), ('help_asked', 'client asked for help'), ('escalated', 'escalated'), ('extended', 'more time by law'), ('decided', 'point decided'), ('replied', 'decision told to the complainant'), ('closed', 'closed'), ('result_reported', 'result reported to the client')], max_length=20)),
                ('happened_at', models.DateTimeField()),
                ('text', models.TextField(blank=True)),
                ('way', models.CharField(blank=True, help_text='call, mail, letter, visit', max_length=10)),
                ('until_at', models.DateTimeField(help_text='the moment that was told', null=True)),
                ('until_on', models.DateField(help_text='its local day', null=True)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('result', models.CharField(blank=True, choices=[('upheld', 'well founded'), ('partly', 'partly well founded'), ('unfounded', 'not founded')], max_length=10)),
                ('lesson', models.TextField(blank=True)),
                ('act', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.act')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='casebook.complaint')),
                ('creditor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creditor')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='casebook.outboxmessage')),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('point', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='casebook.complaintpoint')),
                ('proposal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='casebook.complaintproposal')),
            ],
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['organisation', 'received_at'], name='complaint_recent'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(fields=('organisation', 'number'), name='complaint_number'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(fields=('organisation', 'request_id'), name='complaint_once'),
        ),
        migrations.AddConstraint(
            model_name='complaintdepartment',
            constraint=models.UniqueConstraint(fields=('complaint', 'role'), name='complaintdepartment_once'),
        ),
        migrations.AddConstraint(
            model_name='complaintpoint',
            constraint=models.UniqueConstraint(fields=('complaint', 'number'), name='complaintpoint_number'),
        ),
        migrations.AddConstraint(
            model_name='complaintproposal',
            constraint=models.UniqueConstraint(fields=('complaint', 'number'), name='complaintproposal_number'),
        ),
        migrations.AddIndex(
            model_name='complaintevent',
            index=models.Index(fields=['complaint', 'kind'], name='complaintevent_kind'),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['accepted', 'unreasonable', 'closed', 'result_reported'])), fields=('complaint', 'kind'), name='complaintevent_once'),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'decided')), fields=('point',), name='complaintevent_point_once'),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'proposed')), fields=('proposal', 'kind'), name='complaintevent_proposal_once'),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['agreed', 'refused'])), fields=('proposal',), name='complaintevent_answer_once'),
        ),
        migrations.RunPython(add_shards, migrations.RunPython.noop),
        migrations.RunSQL(OWNER, NO_OWNER),
    ]
