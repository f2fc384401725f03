"""The plan of a day and its tasks, and what the gate decided when an act was asked for."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import wall

ONE_MINUTE = dt.timedelta(minutes=1)


class Step(models.Model):
    """A step's permanent identity: pack, code and subject never change, whatever the version."""

    id = models.AutoField(primary_key=True)
    pack = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=20, default="case", help_text="what it is about")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "code"], name="step_code")]

    def __str__(self) -> str:
        return f"{self.pack}.{self.code}"


class PlanRun(models.Model):
    act = models.ForeignKey("casebook.Act", models.PROTECT, related_name="+", db_constraint=False)
    on = models.DateField()
    packs = models.ManyToManyField("casebook.PackVersion", related_name="+")
    counts = models.JSONField(default=dict)
    unknown = models.JSONField(
        default=dict, help_text="required fact → cases in which it is unknown"
    )
    milliseconds = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["on"], name="planrun_on")]


class Task(models.Model):
    """What a step demands of its subject, once per occurrence. Who does it is whoever holds the case that day.

    The table is partitioned by week of the anchor (casebook/partitions.py), so its key in the
    database is (id, anchor), and nothing can refer to it by a constraint.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        CLOSED = "closed", _("closed")
        MISSED = "missed", _("missed")
        SUPERSEDED = "superseded", _("superseded")

    organisation = wall("people.Organisation", db_constraint=False)
    creditor = wall("people.Creditor", db_constraint=False, null=True)
    run = models.ForeignKey(
        PlanRun,
        models.PROTECT,
        null=True,
        related_name="tasks",
        db_index=False,
        db_constraint=False,
        help_text="null: made when its event was recorded, of what belongs to no case",
    )
    pack_version = models.ForeignKey(
        "casebook.PackVersion",
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    case = models.ForeignKey(
        "casebook.Case",
        models.PROTECT,
        null=True,
        related_name="tasks",
        db_index=False,
        db_constraint=False,
        help_text="null for a subject that has none",
    )
    subject_id = models.BigIntegerField(help_text="the step says of which kind of subject")
    step = models.ForeignKey(
        Step, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    anchor = models.DateField(help_text="which occurrence: the day from which the step counts it")
    due_on = models.DateField()
    deadline_on = models.DateField(null=True, help_text="to be done by the end of this local day")
    reason = models.TextField(help_text="the facts that made it: name=value, a line each")
    verdict = models.CharField(
        max_length=24,
        default="allowed",
        help_text="allowed, or the refusing rule, for the day",
    )
    earliest_on = models.DateField(
        null=True, help_text="first day on which the rule would allow it; null: not known"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    status_reason = models.CharField(max_length=60, blank=True)
    status_on = models.DateField(null=True)
    #: Without a check: a new partition is attached only with the checks of the whole table.
    standing = models.SmallIntegerField(
        default=0, db_default=0, help_text="how often it was demanded again after it had ended"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "step", "anchor"], name="task_once")
        ]
        indexes = [
            models.Index(fields=["case"], condition=models.Q(status="open"), name="task_open"),
            # Who asks for the tasks of a case without their status asks twice, for each index once.
            models.Index(fields=["case"], condition=~models.Q(status="open"), name="task_ended"),
        ]


class ToPlan(models.Model):
    """Something was learned that the list of the day must follow: of one case, or (null) of many.

    Written in the transaction of what was learned (casebook/to_plan.py), so that nobody who reads
    the list can miss it. `opened` and `closed` are null while it waits; afterwards the tasks that
    it opened and closed, until the page of the case has told of them.
    """

    case_id = models.BigIntegerField(null=True)
    opened = ArrayField(models.BigIntegerField(), null=True)
    closed = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(closed__isnull=True), name="toplan_waiting"
            ),
            models.Index(
                fields=["case_id"], condition=models.Q(closed__isnull=False), name="toplan_told"
            ),
        ]


class StepDone(models.Model):
    """A step was really done for its subject: one row that counts for each task that was done.

    Procedures ask it how often and when (engine/history.py). It stands beside the tasks because
    those are partitioned and many, and because it says when we learned of it. What turned out not
    to have been done, because its mail came back, counts until `void_at`: a past day is told as it
    was known then. casebook/done.py alone writes it; `doctor` holds it against the tasks.
    """

    task_id = models.BigIntegerField()
    organisation = wall("people.Organisation", db_constraint=False)
    creditor = wall("people.Creditor", db_constraint=False, null=True)
    case = models.ForeignKey(
        "casebook.Case",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    subject_id = models.BigIntegerField()
    step = models.ForeignKey(
        Step, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    valid_on = models.DateField()
    recorded_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, help_text="from then on it was not done")

    class Meta:
        indexes = [
            models.Index(fields=["step", "subject_id", "valid_on"], name="stepdone_subject"),
            models.Index(fields=["case"], name="stepdone_case"),
            models.Index(
                fields=["task_id"],
                condition=models.Q(void_at__isnull=False),
                name="stepdone_void",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task_id"],
                condition=models.Q(void_at__isnull=True),
                name="stepdone_once",
            )
        ]


class GateDecision(models.Model):
    """One answer of the gate to one asked act. Never changed. Partitioned by month of `day`."""

    organisation = wall("people.Organisation", db_constraint=False)
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="decisions", db_constraint=False
    )
    act = models.ForeignKey(
        "casebook.Act", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    point_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=8)
    at = models.DateTimeField()
    day = models.DateField(help_text="local day of the organisation")
    allowed = models.BooleanField()
    rule = models.CharField(max_length=24, blank=True, help_text="the first rule that refused")
    rules = models.JSONField(
        default=list, help_text="every rule that spoke: code, clause, strength"
    )
    facts = models.JSONField(default=dict)
    earliest_at = models.DateTimeField(null=True)
    packs = models.JSONField(default=list, help_text="pack version ids in force")
    #: What was asked beside channel and point. Decisions of the first version have none of it.
    purpose = models.CharField(max_length=12, blank=True, default="")
    style = models.CharField(max_length=12, blank=True, default="")
    staff = models.PositiveSmallIntegerField(null=True, help_text="of a visit")
    item_id = models.BigIntegerField(null=True, help_text="what the act is about; null: the case")

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "at"],
                condition=models.Q(allowed=False),
                name="decision_refused",
            )
        ]

    @property
    def asked_afterwards(self) -> bool:
        """Whether the gate was asked when the act was over: then nobody had its permission before.

        Forms know minutes and no seconds.
        """
        return self.act.at - self.at >= ONE_MINUTE


class Spent(models.Model):
    """A decision of the gate that was used up, and by what (casebook/spent.py).

    Contacts and decisions lie in tables of their own that may be partitioned; here the decision is
    the key, so that no second act can rest on it.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("a contact")
        DIAL = "dial", _("call on the line")
        MESSAGE = "message", _("a message")
        NO_CALL = "no_call", _("a call that did not take place")

    decision_id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    row_id = models.BigIntegerField(help_text="id of the contact, call, message or act")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "row_id"], name="spent_by")]
