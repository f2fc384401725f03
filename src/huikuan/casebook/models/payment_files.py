"""Payment files as they arrived, row by row, so that what could not be posted waits and nothing is lost."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import Row


class PaymentFile(Row):
    """还款文件. The file itself is sealed in the vault."""

    class Status(models.TextChoices):
        CHECKED = "checked", _("checked, not posted")
        POSTED = "posted", _("posted")

    name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status, default=Status.CHECKED)
    counts = models.JSONField(default=dict, help_text="state → rows, and their sum by currency")
    posted = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "file_hash"], name="payment_file_once")
        ]


class PaymentRow(models.Model):
    """One row of a file and what became of it. The row as written is sealed: it names people and accounts."""

    class State(models.TextChoices):
        POSTED = "posted", _("posted")
        REPEATED = "repeated", _("posted before")
        MATCHED = "matched", _("matched")
        DOUBTFUL = "doubtful", _("doubtful")
        UNMATCHED = "unmatched", _("unmatched")
        REFUSED = "refused", _("refused")
        ASKED = "asked", _("waits for approval")
        DROPPED = "dropped", _("set aside")

    file = models.ForeignKey(PaymentFile, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State)
    line_sealed = models.BinaryField()
    reference = models.CharField(
        max_length=120, blank=True, help_text="empty where the row has none that can be used"
    )
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, null=True, related_name="+", db_index=False
    )
    payment = models.ForeignKey(
        "casebook.Payment", models.PROTECT, null=True, related_name="+", db_index=False
    )
    candidates = models.JSONField(
        default=list, help_text="ids of the cases that the matcher saw, if not one"
    )
    why = models.JSONField(default=list, help_text="problems: code and parameters")
    reason = models.CharField(
        max_length=200, blank=True, help_text="why it was set aside, or its assignment refused"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "row"], name="payment_row_once")]
        indexes = [
            models.Index(
                fields=["reference"],
                condition=models.Q(
                    state__in=("matched", "doubtful", "unmatched", "refused", "asked")
                ),
                name="payment_row_waiting",
            ),
            models.Index(
                fields=["payment"],
                condition=models.Q(payment__isnull=False),
                name="payment_row_of",
            ),
        ]
