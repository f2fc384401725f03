"""The few debtors who live by another clock than the house are found without a look at the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0037_steps_not_done_after_all")]

    operations = [
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["timezone"],
                condition=~models.Q(timezone=""),
                name="person_elsewhere",
            ),
        ),
    ]
