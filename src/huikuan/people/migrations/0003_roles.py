import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    """The shipped roles, and to each user the role that stood in their row."""
    from huikuan.people.roles import install

    Role, User = apps.get_model("people", "Role"), apps.get_model("people", "User")
    install(Role)
    rows = dict(Role.objects.filter(organisation=None).values_list("code", "pk"))
    given = User.roles.through
    given.objects.bulk_create(
        (
            given(user_id=user, role_id=rows[code])
            for user, code in User.objects.values_list("pk", "role")
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    """Roles become rows and a user has several; the old column goes in the next migration."""

    dependencies = [("people", "0002_numbers_and_accounts")]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("title_zh", models.CharField(max_length=40)),
                ("title_en", models.CharField(max_length=60)),
                ("wall", models.CharField(
                    choices=[
                        ("own", "cases that the user holds"),
                        ("team", "cases of the user's team, and those that nobody holds"),
                        ("creditor", "cases of the user's creditor, looked at from outside"),
                        ("house", "every case of the house"),
                    ],
                    default="own", max_length=10,
                )),
                ("rank", models.PositiveSmallIntegerField(default=0)),
                ("home", models.CharField(default="worklist", help_text="name of the first page", max_length=40)),
                ("rights", models.JSONField(blank=True, default=list, help_text="words of people/rights.py")),
                ("organisation", models.ForeignKey(
                    blank=True, null=True, on_delete=django.db.models.deletion.CASCADE,
                    related_name="roles", to="people.organisation",
                )),
            ],
            options={"ordering": ("-rank", "pk")},
        ),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.UniqueConstraint(
                fields=("organisation", "code"), name="role_code", nulls_distinct=False
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="roles",
            field=models.ManyToManyField(blank=True, related_name="users", to="people.role"),
        ),
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
