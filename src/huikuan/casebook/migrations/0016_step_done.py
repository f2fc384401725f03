"""The memory of steps: one row for each task that was done, with the day and when it was recorded."""

import django.db.models.deletion
from django.db import migrations, models

#: When it was recorded stands in what completed the task: the contact, or the note. Where neither
#: is there any more, the end of the day on which it was done.
FILL = """
INSERT INTO casebook_stepdone (task_id, organisation_id, creditor_id, case_id, subject_id, step_id,
    valid_on, recorded_at)
SELECT t.id, t.organisation_id, t.creditor_id, t.case_id, t.subject_id, t.step_id, t.status_on,
    coalesce(c.recorded_at, n.recorded_at, t.status_on + interval '1 day')
FROM casebook_task t
LEFT JOIN (
    SELECT l.task_id, min(r.recorded_at) AS recorded_at
    FROM casebook_contactrecord_tasks l
    JOIN casebook_contactrecord r ON r.id = l.contactrecord_id
    GROUP BY l.task_id
) c ON c.task_id = t.id AND t.status_reason = 'contact'
LEFT JOIN (
    SELECT task_id, min(recorded_at) AS recorded_at
    FROM casebook_casenote WHERE task_id IS NOT NULL GROUP BY task_id
) n ON n.task_id = t.id
WHERE t.status = 'done' AND t.status_on IS NOT NULL
"""
UNCHECKED = {
    "db_constraint": False,
    "db_index": False,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
}


class Migration(migrations.Migration):
    dependencies = [
        ("casebook", "0015_outbox"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="StepDone",
            fields=[
                ("task_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject_id", models.BigIntegerField()),
                ("valid_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("case", models.ForeignKey(null=True, to="casebook.case", **UNCHECKED)),
                ("creditor", models.ForeignKey(to="people.creditor", **UNCHECKED)),
                ("organisation", models.ForeignKey(to="people.organisation", **UNCHECKED)),
                ("step", models.ForeignKey(to="casebook.step", **UNCHECKED)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["step", "subject_id", "valid_on"], name="stepdone_subject"
                    ),
                    models.Index(fields=["case"], name="stepdone_case"),
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
