"""Clocks 时限 of any subject, what was given to them, and what was missed 逾时."""

from django.db import models

from huikuan.casebook.models.rows import wall


class Clock(models.Model):
    """A time limit of one subject: what a pack declares, and how it stands by what has happened.

    Worked out anew, in the same transaction, whenever something is recorded of the subject
    (clocks/refresh.py); nothing else writes the moments. It has no `due_at` while an open hold
    stops it. `recorded_at` and `met_recorded_at` say when we learned of start and end. Where the
    start was taken back the clock is void, and starts again if it happens after all.
    """

    organisation = wall("people.Organisation")
    creditor = wall("people.Creditor", null=True)
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, null=True, related_name="clocks", db_constraint=False
    )
    subject_kind = models.CharField(max_length=40, help_text="placement, case, statement, …")
    subject_id = models.BigIntegerField()
    pack = models.CharField(max_length=40)
    kind = models.CharField(max_length=60, help_text="id of the clock in the pack")
    pack_version = models.ForeignKey(
        "casebook.PackVersion",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="null: started before clocks were text of a pack",
    )
    title = models.JSONField(default=dict, help_text="zh and en, as the pack has them")
    source = models.CharField(max_length=120, help_text="procedure and paragraph that sets it")
    role = models.CharField(max_length=40, help_text="code of the role that answers for it")
    started_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    met_recorded_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True, help_text="its start was taken back then")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "pack", "kind"], name="clock_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(met_at__isnull=True, void_at__isnull=True),
                name="clock_open",
            ),
            # The watch looks for them every minute, however long the book is.
            models.Index(
                fields=["id"],
                condition=models.Q(met_at__gt=models.F("due_at"), void_at__isnull=True),
                name="clock_late",
            ),
        ]


class ClockExtension(models.Model):
    """A clock was given more time, with a reason. Whether the reason came in time is the pack's."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="extensions")
    act = models.ForeignKey("casebook.Act", models.PROTECT, related_name="+", db_constraint=False)
    reason = models.CharField(max_length=300)
    given_at = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="null: as long as the pack lets")


class BreachExplained(models.Model):
    """When a breach was explained, by what, and until when: an explanation may hold no more.

    Rows are only added and ended. The breach itself says what is so now.
    """

    breach = models.ForeignKey("casebook.Breach", models.CASCADE, related_name="explanations")
    explained_at = models.DateTimeField()
    explained_by = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    ended_at = models.DateTimeField(null=True, help_text="from then on it was borne out again")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["breach"],
                condition=models.Q(ended_at__isnull=True),
                name="breach_explained_once",
            )
        ]


class Breach(models.Model):
    """逾时: a clock was not met in time. The watch records it once and judges nobody.

    It stays. Where what is recorded later no longer bears it out, that is noted with the act that
    did it: the breach is explained, and stands. A person lifts it (clocks/lift.py).
    """

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="breaches")
    due_at = models.DateTimeField(help_text="the moment that was missed, as it was known")
    role = models.CharField(max_length=40, help_text="code of the role that answered for it then")
    recorded_at = models.DateTimeField()
    explained_at = models.DateTimeField(
        null=True, help_text="since then what is recorded no longer bears it out; it stands"
    )
    explained_by = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        help_text="null: by what nobody of the house recorded, as a new notice of working days",
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        help_text="null: lifted by the program, as it did before persons lifted breaches",
    )
    penalty = models.JSONField(
        null=True, help_text="what the pack lets somebody propose; never applied by itself"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock"],
                condition=models.Q(lifted_at__isnull=True),
                name="breach_standing_once",
            )
        ]
