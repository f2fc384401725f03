"""What leaves the house 发件箱, what the far side said of it, and the mail that comes back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import Row, wall


class OutboxMessage(Row):
    """One e-mail or webhook. Its history is in the events; `status` is what they add up to."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        WEBHOOK = "webhook", _("webhook")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")
        BOUNCED = "bounced", _("came back")
        OUTCOME_UNKNOWN = "outcome_unknown", _("outcome unknown")

    kind = models.CharField(max_length=10, choices=Kind)
    purpose = models.CharField(
        max_length=60, help_text="statement, reminder; of a webhook its type, such as erp.lock"
    )
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, null=True, related_name="outbox", db_constraint=False
    )
    far_id = models.CharField(
        max_length=120,
        unique=True,
        help_text="our id that the far side knows: the Message-ID of a mail, the id of a webhook",
    )
    target_masked = models.CharField(max_length=200, blank=True)
    target_index = models.BinaryField(max_length=32, null=True)
    payload_sealed = models.BinaryField(help_text="what is to be said and to whom, JSON, encrypted")
    documents = models.ManyToManyField(
        "casebook.Document", through="casebook.OutboxAttachment", related_name="+"
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, help_text="not before; null: nothing more is sent")
    claim = models.UUIDField(null=True, help_text="of the worker that sends it, new each time")
    claimed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, help_text="what stood in the way last")
    posted_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, help_text="waits since then: it may not leave")
    sent_at = models.DateTimeField(null=True)
    wants_acknowledgement = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="replaces",
        help_text="a later event says what holds now: this one leaves no more",
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
                name="outbox_due",
            ),
            models.Index(
                fields=["claimed_at"], condition=models.Q(status="sending"), name="outbox_sending"
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="outbox_subject"),
            models.Index(
                fields=["target_index", "posted_at"],
                condition=models.Q(target_index__isnull=False),
                name="outbox_target",
            ),
        ]
        constraints = [
            # Whoever is claimed by nobody is not being sent; a worker cannot forget to say so.
            models.CheckConstraint(
                condition=~models.Q(status="sending") | models.Q(claim__isnull=False),
                name="outbox_sending_is_claimed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class OutboxAttachment(models.Model):
    """A document that goes along, under the name that the receiver sees."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="attachments")
    document = models.ForeignKey("casebook.Document", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="outbox_attachment")
        ]


class OutboxEvent(models.Model):
    """What happened to a message, appended and never changed."""

    class Kind(models.TextChoices):
        POSTED = "posted", _("posted")
        SENDING = "sending", _("sending began")
        TAKEN = "taken", _("taken by the far side")
        PUT_OFF = "put_off", _("put off")
        REFUSED = "refused", _("refused by the far side")
        LOST = "lost", _("no answer: outcome unknown")
        DELIVERED = "delivered", _("delivery reported")
        DELAYED = "delayed", _("delay reported")
        BOUNCED = "bounced", _("came back")
        ANSWERED = "answered", _("answered")
        AUTO_ANSWERED = "auto_answered", _("answered by a machine")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        SETTLED = "settled", _("settled by a person")
        RETRIED = "retried", _("to be sent again, by a person")
        HELD = "held", _("held back when it was to leave")
        WITHDRAWN = "withdrawn", _("withdrawn by a person")
        REPLACED = "replaced", _("replaced by a later event")

    message = models.ForeignKey(OutboxMessage, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=14, choices=Kind)
    at = models.DateTimeField()
    act = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    code = models.CharField(max_length=20, blank=True, help_text="550, 5.1.1, 503, as told")
    detail = models.CharField(max_length=300, blank=True, help_text="addresses in it are masked")
    mail = models.ForeignKey(
        "casebook.MailboxMessage", models.PROTECT, null=True, related_name="events"
    )


class WebhookTarget(models.Model):
    """Where the webhooks of one type go, and the secret that both sides sign with."""

    organisation = wall("people.Organisation")
    act = models.ForeignKey(
        "casebook.Act", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    type = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    secret_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "type"], name="webhook_target")
        ]


class SignedCall(models.Model):
    """A signed call that came in, kept while its timestamp would let it be sent again."""

    key = models.CharField(max_length=64, unique=True, help_text="hash of house and webhook-id")
    content = models.CharField(max_length=64, help_text="hash of the bytes")
    at = models.DateTimeField(db_index=True)


class Mailbox(models.Model):
    """How far the mailbox has been read."""

    name = models.CharField(max_length=200, unique=True, help_text="user@host/folder")
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)


class MailboxMessage(models.Model):
    """One mail that came in. A mail that belongs to nothing waits here, encrypted, for a person."""

    class Kind(models.TextChoices):
        BOUNCE = "bounce", _("bounce")
        DELAY = "delay", _("report of a delay")
        RECEIPT = "receipt", _("report of delivery")
        ANSWER = "answer", _("answer")
        AUTO_ANSWER = "auto_answer", _("answer of a machine")
        OTHER = "other", _("other mail")

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="messages", db_index=False)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    message_key = models.CharField(max_length=255, help_text="Message-ID, or the hash of the bytes")
    kind = models.CharField(max_length=12, choices=Kind)
    organisation = wall("people.Organisation", null=True)
    message = models.ForeignKey(
        OutboxMessage, models.PROTECT, null=True, related_name="mails", help_text="belongs to"
    )
    candidate = models.ForeignKey(
        OutboxMessage, models.PROTECT, null=True, related_name="+", help_text="may belong to"
    )
    document = models.ForeignKey("casebook.Document", models.PROTECT, null=True, related_name="+")
    sender_masked = models.CharField(max_length=200, blank=True)
    raw_sealed = models.BinaryField(null=True, help_text="the mail, while it belongs to nothing")
    received_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)
    act = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="mailbox_uid"),
            models.UniqueConstraint(fields=["mailbox", "message_key"], name="mailbox_mail_once"),
        ]
