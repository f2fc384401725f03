"""Organisations are walls: what a user sees belongs to the user's organisation."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import LOOKING, Right, Wall


class Organisation(models.Model):
    """A house that works cases: an own house, or an agency 催收机构 with its principal 委托人."""

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

    outward_name = models.CharField(
        max_length=60, blank=True, help_text="neutral name for third persons: never names the trade"
    )

    def __str__(self) -> str:
        return self.name


class FirstKey(models.Model):
    """The one-time address that gives an empty book its house and first user; its hash alone."""

    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Creditor(models.Model):
    """委托方: to whom the debts are owed. The same bank at two agencies is two creditors."""

    class Kind(models.TextChoices):
        BANK = "bank", _("bank")
        INSURER = "insurer", _("insurer")
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

    @property
    def is_the_house(self) -> bool:
        """Whether the house collects for itself: then it represents nobody."""
        return self.name.strip() == self.organisation.name.strip()


class Team(models.Model):
    """小组: users who work together under a lead."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="team_code")]

    def __str__(self) -> str:
        return self.name


#: What is read of a role with its user.
ROLE_COLUMNS = ("id", "code", "title_zh", "title_en", "wall", "rank", "home", "rights", "gives")


class Role(models.Model):
    """A named bundle of rights with a wall: what its users may do, and with which cases.

    Without an organisation it ships (people/roles.toml); the others a house made for itself.
    Packs name roles by `code`. Somebody of a higher `rank` may do what a step asks of a lower one.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="roles"
    )
    code = models.SlugField(max_length=40)
    title_zh = models.CharField(max_length=40)
    title_en = models.CharField(max_length=60)
    wall = models.CharField(max_length=10, choices=Wall, default=Wall.OWN)
    rank = models.PositiveSmallIntegerField(default=0)
    home = models.CharField(max_length=40, default="worklist", help_text="name of the first page")
    rights = models.JSONField(default=list, blank=True, help_text="words of people/rights.py")
    gives = models.JSONField(
        default=list, blank=True, help_text="rights that it may hand on without having them"
    )

    class Meta:
        ordering = ("-rank", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="role_code", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the language of the moment."""
        if (get_language() or "").startswith("zh"):
            return self.title_zh
        return self.title_en

    @property
    def leads_team(self) -> bool:
        """Sees the cases of a team, and so needs one."""
        return self.wall == Wall.TEAM

    @property
    def looks_in_from_outside(self) -> bool:
        """A client's role: only what is the creditor's, and never who of the house did it."""
        return self.wall == Wall.CREDITOR


class People(models.QuerySet["User"]):
    """Users by what they may do. A user with several fitting roles is there once."""

    def who_may(self, *rights: Right) -> People:
        """Those with a role that gives one of these rights."""
        wanted = models.Q()
        for right in rights:
            wanted |= models.Q(rights__contains=[right.value])
        return self._with_role(Role.objects.filter(wanted))

    def with_roles(self) -> People:
        """With their roles in the same statement: who somebody is and may costs one question."""
        given = Role.objects.filter(users=models.OuterRef("pk")).order_by("-rank", "pk")
        columns = {name: models.F(name) for name in ROLE_COLUMNS}
        return self.annotate(role_rows=ArraySubquery(given.values_list(JSONObject(**columns))))

    def at_work(self, on: dt.date) -> People:
        """Those who work here and are not away on this local day."""
        begun = models.Q(absent_from__lte=on)
        not_over = models.Q(absent_until__isnull=True) | models.Q(absent_until__gte=on)
        return self.filter(is_active=True).exclude(begun & not_over)

    def of_role(self, *codes: str) -> People:
        """Those with a role of one of these codes."""
        return self._with_role(Role.objects.filter(code__in=codes))

    def _with_role(self, roles: models.QuerySet[Role]) -> People:
        given = User.roles.through.objects.filter(user_id=models.OuterRef("pk"), role__in=roles)
        return self.filter(models.Exists(given))


class HouseUsers(UserManager["User"].from_queryset(People)):  # type: ignore[misc]
    """Django's manager. A user with roles is made by `people.roles.create_user`."""

    # A migration has no business with roles; it writes rows.
    use_in_migrations = False


class User(AbstractUser):
    """A person who signs in, or the service user that the command line acts as (no password).

    Ask what somebody may do (`may`) and sees (`walls`), never what their role is called.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="users")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="users")
    creditor = models.ForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, related_name="client_users"
    )
    roles = models.ManyToManyField(Role, related_name="users", blank=True)
    display_name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    capacity = models.PositiveIntegerField(default=200, help_text="open cases this person can hold")
    skills = models.JSONField(
        default=list, blank=True, help_text="words that a creditor's allocation rules may ask for"
    )
    absent_from = models.DateField(null=True, blank=True)
    absent_until = models.DateField(null=True, blank=True)

    objects: ClassVar[HouseUsers] = HouseUsers()

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def held_roles(self) -> tuple[Role, ...]:
        """The user's roles, the highest first. Read once; `forget_roles` after a change."""
        if self.pk is None:
            return ()
        rows: list[dict[str, Any]] | None = self.__dict__.pop("role_rows", None)
        if rows is not None:
            return tuple(Role(**row) for row in rows)
        return tuple(self.roles.all())

    def forget_roles(self) -> None:
        """The roles were changed: the next question reads them again."""
        self.__dict__.pop("held_roles", None)
        self.__dict__.pop("role_rows", None)

    def may(self, *rights: Right) -> bool:
        """Whether the user has one of these rights, by whatever role.

        Whoever only looks has none that changes something, whatever a role says: a verb answers
        as the page does, which takes no form from them.
        """
        usable = rights
        if not self.may_write:
            usable = tuple(right for right in rights if right in LOOKING)
        return any(right in role.rights for role in self.held_roles for right in usable)

    def may_in_house(self, right: Right) -> bool:
        """Whether a role gives this right over the whole house, not only over a team."""
        if not self.may(right):
            return False
        return any(right in role.rights for role in self.held_roles if role.wall == Wall.HOUSE)

    def is_away(self, on: dt.date) -> bool:
        """Whether the user is away on this local day; without an end the absence goes on.

        `People.at_work` asks the same of many.
        """
        if self.absent_from is None or on < self.absent_from:
            return False
        return self.absent_until is None or on <= self.absent_until

    @property
    def may_write(self) -> bool:
        """Whether the user may change anything at all; clients and quality only look."""
        return any(Right.WRITE in role.rights for role in self.held_roles)

    @property
    def role_codes(self) -> tuple[str, ...]:
        """Codes of the user's roles, the highest first."""
        return tuple(role.code for role in self.held_roles)

    @property
    def role_title(self) -> str:
        """The titles of the user's roles in the language of the moment, the highest first."""
        return " · ".join(role.title for role in self.held_roles)

    @property
    def rank(self) -> int:
        """The highest rank of the user's roles."""
        return max((role.rank for role in self.held_roles), default=0)

    @property
    def home(self) -> str:
        """The name of the first page, by the highest role."""
        return next((role.home for role in self.held_roles if role.home), "worklist")

    @property
    def walls(self) -> frozenset[str]:
        """What the user's roles show; empty without a role, which shows nothing."""
        return frozenset(role.wall for role in self.held_roles)

    @property
    def sees_house(self) -> bool:
        """Every case of the house."""
        return Wall.HOUSE in self.walls

    @property
    def sees_team(self) -> bool:
        """The team's cases, or more."""
        return bool(self.walls & {Wall.TEAM, Wall.HOUSE})

    @property
    def leads_team(self) -> bool:
        """The team's cases, and not the whole house."""
        return self.walls & {Wall.TEAM, Wall.HOUSE} == {Wall.TEAM}

    @property
    def is_client(self) -> bool:
        """Looks in from outside: a creditor's own person."""
        return self.walls == {Wall.CREDITOR}

    @property
    def works_alone(self) -> bool:
        """Holds cases and sees nobody else's: lists need no column that names who holds a case."""
        return self.walls == {Wall.OWN} and self.may(Right.HOLD_CASES)
