"""Who did what, when and why; what people are told; what was unmasked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """One act of one person (or of the service user): every row that it wrote points here.

    The table is partitioned by month of `day` (casebook/partitions.py), so its key in the database
    is (id, day), and references to it are held by triggers (casebook/references.py).
    """

    actor = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    reason = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=64)
    request_content = models.CharField(
        max_length=64,
        default="",
        db_default="",
        blank=True,
        help_text="digest of what the form said that has this key (casebook/same_content.py)",
    )
    at = models.DateTimeField()
    day = models.DateField(help_text="local day of the organisation")

    class Meta:
        indexes = [models.Index(fields=["organisation", "at"], name="act_org_at")]


class Notice(models.Model):
    """An announcement to one user: cases to allocate, cases received, a clock running out."""

    class Kind(models.TextChoices):
        TO_ALLOCATE = "to_allocate", _("cases wait for allocation")
        ALLOCATED = "allocated", _("cases were allocated to you")
        BREACH = "breach", _("a deadline was missed")
        EXPLAINED = "explained", _("a missed deadline is explained")
        APPROVAL = "approval", _("something waits for your decision")
        DECIDED = "decided", _("your request was decided")
        UNAPPROVED = "unapproved", _("a contact was made without its approval")
        ANSWERED = "answered", _("a debtor answered by mail")
        COMPLAINT = "complaint", _("a complaint waits for you")
        ARRIVED = "arrived", _("a batch has arrived")
        TO_IMPORT = "to_import", _("a batch is to be imported")
        NAMED = "named", _("you were named for a batch")
        LOOK_UP = "look_up", _("a look-up is to be submitted, or was answered")
        PENALTY = "penalty", _("a penalty was proposed or decided")
        CALLED_ON = "called_on", _("you have not looked at your new cases")
        FILTER = "filter", _("the filtering of a case wants you")

    user = models.ForeignKey("people.User", models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    params = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(read_at__isnull=True), name="notice_unread"
            )
        ]


class Reveal(models.Model):
    """A masked number or name was shown to somebody, and why."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="reveals", db_constraint=False)
    case = models.ForeignKey("casebook.Case", models.PROTECT, null=True, related_name="reveals")
    field = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(
        help_text="id of the person, account, contact point or document"
    )
