from django.db import migrations


class Migration(migrations.Migration):
    """In a migration of its own: Postgres changes no table that has rows waiting for their checks."""

    dependencies = [("people", "0003_roles")]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="client_has_creditor"),
        migrations.RemoveField(model_name="user", name="role"),
    ]
