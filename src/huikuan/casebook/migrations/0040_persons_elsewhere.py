"""The few debtors who live by another clock than the house are found without a look at the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0039_notes_about_the_customer")]

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
