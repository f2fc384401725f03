"""Money as an append-only ledger: charges, payments, their allocation, reversals. Amounts are integer minor units."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


class Designation(FactRow):
    """An item that the payer named when paying (Civil Code art. 560), in the order named.

    It holds from the day of the payment, which is its valid_on: who names something later has
    named nothing.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="designations")
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="+", db_index=False)
    nth = models.PositiveSmallIntegerField()


class Allocation(FactRow):
    """So much of a payment is set against a charge from valid_on on; negative: so much less.

    Rows are only added. What counts on a day is the sum of the rows up to it. A negative row says
    that a credit note gave money back on that day, or that a back-dated fact made an older row wrong.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="allocations")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="allocations", db_index=False)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="allocation_not_zero")
        ]


class Reversal(FactRow):
    """冲正: takes a whole payment back; its allocations count no more from valid_on."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="reversal")
    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)


class Correction(FactRow):
    """A charge that somebody asked for and another granted: why it exists, and what it takes back.

    The amount, kind of charge, item and day stand in its charge. `reference` is the number of the
    paper, such as a red-letter invoice; where there is none, one of ours.
    """

    class Kind(models.TextChoices):
        CREDIT_NOTE = "credit_note", _("credit note")
        WAIVER = "waiver", _("waiver")
        CORRECTION = "correction", _("correction")
        VOID = "void", pgettext_lazy("correction", "taken back")
        STEP = "step", _("charge of the procedure")

    charge = models.OneToOneField(Charge, models.PROTECT, related_name="correction")
    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=12, choices=Kind)
    reference = models.CharField(max_length=120, help_text="unique per creditor")
    reason = models.CharField(max_length=200)
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="taken_back_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "reference"], name="correction_reference")
        ]
        indexes = [models.Index(fields=["organisation", "valid_on"], name="correction_house_day")]
