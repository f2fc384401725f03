"""Which complaints a user sees, and who has an interest of their own in one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import BigIntegerField, F, Func, Q, QuerySet, TextField, Value
from django.utils.translation import gettext_lazy

from huikuan.casebook.access import visible_ids
from huikuan.casebook.models import Complaint, ComplaintDepartment
from huikuan.people.models import User
from huikuan.people.ranks import may_do
from huikuan.people.rights import Right


def visible_complaints(user: User) -> QuerySet[Complaint]:
    """Complaints of the user's house: all of them for whoever handles complaints in the house, else
    those about visible cases and those about which a role of the user was asked.

    A client sees those about their own debts. Nobody sees who complained about them, unless they
    are asked.
    """
    if not user.is_active or user.organisation_id is None or not user.walls:
        return Complaint.objects.none()

    house = Complaint.objects.filter(organisation_id=user.organisation_id)
    if user.is_client:
        return house.filter(creditor_id=user.creditor_id or 0)

    asked = ComplaintDepartment.objects.filter(role__in=user.role_codes).values("complaint_id")
    if user.may(Right.HANDLE_COMPLAINTS) and user.sees_house:
        shown = Q()
    else:
        shown = Q(case_id__in=visible_ids(user)) | Q(pk__in=asked)
    not_about_them = ~Q(about_user=user) | Q(about_user=None) | Q(pk__in=asked)
    return house.filter(shown, not_about_them)


def find(number: str, user: User) -> Complaint | None:
    """The complaint of this number, if the user sees it."""
    related = ("organisation", "creditor", "case__organisation", "about_user", "act__actor")
    return visible_complaints(user).select_related(*related).filter(number=number).first()


def interest_of(user: User, complaint: Complaint) -> str:
    """Why the user has an interest of their own in the complaint; empty: none.

    Who is complained about, who led their team at any time since the case came, who holds or held
    the case. The database says it (migration 0073), and asks it of every owner, whoever writes.
    """
    found = interests([user.pk], Matter.of(complaint))
    return str(_WORDS.get(found[user.pk], ""))


def interest_column(user: User) -> Func:
    """The same as a column of complaints: "about", "lead", "held", or empty."""
    return Func(
        Value(user.pk, BigIntegerField()),
        F("about_user_id"),
        F("case_id"),
        function="casebook_complaint_interest",
        output_field=TextField(),
    )


def interest_in(complaint_id: int, user: User) -> str:
    """The same by the complaint's id, for whoever knows no more of it."""
    complaint = Complaint.objects.filter(pk=complaint_id).first()
    return interest_of(user, complaint) if complaint is not None else ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a complaint is about: the collector and the case, where they are known."""

    about_id: int | None
    case_id: int | None

    @classmethod
    def of(cls, complaint: Complaint) -> Matter:
        """As it is written down now."""
        return cls(complaint.about_user_id, complaint.case_id)


def interests(users: Collection[int], matter: Matter) -> dict[int, str]:
    """User → "about", "lead", "held", or empty where the user has no interest in the matter."""
    with connection.cursor() as cursor:
        cursor.execute(_INTERESTS, [matter.about_id, matter.case_id, list(users)])
        return dict(cursor.fetchall())


_INTERESTS = """
SELECT asked, casebook_complaint_interest(asked, %s::bigint, %s::bigint)
FROM unnest(%s::bigint[]) asked
"""
_WORDS = {
    "about": gettext_lazy("the complaint is about them"),
    "lead": gettext_lazy("they lead or led the team of the collector complained about"),
    "held": gettext_lazy("they hold or held the case"),
}


def possible_owners(complaint: Complaint, *, role: str = "") -> list[User]:
    """Who handles complaints in the house and has no interest in this one. `role`: what they must
    be able to do, where its level belongs to a role.
    """
    handlers = User.objects.who_may(Right.HANDLE_COMPLAINTS).with_roles()
    of_house = handlers.filter(organisation_id=complaint.organisation_id, is_active=True)
    named = of_house.exclude(username__startswith="service.").order_by("display_name", "pk")
    people = [user for user in named if not role or may_do(role, user)]
    found = interests([user.pk for user in people], Matter.of(complaint))
    return [user for user in people if not found[user.pk]]
