"""The ended tasks of a case are found by an index. Without one, "what was done today" of a single
case reads the whole past of the book: two seconds in a book of seven million tasks.

Open tasks are not in it, so a plan that inserts hundreds of thousands of them does not write it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0037_steps_not_done_after_all")]

    operations = [
        migrations.AddIndex(
            "task",
            models.Index(
                fields=["case"], condition=~models.Q(status="open"), name="task_ended"
            ),
        ),
    ]
