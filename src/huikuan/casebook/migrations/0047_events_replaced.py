"""Of events such as a lock and its end only the newest holds: the earlier leave no more."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("casebook", "0046_breaches_explained"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="replaced_by",
            field=models.ForeignKey(
                help_text="a later event says what holds now: this one leaves no more",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="casebook.outboxmessage",
            ),
        ),
        migrations.AlterField(
            model_name="outboxevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("posted", "posted"),
                    ("sending", "sending began"),
                    ("taken", "taken by the far side"),
                    ("put_off", "put off"),
                    ("refused", "refused by the far side"),
                    ("lost", "no answer: outcome unknown"),
                    ("delivered", "delivery reported"),
                    ("delayed", "delay reported"),
                    ("bounced", "came back"),
                    ("answered", "answered"),
                    ("auto_answered", "answered by a machine"),
                    ("acknowledged", "acknowledged"),
                    ("settled", "settled by a person"),
                    ("retried", "to be sent again, by a person"),
                    ("held", "held back when it was to leave"),
                    ("withdrawn", "withdrawn by a person"),
                    ("replaced", "replaced by a later event"),
                ],
                max_length=14,
            ),
        ),
    ]
