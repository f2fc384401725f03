"""Money as an append-only ledger: charges, payments, their allocation, reversals. Amounts are integer minor units."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class Charge(FactRow):
    """What an item is made of. Negative amounts are corrections or waivers, each with its own legal basis."""

    class Kind(models.TextChoices):
        PRINCIPAL = "principal", _("principal")
        INTEREST = "interest", _("interest")
        PENALTY = "penalty", _("penalty")
        FEE = "fee", _("fee")
        COST = "cost", _("costs")

    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="charges", db_index=False, db_constraint=False
    )
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=10, choices=Kind)
    basis = models.CharField(
        max_length=80, help_text="legal basis: contract clause, tariff, judgment"
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()


class Payment(FactRow):
    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="payments")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reference = models.CharField(
        max_length=120, help_text="unique per creditor: posting twice changes nothing"
    )
    source = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "reference"], name="payment_reference"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payment_positive"),
        ]
        indexes = [models.Index(fields=["organisation", "valid_on"], name="payment_house_day")]


class Allocation(FactRow):
    """Part of a payment set against a charge."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="allocations")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="allocations", db_index=False)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="allocation_positive"
            )
        ]


class Reversal(FactRow):
    """冲正: takes a whole payment back; its allocations count no more from valid_on."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="reversal")
    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
