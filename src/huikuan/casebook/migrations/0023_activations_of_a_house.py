"""Every activation belongs to one house, and what is in force is worked out from those that stand.

Until now an activation spoke for every house, and what a later one left of it was written as a row
of its own. The rows that were said stay, the rests go. A row that nobody replaced by saying another
one was taken back; it keeps that moment and act.

What names a creditor or a team belongs to the house that decides for it. What spoke for all or for
a product spoke for every house, and goes on doing so: each gets the row, in the same order, so that
no day of any house changes its version. Who said it is told to the own house alone. What came with
the program holds for every house, as it did.
"""

import django.db.models.deletion
from django.db import migrations, models

BY_THE_PROGRAM = "shipped"


def who_said_it(apps, _editor):
    """Gives each row its house, and leaves of the rests nothing."""
    PackActivation = apps.get_model("casebook", "PackActivation")
    Organisation = apps.get_model("people", "Organisation")

    deciding = {pk: above or pk for pk, above in Organisation.objects.values_list("pk", "principal")}
    houses = sorted(set(deciding.values()))
    related = PackActivation.objects.select_related("act", "creditor", "team", "version")
    said = list(
        related.filter(rest_of=None).defer("version__content", "version__compiled").order_by("pk")
    )

    taken_back = _taken_back(PackActivation, said)
    PackActivation.objects.exclude(rest_of=None).delete()
    for row in said:
        row.replaced_at, row.replaced_by_id = taken_back.get(row.pk, (None, None))
        mine = _houses(row, deciding, houses)
        if len(houses) < 2:
            row.organisation_id = mine[0]
            row.save(update_fields=["organisation", "replaced_at", "replaced_by"])
        else:
            _write_anew(row, mine, deciding)


def _taken_back(PackActivation, said):
    """Row that was said → when, and by which act it was taken back."""
    acts_of_said = {row.act_id for row in said if row.act_id is not None}
    found = {}
    for row in PackActivation.objects.exclude(replaced_by=None).order_by("pk"):
        if row.replaced_by_id not in acts_of_said:
            found[row.rest_of_id or row.pk] = (row.replaced_at, row.replaced_by_id)
    return found


def _houses(row, deciding, houses):
    """The houses for whose cases it was said; None for all, where it came with the program."""
    if row.creditor is not None:
        return [deciding[row.creditor.organisation_id]]
    if row.team is not None:
        return [deciding[row.team.organisation_id]]
    came_with_program = row.act is None and row.version.approved_by == BY_THE_PROGRAM
    # A book without a house has what came with the program, and nothing else.
    if came_with_program or not houses:
        return [None]
    return houses


def _write_anew(row, houses, deciding):
    """A row for each house, all behind those of the rows before: the last that was said decides."""
    act, replaced_by_id = row.act, row.replaced_by_id
    row.delete()
    for house in houses:
        is_of_speaker = act is None or house is None or deciding[act.organisation_id] == house
        row.pk = None
        row.organisation_id = house
        row.act_id = act.pk if act is not None and is_of_speaker else None
        row.replaced_by_id = replaced_by_id if is_of_speaker else None
        row.save(force_insert=True)


class Migration(migrations.Migration):

    dependencies = [("casebook", "0022_clocks"), ("people", "0005_first_start")]

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
