"""Every activation belongs to one house, and what is in force is worked out from those that stand.

Until now an activation spoke for every house, and what a later one left of it was written as a row
of its own. The rows that were said stay, the rests go. A row that nobody replaced by saying another
one was taken back; it keeps that moment and act.

Whose was it: of the house of its creditor or team; else of the house of who said it; else of who
signed its version; else of the only house. What came with the program holds for every house.
"""

import django.db.models.deletion
from django.db import migrations, models

BY_THE_PROGRAM = "shipped"


def who_said_it(apps, _editor):
    """Gives each row its house, and leaves of the rests nothing."""
    PackActivation = apps.get_model("casebook", "PackActivation")
    Organisation = apps.get_model("people", "Organisation")
    User = apps.get_model("people", "User")

    houses = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    of_user = dict(User.objects.values_list("username", "organisation_id"))
    said = PackActivation.objects.filter(rest_of=None)
    acts_of_said = set(said.exclude(act=None).values_list("act_id", flat=True))
    taken_back = {}
    for row in PackActivation.objects.exclude(replaced_by=None).order_by("pk"):
        if row.replaced_by_id not in acts_of_said:
            taken_back[row.rest_of_id or row.pk] = (row.replaced_at, row.replaced_by_id)

    related = said.select_related("act", "creditor", "team", "version")
    for row in related.defer("version__content", "version__compiled"):
        row.organisation_id = _house(row, of_user, houses)
        row.replaced_at, row.replaced_by_id = taken_back.get(row.pk, (None, None))
        row.save(update_fields=["organisation", "replaced_at", "replaced_by"])
    PackActivation.objects.exclude(rest_of=None).delete()


def _house(row, of_user, houses):
    """The house whose activation it was; None for what came with the program."""
    if row.creditor is not None:
        return row.creditor.organisation_id
    if row.team is not None:
        return row.team.organisation_id
    if row.act is not None:
        return row.act.organisation_id
    if row.version.approved_by == BY_THE_PROGRAM:
        return None
    signed_in = of_user.get(row.version.approved_by)
    if signed_in is None and len(houses) == 1:
        signed_in = houses[0]
    return signed_in


class Migration(migrations.Migration):

    dependencies = [("casebook", "0021_statements"), ("people", "0005_first_start")]

    operations = [
        migrations.AddField(
            model_name="packactivation",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organisation",
            ),
        ),
        migrations.RunPython(who_said_it, migrations.RunPython.noop),
        # The rows above wait for their checks; the table is not altered while any do.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="packactivation", name="rest_of"),
        migrations.AddConstraint(
            model_name="packactivation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("organisation__isnull", False),
                    models.Q(("act", None), ("creditor", None), ("product", ""), ("team", None)),
                    _connector="OR",
                ),
                name="activation_of_a_house",
            ),
        ),
    ]
