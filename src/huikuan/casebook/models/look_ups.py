"""Look-ups 户籍调取 and assistance 协催: asked on a lawful basis, submitted, answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class LookUp(FactRow):
    """A request to a bank or department about a debtor. Without a lawful basis it is refused, and
    stays to be read.

    `kind` and `basis` are words of the procedure's lists. It is received at `recorded_at`.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", _("to be submitted")
        SUBMITTED = "submitted", _("submitted")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused for want of a basis")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="look_ups")
    kind = models.CharField(max_length=40)
    basis = models.CharField(max_length=40)
    evidence = models.CharField(max_length=300, blank=True, help_text="what the basis rests on")
    addressed_to = models.CharField(max_length=120)
    question = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    refusal = models.CharField(max_length=40, blank=True, help_text="code of a sentence")

    class Meta:
        indexes = [models.Index(fields=["organisation", "status"], name="look_up_status")]


class LookUpEvent(FactRow):
    """What became of a look-up: submitted, confirmed by telephone, answered, refused."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        CONFIRMED = "confirmed", _("confirmed by telephone")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused for want of a basis")

    look_up = models.ForeignKey(LookUp, models.PROTECT, related_name="events")
    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="look_up_events")
    kind = models.CharField(max_length=10, choices=Kind)
    happened_at = models.DateTimeField()
    spoken_to = models.CharField(max_length=80, blank=True, help_text="who confirmed it")
    text = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["look_up", "kind"], name="look_up_event_once")
        ]
