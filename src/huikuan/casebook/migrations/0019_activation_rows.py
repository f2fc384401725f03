"""Which version held on which day, and which binding, becomes rows: every day keeps the answer that it had.

Until now the newest signed version that was effective on the day held, of equal days the one that was stored last; and of a
creditor's product the bindings of the newest day.
"""

from collections import defaultdict

from django.db import migrations
from django.db.models import Q


def _until(days):
    """Each day with the day on which the next one takes its place; None for the last."""
    days = sorted(set(days))
    return dict(zip(days, [*days[1:], None]))


def activations(apps, _editor):
    """A row for each stretch of days on which one version held."""
    PackVersion = apps.get_model("casebook", "PackVersion")
    PackActivation = apps.get_model("casebook", "PackActivation")
    Act = apps.get_model("casebook", "Act")

    signed = PackVersion.objects.exclude(approved_by="").order_by("pk")
    of_pack = defaultdict(dict)
    for version in signed.defer("content", "compiled"):
        of_pack[version.pack][version.effective_from] = version  # the one stored last stays

    for pack, versions in of_pack.items():
        until = _until(versions)
        for from_on, version in versions.items():
            # the signature says name, version and the beginning of the hash
            signature = Act.objects.filter(
                verb="planning.approve", reason__endswith=version.hash[:12], reason__startswith=f"{pack} "
            ).first()
            PackActivation.objects.create(
                pack=pack,
                version=version,
                from_on=from_on,
                until_on=until[from_on],
                act=signature,
                recorded_at=signature.at if signature else version.loaded_at,
            )


def bindings(apps, _editor):
    """A binding ends where a newer one of the same product begins."""
    PackBinding = apps.get_model("casebook", "PackBinding")
    days = defaultdict(set)
    for binding in PackBinding.objects.all():
        days[binding.creditor_id, binding.product].add(binding.from_on)
    for binding in PackBinding.objects.all():
        binding.until_on = _until(days[binding.creditor_id, binding.product])[binding.from_on]
        binding.save(update_fields=["until_on"])


def forget(apps, _editor):
    """Back again: the old rule needs no rows, and each binding once."""
    apps.get_model("casebook", "PackActivation").objects.all().delete()
    PackBinding = apps.get_model("casebook", "PackBinding")
    PackBinding.objects.filter(Q(replaced_at__isnull=False) | Q(rest_of__isnull=False)).delete()


class Migration(migrations.Migration):

    dependencies = [("casebook", "0018_activation")]

    operations = [
        migrations.RunPython(activations, forget),
        migrations.RunPython(bindings, migrations.RunPython.noop),
    ]
