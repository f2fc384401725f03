"""Approvals 审批: what one person asks for and another decides."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import Row


class Approval(Row):
    """`act` is the asking; `decided` the act that granted or refused it, by somebody else (maker-checker)."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment by hand")
        REVERSAL = "reversal", _("reversal of a payment")
        HOLD = "hold", _("hold")
        CORRECTION = "correction", _("correction of what is owed")
        STEP = "step", _("step of a procedure")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    case = models.ForeignKey("casebook.Case", models.PROTECT, null=True, related_name="approvals")
    kind = models.CharField(max_length=12, choices=Kind)
    subject = models.JSONField(
        default=dict, help_text="what is asked for, in the words of the room that carries it out"
    )
    #: For a request of the kind STEP: the task that waits for it, and the role that decides.
    task = models.ForeignKey(
        "casebook.Task",
        models.PROTECT,
        null=True,
        related_name="approvals",
        db_constraint=False,
    )
    role = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    decided = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    decision_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "asked_at"],
                condition=models.Q(status="waiting"),
                name="approval_waiting",
            )
        ]
