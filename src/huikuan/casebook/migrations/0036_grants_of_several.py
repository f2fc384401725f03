"""A request says of which tasks it speaks, each with its standing: one act may serve several."""

from django.db import migrations, models

FILL = """
UPDATE casebook_approval
SET covers = jsonb_build_object(task_id::text, standing)
WHERE task_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("casebook", "0035_lock_items")]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="covers",
            field=models.JSONField(blank=True, default=dict, help_text="task → standing"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
