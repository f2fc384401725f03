"""Approvals 审批: what one person asks for and others decide, in the order of a chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models.rows import Row


class Approval(Row):
    """A request. `act` is the asking; `decided` the act that ended it, by somebody else.

    It keeps the chain of those who answer as the procedure had it when it was asked for, so that a
    later version changes nothing for it. `role`, `right` and `stand_in` say whose answer it waits
    for now; each answer is a row of its own (ApprovalAnswer).
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment by hand")
        REVERSAL = "reversal", _("reversal of a payment")
        HOLD = "hold", _("hold")
        CORRECTION = "correction", _("correction of what is owed")
        STEP = "step", _("step of a procedure")
        COMPLAINT = "complaint", _("proposal to a complainant")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", pgettext_lazy("approval", "refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        #: Granted, and taken back before anything was done with it.
        TAKEN_BACK = "taken_back", pgettext_lazy("approval", "grant taken back")

    case = models.ForeignKey("casebook.Case", models.PROTECT, null=True, related_name="approvals")
    kind = models.CharField(max_length=12, choices=Kind)
    subject = models.JSONField(
        default=dict, help_text="what is asked for, in the words of the room that carries it out"
    )
    #: For a request of the kind STEP: the task that waits for it.
    task = models.ForeignKey(
        "casebook.Task",
        models.PROTECT,
        null=True,
        related_name="approvals",
        db_constraint=False,
    )
    #: The task's standing when it was asked for: opened anew it wants a request of its own.
    standing = models.SmallIntegerField(default=0, db_default=0)
    #: Every task that the grant is for, and its standing then: `task` and those done with it.
    covers = models.JSONField(default=dict, blank=True, help_text="task → standing")
    reason = models.CharField(max_length=300, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()

    chain = models.JSONField(default=dict, blank=True, help_text="engine/chain.py, as JSON")
    #: Place in the chain, from 0, whose answer it waits for.
    station = models.PositiveSmallIntegerField(default=0)
    role = models.CharField(max_length=40, blank=True, help_text="whose answer it waits for")
    right = models.CharField(max_length=20, blank=True, help_text="or a right, instead of a role")
    stand_in = models.CharField(max_length=40, blank=True, help_text="while all of them are away")
    to_come = models.JSONField(
        default=list,
        blank=True,
        help_text="whose answers are wanted after that, as who.py has them",
    )
    answer_by = models.DateTimeField(null=True, help_text="then it goes on without this station")

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
    taken_back = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    taken_back_reason = models.CharField(max_length=300, blank=True)

    #: The same was asked for before and refused, or its grant taken back; and what is new since.
    again_after = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="asked_again", db_index=False
    )
    changed = models.JSONField(default=list, blank=True, help_text="words of approvals/again.py")

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "asked_at"],
                condition=models.Q(status="waiting"),
                name="approval_waiting",
            ),
            models.Index(
                fields=["answer_by"],
                condition=models.Q(status="waiting", answer_by__isnull=False),
                name="approval_answer_by",
            ),
        ]


class ApprovalAnswer(Row):
    """What a station of the chain said, or that its time went by. Rows are only added."""

    class Kind(models.TextChoices):
        AGREED = "agreed", pgettext_lazy("approval", "agreed, the next one decides")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", pgettext_lazy("approval", "refused")
        SILENT = "silent", pgettext_lazy("approval", "nobody answered in time")

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="answers")
    station = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    role = models.CharField(max_length=40, blank=True)
    right = models.CharField(max_length=20, blank=True)
    #: Somebody answered because everybody of the station was away.
    stood_in = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    #: The moment of the answer; of silence, the moment until which it was waited for.
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # Two who answer at the same moment: one of them does.
            models.UniqueConstraint(fields=["approval", "station"], name="approval_answer_station")
        ]
