from django.db import migrations, models


def fill(apps, schema_editor):
    """The shipped roles as the file has them now."""
    from huikuan.people.roles import install

    install(apps.get_model("people", "Role"))


class Migration(migrations.Migration):
    """An insurer is a kind of creditor; who handles complaints has a right for it."""

    dependencies = [("people", "0007_roles_own_tasks")]

    operations = [
        migrations.AlterField(
            "creditor",
            "kind",
            models.CharField(
                choices=[
                    ("bank", "bank"),
                    ("insurer", "insurer"),
                    ("consumer_finance", "consumer-finance company"),
                    ("micro_loan", "micro-loan company"),
                    ("supplier", "supplier"),
                    ("property", "property manager"),
                    ("other", "other creditor"),
                ],
                default="other",
                max_length=20,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
