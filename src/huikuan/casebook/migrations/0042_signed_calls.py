"""A signed call that came in is known when it comes again, for as long as its timestamp is taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casebook", "0041_channels_are_entries")]

    operations = [
        migrations.CreateModel(
            name="SignedCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="hash of house and webhook-id", max_length=64, unique=True
                    ),
                ),
                ("content", models.CharField(help_text="hash of the bytes", max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
