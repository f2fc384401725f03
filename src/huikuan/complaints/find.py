"""Which complaints a user sees, and who has an interest of their own in one."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huikuan.casebook.access import visible_ids
from huikuan.casebook.models import Assignment, Complaint, ComplaintDepartment
from huikuan.people.models import User
from huikuan.people.rights import Right, Wall


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

    The database asks the same of an owner (migration 0060), whoever writes.
    """
    about = complaint.about_user
    if about is not None and about.pk == user.pk:
        return _("the complaint is about them")

    leads = any(role.wall == Wall.TEAM for role in user.held_roles)
    if about is not None and leads and user.team_id is not None and user.team_id == about.team_id:
        return _("they lead the team of the collector complained about")

    if complaint.case_id is None:
        return ""
    held = Assignment.objects.filter(case_id=complaint.case_id, user_id=user.pk)
    return _("they hold or held the case") if held.exists() else ""


def possible_owners(complaint: Complaint) -> list[User]:
    """Who handles complaints in the house and has no interest in this one."""
    people = User.objects.who_may(Right.HANDLE_COMPLAINTS).with_roles()
    of_house = people.filter(organisation_id=complaint.organisation_id, is_active=True)
    named = of_house.exclude(username__startswith="service.").order_by("display_name", "pk")
    return [user for user in named if not interest_of(user, complaint)]
