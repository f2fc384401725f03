"""The departments that were asked about a complaint: each with its own deadline; who is silent."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huikuan.casebook.models import Clock, Complaint, ComplaintDepartment, ComplaintEvent
from huikuan.people import roles


def silent(complaint: Complaint) -> QuerySet[ComplaintDepartment]:
    """Those that were asked and have not answered, in the order in which they were asked."""
    answers = complaint.events.filter(kind=ComplaintEvent.Kind.DEPARTMENT_ANSWERED)
    asked: QuerySet[ComplaintDepartment] = complaint.departments.order_by("pk")
    return asked.exclude(role__in=answers.values("role"))


def silent_titles(complaint: Complaint) -> str:
    """The same as people call them, in one line; empty where everybody answered."""
    titles = roles.titles(complaint.organisation_id)
    return "、".join(titles[each.role] for each in silent(complaint))


def clocks_of(complaint: Complaint) -> QuerySet[Clock]:
    """Every deadline of the complaint: its own, and one for each department that was asked."""
    own = Q(subject_kind="complaint", subject_id=complaint.pk)
    of_departments = Q(
        subject_kind="complaint_department",
        subject_id__in=complaint.departments.values("pk"),
    )
    return Clock.objects.filter(own | of_departments)
