"""Notices of complaints and of batches: kinds that came on two ways."""

from __future__ import annotations

from django.db import migrations, models

KINDS = [
    ("to_allocate", "cases wait for allocation"),
    ("allocated", "cases were allocated to you"),
    ("breach", "a deadline was missed"),
    ("explained", "a missed deadline is explained"),
    ("approval", "something waits for your decision"),
    ("decided", "your request was decided"),
    ("unapproved", "a contact was made without its approval"),
    ("answered", "a debtor answered by mail"),
    ("complaint", "a complaint waits for you"),
    ("arrived", "a batch has arrived"),
    ("to_import", "a batch is to be imported"),
    ("named", "you were named for a batch"),
    ("look_up", "a look-up is to be submitted, or was answered"),
    ("penalty", "a penalty was proposed or decided"),
    ("called_on", "you have not looked at your new cases"),
]


class Migration(migrations.Migration):
    dependencies = [("casebook", "0071_agency_rules")]

    operations = [
        migrations.AlterField("notice", "kind", models.CharField(choices=KINDS, max_length=20)),
    ]
