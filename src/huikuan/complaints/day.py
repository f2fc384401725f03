"""What a person has to do about complaints on a day, beside the cases of My day."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.casebook import packs
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Complaint, ComplaintDepartment, ComplaintEvent, Task
from huikuan.complaints.find import interest_column, visible_complaints
from huikuan.people.models import User
from huikuan.people.ranks import may_do
from huikuan.people.rights import Right
from huikuan.web.fact_words import in_language
from huikuan.web.room import DayLine

#: Lines of a day; the others stand in the list of complaints.
MOST = 50


def lines_of(user: User, on: dt.date) -> list[DayLine]:
    """Tasks of the user's own roles: of the complaints that they own, and of those that nobody of
    the role owns; and departments' answers that the user owes. Nothing where they have an interest.
    """
    if not user.role_codes or user.is_client:
        return []
    return [*_tasks(user, on), *_asked(user, on)][:MOST]


def _tasks(user: User, on: dt.date) -> list[DayLine]:
    """Open tasks that are due by the day."""
    if not user.may(Right.HANDLE_COMPLAINTS):
        return []
    tasks = Task.objects.filter(
        organisation_id=user.organisation_id or 0,
        step__subject="complaint",
        status=Task.Status.OPEN,
        due_on__lte=on,
    )
    mine = []
    for task in tasks.select_related("step").order_by("due_on", "pk"):
        step = packs.step_of(task.pack_version_id, task.step.code)
        if step.role in user.role_codes:
            mine.append((task, step))
    if not mine:
        return []

    subjects = {task.subject_id for task, _step in mine}
    visible = visible_complaints(user).annotate(interest=interest_column(user))
    related = visible.filter(pk__in=subjects, interest="").select_related("summary")
    complaints = {each.pk: each for each in related}
    owners = User.objects.with_roles().in_bulk({c.summary.owner_id for c in complaints.values()})

    found = []
    for task, step in mine:
        complaint = complaints.get(task.subject_id)
        if complaint is None:
            continue
        owner = owners.get(complaint.summary.owner_id)
        if owner is None or owner == user or not may_do(step.role, owner):
            is_late = task.deadline_on is not None and task.deadline_on < on
            title = f"{complaint.number} · {in_language(step.title)}"
            found.append(DayLine(title, _page(complaint), task.due_on, is_late))
    return found


def _asked(user: User, on: dt.date) -> list[DayLine]:
    """Answers that a department of the user was asked for and owes, also of a later day."""
    answers = ComplaintEvent.objects.filter(
        complaint=OuterRef("complaint"),
        kind=ComplaintEvent.Kind.DEPARTMENT_ANSWERED,
        role=OuterRef("role"),
    )
    asked = ComplaintDepartment.objects.filter(
        organisation_id=user.organisation_id or 0,
        role__in=user.role_codes,
        complaint__summary__complaint_closed_on=None,
    ).exclude(Exists(answers))

    found = []
    for each in asked.select_related("complaint__organisation").order_by("answer_by", "pk"):
        text = _("answer of your department")
        due_on = day_of(each.complaint.organisation, each.answer_by)
        title = f"{each.complaint.number} · {text}"
        found.append(DayLine(title, _page(each.complaint), due_on, due_on < on))
    return found


def _page(complaint: Complaint) -> str:
    return reverse("complaints:complaint", args=[complaint.number])
