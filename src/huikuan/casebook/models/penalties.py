"""Penalties 惩罚: proposed by a person for a breach, told, appealed against, decided by another."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models.rows import Row


class Penalty(Row):
    """A proposal. It takes effect by the decision of somebody else, and never by itself.

    A deduction is compensation for a proved loss: `rules.md` section 6, 工资支付暂行规定 15 and 16.
    """

    class Kind(models.TextChoices):
        SCORE = "score", _("points off the score")
        TRAINING = "training", _("training")
        WARNING = "warning", _("warning")
        DEDUCTION = "deduction", _("compensation out of the wage")

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("penalty", "proposed")
        APPEALED = "appealed", _("appealed against")
        GRANTED = "granted", pgettext_lazy("penalty", "in effect")
        REFUSED = "refused", pgettext_lazy("penalty", "dropped")

    breach = models.ForeignKey("casebook.Breach", models.PROTECT, related_name="penalties")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="penalties")
    kind = models.CharField(max_length=10, choices=Kind)
    points = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300)
    evidence = models.CharField(max_length=300)
    proposed_at = models.DateTimeField()
    month = models.DateField(help_text="first day of the month of the sheet")
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)

    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    loss_minor = models.BigIntegerField(null=True)
    wage_minor = models.BigIntegerField(null=True)
    minimum_minor = models.BigIntegerField(null=True)
    clause = models.CharField(max_length=300, blank=True, help_text="where the contract says so")

    appeal = models.CharField(max_length=300, blank=True)
    appealed = models.ForeignKey(
        "casebook.Act", models.PROTECT, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    appealed_at = models.DateTimeField(null=True)
    appeal_answer = models.CharField(max_length=300, blank=True)
    answered = models.ForeignKey(
        "casebook.Act", models.PROTECT, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    decision = models.CharField(max_length=300, blank=True)
    decided = models.ForeignKey(
        "casebook.Act", models.PROTECT, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Proposed twice at once, or again while the first one stands: one proposal.
            models.UniqueConstraint(
                fields=["breach", "user"],
                condition=~models.Q(status="refused"),
                name="penalty_of_breach_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="deduction") | models.Q(amount_minor__isnull=True),
                name="penalty_money_is_a_deduction",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "month"], name="penalty_month")]
