"""The statement 对账单 of a customer and a month, what happened to it, and what differs on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class Statement(FactRow):
    """One statement of account. It is to be made from `valid_on`, the first day after its month."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="statements")
    month = models.DateField(help_text="first day of the month that it states")
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "month"], name="statement_once")]


class StatementEvent(FactRow):
    """What happened to a statement: submitted, checked, sent, confirmed, invoiced."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted to the supervisor")
        CHECKED = "checked", _("checked by the supervisor")
        SENT = "sent", _("sent to the customer")
        PROGRESS = "progress", _("customer responded")
        CONFIRMED = "confirmed", _("confirmed by the customer")
        INVOICE_DATA = "invoice_data", _("invoice data to finance")
        INVOICE_SENT = "invoice_sent", _("invoice sent")
        RECEIPTS = "receipts", _("all delivery receipts in")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    note = models.CharField(max_length=300, blank=True)


class StatementLine(FactRow):
    """What the customer's books say of one item: it agrees or differs. The newest line counts."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+", db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="statement_lines")
    differs = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
