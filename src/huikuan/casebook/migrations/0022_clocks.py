"""Clocks are of any subject and are declared by a pack; a breach keeps what it says.

The clocks that the program set until now were those of a batch. They keep their moments: imported
within the hour, allocated on the day. The clock of the exception ran beside the hour without a
reason that anybody had given; those of its clocks that still run become void.
"""

import django.db.models.deletion
from django.db import migrations, models


def _wall(model, **options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=model,
        **options,
    )


def _row():
    """The columns of every row of history."""
    return [
        (
            "id",
            models.BigAutoField(
                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
            ),
        ),
        ("valid_on", models.DateField()),
        ("recorded_at", models.DateTimeField()),
        ("act", _wall("casebook.act", db_constraint=False)),
        ("creditor", _wall("people.creditor", db_constraint=False)),
        ("organisation", _wall("people.organisation", db_constraint=False)),
    ]


#: Each clock says of itself what code said before.
CLOCKS = """
SET CONSTRAINTS ALL IMMEDIATE;

UPDATE casebook_clock k SET
    subject_kind = 'placement',
    subject_id = k.placement_id,
    creditor_id = b.creditor_id,
    pack = 'agency_operations',
    kind = CASE k.kind WHEN 'import' THEN 'imported' WHEN 'allocation' THEN 'allocated'
        ELSE k.kind END,
    title = CASE k.kind
        WHEN 'import' THEN '{"zh": "一小时内导入", "en": "Imported within the hour"}'::jsonb
        WHEN 'allocation' THEN '{"zh": "当日分案", "en": "Allocated on the day"}'::jsonb
        ELSE '{"zh": "例外：三小时内导入", "en": "Exception: within three hours"}'::jsonb END,
    recorded_at = CASE k.kind WHEN 'allocation' THEN k.started_at ELSE a.at END,
    met_recorded_at = k.met_at,
    void_at = CASE WHEN k.kind = 'import_exception' AND k.met_at IS NULL THEN now() END
FROM casebook_placement b JOIN casebook_act a ON a.id = b.act_id
WHERE b.id = k.placement_id;

UPDATE casebook_breach r SET due_at = k.due_at, role = k.role
FROM casebook_clock k WHERE k.id = r.clock_id;

UPDATE casebook_notice n SET params = n.params || jsonb_build_object(
    'clock', k.id, 'title', k.title, 'subject', 'placement')
FROM casebook_clock k
WHERE n.kind = 'breach' AND k.subject_kind = 'placement'
    AND k.subject_id = (n.params ->> 'placement')::bigint
    AND k.kind = CASE n.params ->> 'clock' WHEN 'import' THEN 'imported'
        WHEN 'allocation' THEN 'allocated' ELSE n.params ->> 'clock' END;
"""

#: What stopped and started those clocks is an event of the batch.
EVENTS = """
INSERT INTO casebook_placementevent
    (organisation_id, creditor_id, act_id, valid_on, recorded_at, placement_id, kind, happened_at)
SELECT b.organisation_id, b.creditor_id, b.act_id,
    (e.happened_at AT TIME ZONE o.timezone)::date, e.happened_at, b.id, e.kind, e.happened_at
FROM casebook_placement b
JOIN people_organisation o ON o.id = b.organisation_id
JOIN casebook_act a ON a.id = b.act_id
JOIN casebook_clock k ON k.placement_id = b.id
CROSS JOIN LATERAL (VALUES
    ('fetched', CASE WHEN k.kind = 'imported' THEN a.at END),
    ('refused', CASE WHEN b.status = 'refused' AND k.kind = 'imported' THEN k.met_at END),
    ('lead_told', CASE WHEN k.kind = 'allocated' THEN k.started_at END),
    ('allocated', CASE WHEN k.kind = 'allocated' THEN k.met_at END)
) e (kind, happened_at)
WHERE e.happened_at IS NOT NULL
ORDER BY e.happened_at, b.id;
"""


class Migration(migrations.Migration):
    dependencies = [("casebook", "0021_statements")]

    operations = [
        migrations.CreateModel(
            name="PlacementEvent",
            fields=[
                *_row(),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fetched", "fetched"),
                            ("refused", "refused"),
                            ("lead_told", "lead told to allocate"),
                            ("allocated", "allocated"),
                        ],
                        max_length=16,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="casebook.placement",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.AlterField(
            "placement",
            "status",
            models.CharField(
                choices=[
                    ("arrived", "arrived"),
                    ("received", "received"),
                    ("checked", "checked"),
                    ("accepted", "accepted"),
                    ("refused", "refused"),
                ],
                default="received",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "placement",
            "file_hash",
            models.CharField(max_length=64, help_text="empty until the file is fetched"),
        ),
        migrations.AlterField(
            "placement",
            "received_at",
            models.DateTimeField(help_text="when it arrived in its channel"),
        ),
        migrations.AlterField(
            "placement", "received_on", models.DateField(help_text="local day of the arrival")
        ),
        migrations.RemoveConstraint(model_name="placement", name="placement_file_once"),
        migrations.AddConstraint(
            "placement",
            models.UniqueConstraint(
                fields=("creditor", "mapping", "file_hash"),
                condition=models.Q(("file_hash", ""), _negated=True),
                name="placement_file_once",
            ),
        ),
        migrations.RemoveConstraint(model_name="clock", name="clock_once"),
        migrations.RemoveIndex(model_name="clock", name="clock_open"),
        migrations.AddField("clock", "subject_kind", models.CharField(max_length=40, default="")),
        migrations.AddField("clock", "subject_id", models.BigIntegerField(default=0)),
        migrations.AddField("clock", "creditor", _wall("people.creditor", null=True)),
        migrations.AlterField("clock", "organisation", _wall("people.organisation")),
        migrations.AddField(
            "clock",
            "case",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="casebook.case",
            ),
        ),
        migrations.AddField("clock", "pack", models.CharField(max_length=40, default="")),
        migrations.AddField(
            "clock",
            "pack_version",
            models.ForeignKey(
                help_text="null: started before clocks were text of a pack",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casebook.packversion",
            ),
        ),
        migrations.AddField(
            "clock",
            "title",
            models.JSONField(default=dict, help_text="zh and en, as the pack has them"),
        ),
        migrations.AddField("clock", "recorded_at", models.DateTimeField(null=True)),
        migrations.AddField("clock", "met_recorded_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "clock",
            "void_at",
            models.DateTimeField(null=True, help_text="its start was taken back then"),
        ),
        migrations.AlterField(
            "clock",
            "kind",
            models.CharField(help_text="id of the clock in the pack", max_length=60),
        ),
        migrations.AlterField(
            "clock",
            "role",
            models.CharField(
                help_text="code of the role that answers for it", max_length=40
            ),
        ),
        migrations.AlterField(
            "clock",
            "source",
            models.CharField(
                help_text="procedure and paragraph that sets it", max_length=120
            ),
        ),
        migrations.AlterField("clock", "due_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "breach",
            "clock",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="breaches",
                to="casebook.clock",
            ),
        ),
        migrations.AddField("breach", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("breach", "role", models.CharField(max_length=40, default="")),
        migrations.AddField("breach", "lifted_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "breach",
            "penalty",
            models.JSONField(
                help_text="what the pack lets somebody propose; never applied by itself",
                null=True,
            ),
        ),
        migrations.RunSQL(CLOCKS, migrations.RunSQL.noop),
        migrations.RunSQL(EVENTS, migrations.RunSQL.noop),
        migrations.RemoveField("clock", "placement"),
        migrations.AlterField(
            "clock",
            "subject_kind",
            models.CharField(help_text="placement, case, statement, …", max_length=40),
        ),
        migrations.AlterField("clock", "subject_id", models.BigIntegerField()),
        migrations.AlterField("clock", "creditor", _wall("people.creditor")),
        migrations.AlterField("clock", "pack", models.CharField(max_length=40)),
        migrations.AlterField("clock", "recorded_at", models.DateTimeField()),
        migrations.AlterField(
            "breach",
            "due_at",
            models.DateTimeField(help_text="the moment that was missed, as it was known"),
        ),
        migrations.AlterField(
            "breach",
            "role",
            models.CharField(
                help_text="code of the role that answered for it then", max_length=40
            ),
        ),
        migrations.AddConstraint(
            "clock",
            models.UniqueConstraint(
                fields=("subject_kind", "subject_id", "pack", "kind"), name="clock_once"
            ),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                condition=models.Q(("met_at__isnull", True), ("void_at__isnull", True)),
                fields=["due_at"],
                name="clock_open",
            ),
        ),
        migrations.AddIndex(
            "clock",
            models.Index(
                condition=models.Q(
                    ("met_at__gt", models.F("due_at")), ("void_at__isnull", True)
                ),
                fields=["id"],
                name="clock_late",
            ),
        ),
        migrations.AddConstraint(
            "breach",
            models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("clock",),
                name="breach_standing_once",
            ),
        ),
        migrations.CreateModel(
            name="ClockExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("given_at", models.DateTimeField()),
                (
                    "until",
                    models.DateTimeField(null=True, help_text="null: as long as the pack lets"),
                ),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.act",
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="casebook.clock",
                    ),
                ),
            ],
        ),
    ]
