"""Placements 委案批次: the file as it came, rows that wait for correction, what was wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow, wall


class Placement(models.Model):
    """A batch. It may be known to have arrived before anybody has fetched its file."""

    class Status(models.TextChoices):
        ARRIVED = "arrived", _("arrived")
        RECEIVED = "received", _("received")
        CHECKED = "checked", _("checked")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    organisation = wall("people.Organisation")
    creditor = models.ForeignKey("people.Creditor", models.PROTECT, related_name="placements")
    act = models.ForeignKey("casebook.Act", models.PROTECT, related_name="+", db_constraint=False)
    number = models.CharField(max_length=60, help_text="batch number 批次号")
    mapping = models.CharField(max_length=60)
    file_name = models.CharField(max_length=255)
    file_hash = models.CharField(max_length=64, help_text="empty until the file is fetched")
    received_at = models.DateTimeField(help_text="when it arrived in its channel")
    received_on = models.DateField(help_text="local day of the arrival")
    valid_on = models.DateField(help_text="day of the placement in the world")
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    progress = models.JSONField(default=dict, help_text="stage and rows done, while it runs")
    counts = models.JSONField(default=dict)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "mapping", "file_hash"],
                # A file whose batch was refused may come again, and is another batch.
                condition=~models.Q(file_hash="") & ~models.Q(status="refused"),
                name="placement_file_once",
            ),
            models.UniqueConstraint(fields=["creditor", "number"], name="placement_number"),
        ]
        indexes = [models.Index(fields=["organisation", "received_at"], name="placement_recent")]


class PlacementEvent(FactRow):
    """What happened to a batch after it came, at which moment, and when we learned of it.

    Its arrival and its acceptance are columns of the batch.
    """

    class Kind(models.TextChoices):
        FETCHED = "fetched", _("fetched")
        IMPORT_TOLD = "import_told", _("data administrator told to import")
        REFUSED = "refused", _("refused")
        LEAD_TOLD = "lead_told", _("lead told to allocate")
        ALLOCATED = "allocated", _("allocated")
        FILTERED = "filtered", _("filtered")

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    happened_at = models.DateTimeField()


class PlacementHandler(FactRow):
    """Somebody was named to handle a batch, out of its usual way. The last one counts."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="handlers")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)


class PlacementRow(models.Model):
    """A row that was not accepted: it waits here, sealed, until a corrected row with the same key
    comes in, or until somebody gives it up.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    sealed = models.BinaryField(help_text="the source cells as JSON, encrypted")
    corrected_by = models.ForeignKey(Placement, models.SET_NULL, null=True, related_name="+")
    given_up = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "row"], name="placement_row")]


class PlacementProblem(models.Model):
    placement = models.ForeignKey(Placement, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=60)
    message = models.TextField(help_text="English template; translated when shown")
    remedy = models.TextField(blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["placement", "row"], name="problem_row")]
