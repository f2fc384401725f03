"""A grant belongs to one standing of a task: opened anew, the task wants a new one.

Of tasks that were opened anew before nobody counted how often. What was asked for on a later day
belongs to the present standing; anything older, or of the same day, is asked again. The grant of
a task that was never opened anew stays what it was.
"""

from django.db import migrations, models

STANDING = """
UPDATE casebook_task t SET standing = 1
WHERE t.status_reason = 'demanded again'
    AND EXISTS (SELECT 1 FROM casebook_approval a WHERE a.task_id = t.id)
"""
ASKED_SINCE = """
UPDATE casebook_approval a SET standing = 1
FROM casebook_task t
JOIN people_organisation o ON o.id = t.organisation_id
WHERE a.task_id = t.id AND t.standing = 1
    AND (a.asked_at AT TIME ZONE o.timezone)::date > t.status_on
"""


class Migration(migrations.Migration):

    dependencies = [("casebook", "0023_activations_of_a_house")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="standing",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="how often it was demanded again after it had ended",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="standing",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
        migrations.RunSQL(ASKED_SINCE, migrations.RunSQL.noop),
    ]
