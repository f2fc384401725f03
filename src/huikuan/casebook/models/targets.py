"""Targets 目标: what a collector is to reach on a working day."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """In force from a day until a later one of its kind. `amount`: a count, or minor units for `recovered`."""

    class Kind(models.TextChoices):
        CALLS = "calls", _("calls")
        TALKS = "talks", _("talks with the debtor")
        RECOVERED = "recovered", _("recovered")

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    act = models.ForeignKey(
        "casebook.Act", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    user = models.ForeignKey("people.User", models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=10, choices=Kind)
    amount = models.BigIntegerField()
    from_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "from_on"], name="target_once")
        ]
