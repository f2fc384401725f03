"""Notes 办理记录: what somebody did or wrote about a case without contacting anybody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class CaseNote(FactRow):
    """A review, a request that was sent, a word to the next holder. With a task: how that task was done."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        REVIEW = "review", _("review")
        REQUEST = "request", _("request sent")
        DONE = "done", _("task done")
        HANDOVER = "handover", _("hand-over note")
        CUSTOMER = "customer", _("about the customer")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()
    purpose = models.CharField(
        max_length=200, blank=True, default="", help_text="what of the work needs it"
    )
    task = models.ForeignKey(
        "casebook.Task",
        models.PROTECT,
        null=True,
        related_name="notes",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        indexes = [models.Index(fields=["organisation", "valid_on"], name="note_house_day")]
