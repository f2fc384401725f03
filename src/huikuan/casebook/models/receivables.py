"""The statement 对账单 of a customer and a month, its events, and the delivery lock 锁货."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class Statement(FactRow):
    """One statement of account. It is to be made from `valid_on`, the first day after its month."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="statements")
    month = models.DateField(help_text="first day of the month that it states")
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "month"], name="statement_once")]


class StatementEvent(FactRow):
    """What happened to a statement: submitted, checked, sent, confirmed, invoiced.

    Which of them count, says casebook/standing.py.
    """

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted to the supervisor")
        RETURNED = "returned", _("sent back to its maker")
        CHECKED = "checked", _("checked by the supervisor")
        SENT = "sent", _("sent to the customer")
        PROGRESS = "progress", _("customer responded")
        CONFIRMED = "confirmed", _("confirmed by the customer")
        INVOICE_DATA = "invoice_data", _("invoice data to finance")
        INVOICE_SENT = "invoice_sent", _("invoice sent")
        RECEIPTS = "receipts", _("all delivery receipts in")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    note = models.CharField(max_length=300, blank=True)


class StatementLine(FactRow):
    """What the customer's books say of one item: it agrees or differs. The newest line counts."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+", db_index=False)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="statement_lines")
    differs = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)


class ItemConfirmation(FactRow):
    """The customer confirmed one item without a statement: a sealed note, an e-mail, a placement's
    date that came later. The evidence is in words."""

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey("casebook.Item", models.PROTECT, related_name="confirmations")
    evidence = models.CharField(max_length=300)


class StatementVoid(FactRow):
    """An event of a statement was entered wrongly: it counts no more, with the lines of its act.

    `valid_on` is the event's: whoever asks with all that is known now sees that it never was.
    """

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="+", db_index=False)
    event = models.OneToOneField(StatementEvent, models.PROTECT, related_name="void")
    reason = models.CharField(max_length=300)


class DeliveryLock(FactRow):
    """Deliveries to a customer are locked 锁货 in the order system, or unlocked again."""

    class Kind(models.TextChoices):
        LOCK = "lock", _("deliveries locked")
        UNLOCK = "unlock", _("deliveries unlocked")

    class Orders(models.TextChoices):
        NEW = "new", _("new orders only")
        SIGNED = "signed", _("signed contracts too")

    class Ground(models.TextChoices):
        """Civil Code, arts 525 to 527: whoever owes a delivery may hold it back for these."""

        SIMULTANEOUS = "525", _("art. 525: both sides perform at the same time")
        FIRST = "526", _("art. 526: the customer had to pay first")
        UNSURE = "527", _("art. 527: proof that the customer will not pay")

    class Because(models.TextChoices):
        OVERDUE = "overdue", _("overdue")
        PAID = "paid", _("paid")
        SECURED = "secured", _("security given")
        ARRANGED = "arranged", _("payment arranged in writing")
        DISPUTED = "disputed", _("in dispute, not to be demanded now")
        MISTAKE = "mistake", _("locked by mistake")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="locks")
    kind = models.CharField(max_length=6, choices=Kind)
    orders = models.CharField(max_length=6, choices=Orders, blank=True)
    ground = models.CharField(max_length=3, choices=Ground, blank=True)
    because = models.CharField(max_length=8, choices=Because)
    reason = models.CharField(max_length=300, help_text="in words; of a lock also its evidence")
    item_ids = ArrayField(
        models.BigIntegerField(), default=list, help_text="of a lock: the items that it was for"
    )
    message = models.OneToOneField(
        "casebook.OutboxMessage", models.PROTECT, related_name="+", help_text="to the order system"
    )
    notice = models.OneToOneField(
        "casebook.OutboxMessage",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="to the customer; null where there is no address",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(orders="signed") | ~models.Q(ground=""),
                name="lock_of_signed_has_ground",
            ),
        ]
