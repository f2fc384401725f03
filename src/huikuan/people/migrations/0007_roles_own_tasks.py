from django.db import migrations


def fill(apps, schema_editor):
    """The shipped roles as the file has them now."""
    from huikuan.people.roles import install

    install(apps.get_model("people", "Role"))


class Migration(migrations.Migration):
    """Finance, legal and whoever else works by role begin the day with the tasks of their role."""

    dependencies = [("people", "0006_roles_gives")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
