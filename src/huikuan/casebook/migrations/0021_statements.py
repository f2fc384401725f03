"""The statement of a customer and a month is a row of its own, and its events point to it.

Before, an event named its month. There is one statement for each case and month that has events; it
keeps both dates of the first of them, or the first of the month after where that is earlier.
"""

import django.db.models.deletion
from django.db import migrations, models


def _wall(model):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=model,
    )


def _row():
    """The columns of every row of history."""
    return [
        (
            "id",
            models.BigAutoField(
                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
            ),
        ),
        ("valid_on", models.DateField()),
        ("recorded_at", models.DateTimeField()),
        ("act", _wall("casebook.act")),
        ("creditor", _wall("people.creditor")),
        ("organisation", _wall("people.organisation")),
    ]


def _to(model, related_name="+", **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
        **options,
    )


#: The first event of a case and month gives the act by which its statement was made.
STATEMENTS = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO casebook_statement
    (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, month, currency)
SELECT DISTINCT ON (e.case_id, e.month) e.organisation_id, e.creditor_id, e.act_id,
    least(min(e.valid_on) OVER w, (e.month + interval '1 month')::date),
    min(e.recorded_at) OVER w, e.case_id, e.month, c.currency
FROM casebook_statementevent e JOIN casebook_case c ON c.id = e.case_id
WINDOW w AS (PARTITION BY e.case_id, e.month)
ORDER BY e.case_id, e.month, e.recorded_at, e.id;
UPDATE casebook_statementevent e SET statement_id = m.id
FROM casebook_statement m WHERE m.case_id = e.case_id AND m.month = e.month;
"""


class Migration(migrations.Migration):
    dependencies = [("casebook", "0020_spent_decisions")]

    operations = [
        migrations.AlterField(
            model_name="statementevent", name="case", field=_to("casebook.case")
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                *_row(),
                ("case", _to("casebook.case", "statements")),
                ("month", models.DateField(help_text="first day of the month that it states")),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "month"), name="statement_once")
                ]
            },
        ),
        migrations.AddField(
            model_name="statementevent",
            name="statement",
            field=_to("casebook.statement", "events", null=True),
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="statementevent",
            name="statement",
            field=_to("casebook.statement", "events"),
        ),
        migrations.RemoveField(model_name="statementevent", name="month"),
        migrations.AddField(
            model_name="statementevent",
            name="note",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name="statementevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "submitted to the supervisor"),
                    ("checked", "checked by the supervisor"),
                    ("sent", "sent to the customer"),
                    ("progress", "customer responded"),
                    ("confirmed", "confirmed by the customer"),
                    ("invoice_data", "invoice data to finance"),
                    ("invoice_sent", "invoice sent"),
                    ("receipts", "all delivery receipts in"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                *_row(),
                ("differs", models.BooleanField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("case", _to("casebook.case", db_index=False)),
                ("statement", _to("casebook.statement", "lines")),
                ("item", _to("casebook.item", "statement_lines")),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="StatementSummary",
            fields=[
                (
                    "statement",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="summary",
                        serialize=False,
                        to="casebook.statement",
                    ),
                ),
                ("last_event_on", models.DateField()),
            ],
            options={"managed": False},
        ),
    ]
