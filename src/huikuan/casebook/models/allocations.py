"""Allocation 分案: proposals with their reasons, and who holds a case from when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class AllocationRun(models.Model):
    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("confirmed")
        DROPPED = "dropped", _("dropped")

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    act = models.ForeignKey("casebook.Act", models.PROTECT, related_name="+", db_constraint=False)
    team = models.ForeignKey("people.Team", models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    cause = models.CharField(
        max_length=20, default="new", help_text="new | absence | return | rebalance"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    summary = models.JSONField(default=dict)


class AllocationLine(models.Model):
    """One case of a proposal. user null: nobody may take it, and the reason says why."""

    run = models.ForeignKey(AllocationRun, models.CASCADE, related_name="lines")
    case = models.ForeignKey("casebook.Case", models.CASCADE, related_name="+")
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    reason = models.JSONField(default=dict, help_text="principle that decided, with its figures")
    edited = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "case"], name="allocation_line_once")]


class Assignment(FactRow):
    """Who holds a case from valid_on; the newest counts; user null: nobody (returned to the pool)."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="assignments")
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("people.Team", models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey(AllocationRun, models.PROTECT, null=True, related_name="assignments")
    reason = models.CharField(max_length=300, blank=True)
