"""Who is told of a complaint: the complainant, the departments, the client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Complaint,
    ComplaintDepartment,
    ComplaintSummary,
)
from huikuan.complaints.mail import post
from huikuan.complaints.procedure import figure
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    columns,
    event,
    find,
    is_closed,
    line_problems,
    lock,
    may_do,
    opened,
    settle,
    tell,
    text_problems,
)
from huikuan.engine.parameters import DEPARTMENT_HOURS
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.people import roles
from huikuan.people.models import User

#: What the client is told: the script, and the event that it records.
REPORTS = {
    "report": ("client_report", Kind.CLIENT_TOLD),
    "help": ("client_help", Kind.HELP_ASKED),
    "result": ("client_result", Kind.RESULT_REPORTED),
}


@transaction.atomic
def tell_departments(
    number: str,
    named: Sequence[str],
    *,
    question: str,
    actor: User,
    at: dt.datetime,
    answer_by: dt.datetime | None = None,
) -> Done:
    """Tells departments (codes of roles); each has to answer by its own moment.

    Without `answer_by` the procedure says how many hours they have. One that was told already stays
    as it is.
    """
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    wrong = _department_problems(complaint, named, question)
    if answer_by is not None and answer_by <= at:
        wrong.append(problem("complaint.past", column="answer_by"))
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    told = set(complaint.departments.values_list("role", flat=True))
    new = [role for role in dict.fromkeys(named) if role not in told]
    if not new:
        return Done(complaint, problems=(problem("complaint.again"),))

    on = day_of(complaint.organisation, at)
    hours = figure(complaint.organisation, on, DEPARTMENT_HOURS) or 0
    act = journal.begin(actor, "complaints.tell_departments", at=at)
    for role in new:
        ComplaintDepartment.objects.create(
            **columns(complaint, act, at=at),
            role=role,
            question=question.strip(),
            answer_by=answer_by or at + dt.timedelta(hours=hours),
        )
    recorded = event(complaint, Kind.DEPARTMENTS_TOLD, act, at, text=question.strip())
    settle(complaint, act, at)
    for role in new:
        # Also whoever has an interest in it: a department says what it knows and decides nothing.
        people = User.objects.of_role(role)
        of_house = people.filter(organisation_id=complaint.organisation_id, is_active=True)
        tell(complaint, of_house, "department", at)
    return Done(complaint, recorded)


def _department_problems(
    complaint: Complaint, named: Sequence[str], question: str
) -> list[Problem]:
    """What is wrong with what departments are asked."""
    of_house = roles.of_house(complaint.organisation_id)
    # A client is told by a report, and never as a department: it would be every client.
    known = {role.code for role in of_house if not role.looks_in_from_outside}

    wrong = [
        problem("complaint.department", column="departments", value=role)
        for role in named
        if role not in known
    ]
    if not named:
        wrong.append(problem("complaint.empty", column="departments"))
    return [*wrong, *line_problems(question, "question")]


@transaction.atomic
def answer_department(number: str, *, role: str, text: str, actor: User, at: dt.datetime) -> Done:
    """What a department says; whoever works in it may answer, once."""
    complaint = find(number, actor)
    if complaint is None:
        return Done(None, problems=(problem("complaint.unknown"),))
    lock(complaint)
    if is_closed(complaint):
        return Done(complaint, problems=(problem("complaint.closed"),))
    asked = complaint.departments.filter(role=role).exists()
    if not asked or not may_do(role, actor):
        return Done(complaint, problems=(problem("complaint.not_asked"),))
    wrong = text_problems(text, "text")
    if wrong:
        return Done(complaint, problems=tuple(wrong))
    if complaint.events.filter(kind=Kind.DEPARTMENT_ANSWERED, role=role).exists():
        return Done(complaint, problems=(problem("complaint.again"),))

    act = journal.begin(actor, "complaints.answer_department", at=at)
    said = event(complaint, Kind.DEPARTMENT_ANSWERED, act, at, role=role, text=text.strip())
    settle(complaint, act, at)
    return Done(complaint, said)


@transaction.atomic
def report(
    number: str, what: str, *, by_mail: bool, note: str, actor: User, at: dt.datetime
) -> Done:
    """Tells the client: that there is a complaint, that help is needed, or what came of it.

    By mail to the client's users who have an address; else `note` says how they were told.
    """
    begun = opened(number, actor, closed_too=what == "result")
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)
    script, kind = REPORTS[what]
    too_early = _too_early(complaint, what, begun.facts)
    if too_early:
        return Done(complaint, problems=too_early)
    wrong = [] if by_mail else line_problems(note, "note")
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    message = None
    act = journal.begin(actor, f"complaints.report_{what}", at=at)
    if by_mail:
        try:
            message = post(complaint, script, act=act, note=note, at=at)
        except Refusal as refusal:
            transaction.set_rollback(True)
            return Done(complaint, problems=(refusal.problem,))
    way = "mail" if by_mail else "otherwise"
    told = event(complaint, kind, act, at, text=note.strip(), way=way, message=message)
    settle(complaint, act, at)
    return Done(complaint, told)


def _too_early(complaint: Complaint, what: str, summary: ComplaintSummary) -> tuple[Problem, ...]:
    """Why the client is not told this now: nobody to tell, told already, or nothing to tell."""
    _script, kind = REPORTS[what]
    if complaint.creditor_id is None:
        return (problem("complaint.no_client"),)
    if complaint.events.filter(kind=kind).exists():
        return (problem("complaint.again"),)
    if what == "help" and summary.unreasonable_agreed_on is None:
        return (problem("complaint.not_unreasonable"),)
    if what == "result" and summary.complaint_closed_on is None:
        return (problem("complaint.not_replied"),)
    return ()
