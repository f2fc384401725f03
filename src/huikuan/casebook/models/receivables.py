"""The statement month 对账 of B2B receivables."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class StatementEvent(FactRow):
    """What happened to the statement of one month: submitted → sent → confirmed → invoice data → invoice sent."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted to the supervisor")
        SENT = "sent", _("sent to the customer")
        PROGRESS = "progress", _("customer responded")
        CONFIRMED = "confirmed", _("confirmed by the customer")
        INVOICE_DATA = "invoice_data", _("invoice data to finance")
        INVOICE_SENT = "invoice_sent", _("invoice sent")
        RECEIPTS = "receipts", _("all delivery receipts in")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="statements")
    month = models.DateField(help_text="first day of the statement month")
    kind = models.CharField(max_length=12, choices=Kind)
