"""Person, case, account, item, contact point. Who a debtor is, what they owe, and how they may be reached."""

from django.db import models
from django.db.models.functions import Right
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow, Row, wall

#: How the number of a debtor begins for whom the creditor gave none.
MADE = "N"
MADE_LENGTH = 20


def made_number(id_index: bytes) -> str:
    """The number that stands for a debtor without one of the creditor's, by the identity's index."""
    return MADE + id_index.hex()[:MADE_LENGTH]


class PersonKey(models.Model):
    """HMAC of an ID number or company code. Joins one human's records for the gate's counters; read by nothing else."""

    key = models.BinaryField(max_length=32, unique=True)


class Person(Row):
    """债务人: one creditor's record of a debtor."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        COMPANY = "company", _("company")

    key = models.ForeignKey(PersonKey, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.CharField(max_length=80, help_text="the creditor's own number for this debtor")
    name = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=60, blank=True, help_text="pinyin initials, for search")
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(null=True, max_length=32)
    id_masked = models.CharField(max_length=24, blank=True)
    born_on = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    region = models.CharField(
        max_length=12, blank=True, help_text="division code of the household register 户籍"
    )
    timezone = models.CharField(max_length=40, blank=True)
    details = models.JSONField(
        default=dict, help_text="other columns of the data sheet, as the mapping names them"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["creditor", "number"], name="person_number")]
        indexes = [
            models.Index(fields=["key"], condition=models.Q(key__isnull=False), name="person_key"),
            # search by the beginning of a name or of its pinyin initials, and by the end of the ID number
            models.Index(
                fields=["name"],
                include=["id"],
                opclasses=["varchar_pattern_ops"],
                name="person_name_start",
            ),
            models.Index(
                fields=["initials"],
                include=["id"],
                opclasses=["varchar_pattern_ops"],
                name="person_initials_start",
            ),
            models.Index(Right("id_masked", 4), name="person_id_tail"),
            # who lives by another clock than the house: few, or nobody
            models.Index(
                fields=["timezone"],
                condition=~models.Q(timezone=""),
                name="person_elsewhere",
            ),
        ]

    @property
    def given_number(self) -> str:
        """The creditor's own number; nothing where it gave none and the program made one."""
        if self.id_index is not None and self.number == made_number(bytes(self.id_index)):
            return ""
        return self.number


class Case(Row):
    """案件: the accounts of one person under one creditor and product, worked together."""

    number = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.PROTECT, related_name="cases")
    placement = models.ForeignKey(
        "casebook.Placement", models.PROTECT, null=True, related_name="cases", db_index=False
    )
    product = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    hand = models.PositiveSmallIntegerField(
        default=1, help_text="手别: how many times it was placed"
    )
    placed_on = models.DateField()
    return_on = models.DateField(null=True, help_text="agreed day of return 退案日")
    told_on = models.DateField(
        null=True, help_text="the debtor was told of the outsourcing on this day"
    )
    settles_by_receipts = models.BooleanField(default=False, help_text="回单结算")
    statement_cycle = models.BooleanField(
        default=False, help_text="a monthly statement is agreed 月度对账"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="case_number"),
            models.UniqueConstraint(
                fields=["person", "product", "currency"], name="case_of_person"
            ),
        ]
        indexes = [
            # search by the beginning of a number, or by its last four characters
            models.Index(
                fields=["number"], opclasses=["varchar_pattern_ops"], name="case_number_start"
            ),
            models.Index(Right("number", 4), name="case_number_tail"),
            # which products a creditor has, by a few steps through the index
            models.Index(fields=["creditor", "product"], name="case_product"),
        ]


class CaseEvent(FactRow):
    """What happened to a case as a whole. The last one of a kind counts."""

    class Kind(models.TextChoices):
        RETURNED = "returned", _("returned")
        RETAINED = "retained", _("retained")
        RECALLED = "recalled", _("recalled")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        TOLD = "told", _("debtor told of the outsourcing")
        VISIT_ASKED = "visit_asked", _("field visit requested")
        LOCK_AGREED = "lock_agreed", _("owner agreed to lock deliveries")
        LEGAL_AGREED = "legal_agreed", _("owner agreed to legal letters")

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    until_on = models.DateField(null=True)


class Account(Row):
    """账户: one debt: a card, a loan, a customer account."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="accounts")
    product = models.CharField(max_length=40)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    number_shown = models.CharField(
        max_length=80, help_text="as lists show it: cards masked, others whole"
    )
    currency = models.CharField(max_length=3)
    placement_row = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor", "number_index"], name="account_number")
        ]
        indexes = [models.Index(Right("number_shown", 4), name="account_tail")]


class Item(FactRow):
    """账款: something owed with a due date: an invoice, an instalment, a statement balance. Amounts are its charges."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="items")
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="items", db_index=False, db_constraint=False
    )
    number = models.CharField(max_length=80)
    due_on = models.DateField()
    confirmed_on = models.DateField(
        null=True, help_text="the customer confirmed it (statement or invoice)"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="item_number")]


class ContactPoint(FactRow):
    """联系方式: a number or address, whose it is, where it comes from and on what basis it may be used."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("mobile")
        PHONE = "phone", _("landline")
        EMAIL = "email", _("e-mail")
        ADDRESS = "address", _("address")

    class Whose(models.TextChoices):
        DEBTOR = "debtor", _("debtor")
        GUARANTOR = "guarantor", _("guarantor")
        CO_DEBTOR = "co_debtor", _("co-debtor")
        RELATIVE = "relative", _("relative")
        COLLEAGUE = "colleague", _("colleague")
        FRIEND = "friend", _("friend")
        OTHER = "other", _("other person")

    class Place(models.TextChoices):
        OWN = "own", _("own")
        HOME = "home", _("home")
        WORK = "work", _("work")
        REGISTER = "register", _("household register")

    class Source(models.TextChoices):
        CONTRACT = "contract", _("contract")
        RESERVED = "reserved", _("reserved with the institution")
        TALK = "talk", _("told by the debtor")
        PUBLIC = "public", _("made public by the debtor")
        AUTHORISED = "authorised", _("authorised enquiry")
        UNKNOWN = "unknown", _("not stated")

    person = models.ForeignKey(Person, models.PROTECT, related_name="points")
    kind = models.CharField(max_length=8, choices=Kind)
    whose = models.CharField(max_length=10, choices=Whose)
    place = models.CharField(max_length=8, choices=Place, default=Place.OWN)
    holder = models.CharField(
        max_length=80, blank=True, help_text="name of the person it belongs to, if not the debtor"
    )
    relation = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=10, choices=Source)
    value_sealed = models.BinaryField()
    value_index = models.BinaryField(max_length=32)
    value_masked = models.CharField(max_length=120)
    tail = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "value_index"], name="point_once")
        ]
        indexes = [models.Index(fields=["tail"], include=["person"], name="point_tail_person")]


class PointStatus(FactRow):
    """What is known of a contact point's use. The last one counts; a refusal counts for good."""

    class Status(models.TextChoices):
        VALID = "valid", _("valid")
        INVALID = "invalid", _("number invalid")
        SUSPENDED = "suspended", _("suspended")
        STRANGER = "stranger", _("changed owner")
        REFUSED = "refused", _("asked not to be contacted")

    point = models.ForeignKey(ContactPoint, models.PROTECT, related_name="statuses")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status)

    @property
    def title(self) -> str:
        """The status in words that fit what is reached: only a telephone number is disconnected."""
        return self.title_for(self.point.kind)

    def title_for(self, kind: str) -> str:
        """The same, where the kind of the contact point is at hand."""
        if self.status == self.Status.INVALID and kind == ContactPoint.Kind.EMAIL:
            return gettext("mail comes back")
        if self.status == self.Status.INVALID and kind == ContactPoint.Kind.ADDRESS:
            return gettext("address invalid")
        return str(self.Status(self.status).label)


__all__ = [
    "Account",
    "Case",
    "CaseEvent",
    "ContactPoint",
    "Item",
    "Person",
    "PersonKey",
    "PointStatus",
    "wall",
]
