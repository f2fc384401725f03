"""Causes of complaint points are data of the procedure; each point keeps the words it was given."""

from __future__ import annotations

from django.db import migrations, models

#: The causes as the program had them, with their words.
BEFORE = {
    "conduct": ("语气或行为", "tone or conduct"),
    "frequency": ("催收频次过高或时段不当", "called too often or at the wrong hour"),
    "third_person": ("向他人透露或联系他人", "others were told or called"),
    "amount": ("金额有争议", "the amount is disputed"),
    "paid": ("已经还清", "it is paid already"),
    "identity": ("并非债务人本人", "not the debtor"),
    "privacy": ("个人信息", "personal data"),
    "other": ("其他", "something else"),
}


def keep_titles(apps, schema_editor):
    points = apps.get_model("casebook", "ComplaintPoint").objects
    for code, (chinese, english) in BEFORE.items():
        points.filter(cause=code).update(cause_title={"zh": chinese, "en": english})


class Migration(migrations.Migration):
    dependencies = [("casebook", "0092_told_extensions")]

    operations = [
        migrations.AlterField(
            "complaintpoint",
            "cause",
            models.CharField(help_text="code of the procedure's list", max_length=40),
        ),
        migrations.AddField(
            "complaintpoint",
            "cause_title",
            models.JSONField(default=dict, help_text="zh and en, as the procedure had them"),
        ),
        migrations.RunPython(keep_titles, migrations.RunPython.noop),
    ]
