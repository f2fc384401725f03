from django.db import migrations, models


def fill(apps, schema_editor):
    """The shipped roles with what they may hand on."""
    from huikuan.people.roles import install

    install(apps.get_model("people", "Role"))


class Migration(migrations.Migration):
    """A role says which rights it may put into other hands without having them."""

    dependencies = [("people", "0005_first_start")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="gives",
            field=models.JSONField(
                blank=True, default=list, help_text="rights that it may hand on without having them"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
