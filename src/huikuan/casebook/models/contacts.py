"""Contacts 催收记录 and what came of them: promises, agreements on hours, refusals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.act_names import channels
from huikuan.casebook.models.rows import FactRow
from huikuan.engine.acts import LONGEST_CHANNEL


class ContactRecord(FactRow):
    """One act of contact, tried or made. valid_on is the debtor's local day; counters count by it.

    The table is partitioned by month of valid_on (casebook/partitions.py).
    """

    class Style(models.TextChoices):
        INFORMING = "informing", _("informing")
        INTERACTIVE = "interactive", _("interactive")
        UNKNOWN = "unknown", _("unknown")

    class Answered(models.TextChoices):
        DEBTOR = "debtor", _("debtor")
        RELATIVE = "relative", _("relative")
        COLLEAGUE = "colleague", _("colleague")
        FRIEND = "friend", _("friend")
        OTHER = "other", _("other person")
        STRANGER = "stranger", _("number changed owner")
        NOBODY = "nobody", _("nobody")

    # The index contact_case_day serves it.
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="contacts", db_index=False
    )
    person_key = models.ForeignKey(
        "casebook.PersonKey",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    point = models.ForeignKey(
        "casebook.ContactPoint", models.PROTECT, null=True, related_name="contacts", db_index=False
    )
    decision = models.ForeignKey(
        "casebook.GateDecision",
        models.PROTECT,
        null=True,
        related_name="contacts",
        db_index=False,
        db_constraint=False,
    )
    tasks = models.ManyToManyField(
        "casebook.Task", related_name="contacts", blank=True, db_constraint=False
    )
    channel = models.CharField(max_length=LONGEST_CHANNEL, choices=channels)
    inbound = models.BooleanField(
        default=False, help_text="started by the debtor: counts in no cap"
    )
    style = models.CharField(max_length=12, choices=Style, default=Style.UNKNOWN)
    connected = models.BooleanField()
    answered = models.CharField(max_length=10, choices=Answered, default=Answered.NOBODY)
    identified = models.BooleanField(
        default=False, help_text="the debtor stated name and birth date"
    )
    seconds = models.PositiveIntegerField(null=True)
    exchange = models.BooleanField(null=True, help_text="both sides really spoke; null = unknown")
    at = models.DateTimeField()
    local_minute = models.PositiveSmallIntegerField(help_text="minute of the debtor's local day")
    product = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40, blank=True)
    reason_code = models.CharField(max_length=40, blank=True, help_text="why it is not paid")
    willingness = models.CharField(max_length=20, blank=True)
    next_contact_on = models.DateField(null=True)
    next_contact_minute = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    analysis = models.TextField(blank=True, help_text="the collector's own view, marked as such")
    recording = models.CharField(max_length=300, blank=True)
    override_reason = models.CharField(
        max_length=300,
        blank=True,
        help_text="why it was made although the gate refused or an approval was missing",
    )
    unapproved = models.BooleanField(
        default=False,
        db_default=False,
        help_text="an approval was missing: limits count it, no step is done by it",
    )
    not_arrived_at = models.DateTimeField(
        null=True,
        help_text="first known then: nobody got what was sent; since when and until when it was so,"
        " say the rows of ContactNotArrived",
    )
    request_key = models.CharField(
        max_length=64, null=True, help_text="of the form; ContactKey holds it unique"
    )

    class Meta:
        indexes = [
            models.Index(fields=["case", "valid_on"], name="contact_case_day"),
            models.Index(fields=["person_key", "valid_on"], name="contact_person_day"),
            models.Index(fields=["point", "valid_on"], name="contact_point_day"),
            models.Index(fields=["organisation", "valid_on"], name="contact_house_day"),
        ]


class UndoneContact(FactRow):
    """A contact that was taken back within seconds of its saving. `act` and the dates are the record's.

    What was said in it stands for nothing any more. That it was made still counts where a limit
    counts (act_facts.sql), so that nobody passes a cap by taking contacts back.
    """

    contact_id = models.BigIntegerField(help_text="the number that the record had")
    undone = models.ForeignKey(
        "casebook.Act", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    undone_at = models.DateTimeField()
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="undone_contacts", db_index=False
    )
    point = models.ForeignKey("casebook.ContactPoint", models.PROTECT, null=True, related_name="+")
    decision_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=LONGEST_CHANNEL, choices=channels)
    inbound = models.BooleanField()
    style = models.CharField(max_length=12, choices=ContactRecord.Style)
    connected = models.BooleanField()
    answered = models.CharField(max_length=10, choices=ContactRecord.Answered)
    seconds = models.PositiveIntegerField(null=True)
    exchange = models.BooleanField(null=True)
    at = models.DateTimeField()
    said = models.JSONField(help_text="the rest of the record: outcome, note, reason")

    class Meta:
        indexes = [models.Index(fields=["case", "valid_on"], name="undone_case_day")]


class ContactNotArrived(models.Model):
    """Nobody got what was sent, as it was known from `lost_at` on; until it was sent once more.

    Limits count the contact, no step rests on it. Rows are only added and ended, so that a past
    moment is told as it was known then, whatever was sent since (outbox/arrived.py).
    """

    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    contact_id = models.BigIntegerField()
    lost_at = models.DateTimeField()
    again_at = models.DateTimeField(null=True, help_text="under way again from then on")

    class Meta:
        indexes = [models.Index(fields=["contact_id"], name="notarrived_contact")]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id"],
                condition=models.Q(again_at__isnull=True),
                name="notarrived_once",
            )
        ]


class ContactKey(models.Model):
    """The key of a form that was saved: a double click saves once.

    Contacts lie in partitions, where a key could be unique within its month only.
    """

    key = models.CharField(max_length=64, primary_key=True)
    contact_id = models.BigIntegerField()


class Promise(FactRow):
    """承诺还款. valid_on is the day it was given; a later promise replaces an earlier one of another plan."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="promises")
    contact = models.ForeignKey(
        ContactRecord,
        models.PROTECT,
        null=True,
        related_name="promises",
        db_index=False,
        db_constraint=False,
    )
    plan = models.UUIDField(help_text="instalments of one promise share it")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    due_on = models.DateField()
    grace_days = models.PositiveSmallIntegerField(default=0)
    tolerance_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="promise_positive")
        ]
        indexes = [
            models.Index(fields=["organisation", "valid_on"], name="promise_house_day"),
            models.Index(fields=["organisation", "due_on"], name="promise_house_due"),
        ]


class PaymentClaim(FactRow):
    """The debtor says in a contact that an item has been paid. Nothing is booked by it: the money
    is looked for, and until then whoever demands it asks the procedure whether to wait.
    """

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="payment_claims")
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="payment_claims")
    contact = models.ForeignKey(
        ContactRecord,
        models.PROTECT,
        related_name="payment_claims",
        db_index=False,
        db_constraint=False,
    )


class Agreement(FactRow):
    """Hours or a contact person that the debtor agreed to, with an end."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="agreements")
    from_minute = models.PositiveSmallIntegerField()
    to_minute = models.PositiveSmallIntegerField()
    until_on = models.DateField(null=True)
    evidence = models.CharField(max_length=200)


class Refusal(FactRow):
    """A third person asked not to be contacted again: holds for good, over every case of the same debtor's record."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="refusals")
    point = models.ForeignKey("casebook.ContactPoint", models.PROTECT, related_name="refusals")
