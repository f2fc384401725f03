"""A mail that may not leave when it is to waits with the reason; a person may withdraw it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casebook", "0042_signed_calls"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="held_at",
            field=models.DateTimeField(help_text="waits since then: it may not leave", null=True),
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
                ],
                max_length=14,
            ),
        ),
    ]
