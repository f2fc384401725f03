"""A breach is explained by what is recorded later, and lifted by a person."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("casebook", "0045_undone_contacts"),
    ]

    operations = [
        migrations.AddField(
            model_name="breach",
            name="explained_at",
            field=models.DateTimeField(
                help_text="since then what is recorded no longer bears it out; it stands",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="explained_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="null: by what nobody of the house recorded, as a new notice of working days",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casebook.act",
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="lifted_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="null: lifted by the program, as it did before persons lifted breaches",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="casebook.act",
            ),
        ),
    ]
