"""Organisations are walls: everything a user sees belongs to the organisation that the user belongs to."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.people.roles import Role


class Organisation(models.Model):
    """A house that works cases: the own house or an agency 催收机构 (whose principal 委托人 is another organisation)."""

    class Kind(models.TextChoices):
        HOUSE = "house", _("own house")
        AGENCY = "agency", _("agency")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.HOUSE)
    principal = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="agencies"
    )
    timezone = models.CharField(max_length=40, default="Asia/Shanghai")
    callback_phone = models.CharField(
        max_length=40, blank=True, help_text="回电号码 that debtors are given"
    )
    complaint_phone = models.CharField(max_length=40, blank=True, help_text="投诉电话 of the house")

    def __str__(self) -> str:
        return self.name


class Creditor(models.Model):
    """委托方: to whom the debts are owed. One organisation's record; the same bank at two agencies is two creditors."""

    class Kind(models.TextChoices):
        BANK = "bank", _("bank")
        CONSUMER_FINANCE = "consumer_finance", _("consumer-finance company")
        MICRO_LOAN = "micro_loan", _("micro-loan company")
        SUPPLIER = "supplier", _("supplier")
        PROPERTY = "property", _("property manager")
        OTHER = "other", _("other creditor")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="creditors")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    region = models.CharField(
        max_length=12, blank=True, help_text="administrative division code of its office"
    )
    verify_phone = models.CharField(
        max_length=40, blank=True, help_text="its official number: who calls can be verified"
    )
    complaint_phone = models.CharField(max_length=40, blank=True, help_text="its own 投诉电话")
    pay_to = models.CharField(
        max_length=200, blank=True, help_text="还款账户: bank and number of its own account"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="creditor_code")
        ]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="team_code")]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in, or the service user that the command line acts as (role system administrator, no password)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="users")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="users")
    creditor = models.ForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, related_name="client_users"
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.COLLECTOR)
    display_name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    capacity = models.PositiveIntegerField(default=200, help_text="open cases this person can hold")
    skills = models.JSONField(
        default=list, blank=True, help_text="words that a creditor's allocation rules may ask for"
    )
    absent_from = models.DateField(null=True, blank=True)
    absent_until = models.DateField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(role="client") | models.Q(creditor__isnull=False),
                name="client_has_creditor",
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username
