"""Statements that are sent back or were entered wrongly, and the delivery lock 锁货."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casebook", "0025_charges_of_steps"),
    ]

    operations = [
        migrations.AlterField(
            model_name="statementevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "submitted to the supervisor"),
                    ("returned", "sent back to its maker"),
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
            name="StatementVoid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "act",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.act",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.case",
                    ),
                ),
                (
                    "creditor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.creditor",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="void",
                        to="casebook.statementevent",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DeliveryLock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("lock", "deliveries locked"), ("unlock", "deliveries unlocked")],
                        max_length=6,
                    ),
                ),
                (
                    "orders",
                    models.CharField(
                        blank=True,
                        choices=[("new", "new orders only"), ("signed", "signed contracts too")],
                        max_length=6,
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("525", "art. 525: both sides perform at the same time"),
                            ("526", "art. 526: the customer had to pay first"),
                            ("527", "art. 527: proof that the customer will not pay"),
                        ],
                        max_length=3,
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("overdue", "overdue"),
                            ("paid", "paid"),
                            ("secured", "security given"),
                            ("mistake", "locked by mistake"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        help_text="in words; of a lock also its evidence", max_length=300
                    ),
                ),
                (
                    "act",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.act",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locks",
                        to="casebook.case",
                    ),
                ),
                (
                    "creditor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.creditor",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        help_text="to the order system",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.outboxmessage",
                    ),
                ),
                (
                    "notice",
                    models.OneToOneField(
                        help_text="to the customer; null where there is no address",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casebook.outboxmessage",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("orders", "signed"), _negated=True),
                            models.Q(("ground", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="lock_of_signed_has_ground",
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="spent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("contact", "a contact"),
                    ("dial", "call on the line"),
                    ("message", "a message"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="spent",
            name="row_id",
            field=models.BigIntegerField(help_text="id of the contact, call or message"),
        ),
    ]
