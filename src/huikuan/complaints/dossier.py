"""What a dossier tells: every row that the book has about a complaint and its case, part by part.

Each part is read by one query, and its rows are what is counted, printed and enclosed. A part
without rows is listed as absent, with the reason where there is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.models import (
    Approval,
    Breach,
    Clock,
    Complaint,
    ComplaintDossier,
    ComplaintEvent,
    ContactRecord,
    Document,
    GateDecision,
    Hold,
    OutboxMessage,
    Payment,
    PhoneCall,
    Promise,
    Reveal,
)
from huikuan.complaints.find import visible_complaints
from huikuan.people.models import User

#: Documents that a dossier itself became are no part of the next one.
PDF_KIND = "dossier_pdf"
FOLDER_KIND = "dossier_folder"
Cells = Sequence[Any]


@dataclass(frozen=True)
class Part:
    """One part: `name` of its file, its columns, its rows. `why_absent`: where it has none."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[Cells]
    why_absent: str = ""


#: What is told when a part has been read: how many of how many.
Progress = Callable[[int, int], None]


def parts(complaint: Complaint, progress: Progress | None = None) -> list[Part]:
    """Every part, in the order of the dossier."""
    readers = [
        _points,
        _timeline,
        _proposals,
        _departments,
        _clocks,
        _breaches,
        _messages,
        _contacts,
        _overrides,
        _decisions,
        _calls,
        _letters,
        _holds,
        _promises,
        _payments,
        _reveals,
        _approvals,
        _documents,
    ]

    found = []
    for place, read in enumerate(readers, start=1):
        found.append(read(complaint))
        if progress is not None:
            progress(place, len(readers))
    return found


def acts_of(complaint: Complaint) -> int:
    """How much there is to tell, to know whether it takes long."""
    of_case = 0
    if complaint.case_id is not None:
        contacts = ContactRecord.objects.filter(case_id=complaint.case_id).count()
        of_case = contacts + GateDecision.objects.filter(case_id=complaint.case_id).count()
    return complaint.events.count() + of_case


def moment(at: dt.datetime | None) -> str:
    """A moment by the clock of the house."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def day(on: dt.date | None) -> str:
    """A day as it is written everywhere."""
    return on.isoformat() if on else ""


def _no_case(complaint: Complaint) -> str:
    return "" if complaint.case_id else _("the complaint belongs to no case")


def _points(complaint: Complaint) -> Part:
    """The points, each with its decision where there is one."""
    kind = ComplaintEvent.Kind.DECIDED
    decided = {event.point_id: event for event in complaint.events.filter(kind=kind)}

    rows = []
    for point in complaint.points.order_by("number"):
        event = decided.get(point.pk)
        result = str(event.get_result_display()) if event else ""
        grounds = event.text if event else ""
        cause = str(point.get_cause_display())
        rows.append([point.number, cause, point.detail, point.aim, result, grounds])
    columns = (_("Point"), _("Cause"), _("Detail"), _("Aim"), _("Decision"), _("Grounds"))
    return Part("points", _("Complaint points"), columns, rows)


def _timeline(complaint: Complaint) -> Part:
    rows = []
    related = ("act__actor", "user", "point")
    for event in complaint.events.select_related(*related).order_by("happened_at", "pk"):
        what = str(event.get_kind_display())
        texts = [str(event.user or ""), event.role, day(event.until_on), event.text, event.lesson]
        said = " · ".join(text for text in texts if text)
        rows.append([moment(event.happened_at), what, said, str(event.act.actor)])
    columns = (_("Moment"), _("What happened"), _("Words"), _("By"))
    return Part("timeline", _("Timeline"), columns, rows)


def _proposals(complaint: Complaint) -> Part:
    rows = []
    for each in complaint.proposals.select_related("approval", "act__actor").order_by("number"):
        answer = ""
        if each.approval is not None:
            answer = str(each.approval.get_status_display())
        cells = [each.number, str(each.get_sort_display()), each.text]
        rows.append([*cells, each.amount_minor / 100 or "", answer, str(each.act.actor)])
    columns = (_("Number"), _("Kind"), _("Words"), _("Amount"), _("Approval"), _("By"))
    return Part("proposals", _("Proposals"), columns, rows)


def _departments(complaint: Complaint) -> Part:
    kind = ComplaintEvent.Kind.DEPARTMENT_ANSWERED
    answers = {event.role: event for event in complaint.events.filter(kind=kind)}
    rows = []
    for each in complaint.departments.order_by("pk"):
        answer = answers.get(each.role)
        said = [moment(answer.happened_at), answer.text] if answer else ["", ""]
        rows.append([each.role, each.question, moment(each.answer_by), *said])
    columns = (_("Department"), _("Asked"), _("Answer by"), _("Answered"), _("Answer"))
    return Part("departments", _("Departments"), columns, rows)


def _clocks(complaint: Complaint) -> Part:
    rows = []
    mine = Clock.objects.filter(subject_kind="complaint", subject_id=complaint.pk)
    for clock in mine.order_by("pk"):
        cells = [clock.title.get("zh", ""), clock.source, moment(clock.started_at)]
        rows.append([*cells, moment(clock.due_at), moment(clock.met_at)])
    columns = (_("Deadline"), _("Source"), _("Began"), _("Ends"), _("Met"))
    return Part("clocks", _("Deadlines"), columns, rows)


def _breaches(complaint: Complaint) -> Part:
    mine = Breach.objects.filter(
        clock__subject_kind="complaint", clock__subject_id=complaint.pk
    ).select_related("clock")
    rows = [
        [each.clock.title.get("zh", ""), moment(each.due_at), each.role, moment(each.lifted_at)]
        for each in mine.order_by("pk")
    ]
    columns = (_("Deadline"), _("Missed at"), _("Role"), _("Lifted"))
    return Part("breaches", _("Missed deadlines"), columns, rows)


def _messages(complaint: Complaint) -> Part:
    """What left the house about the complaint and its case."""
    about = Q(subject_kind="complaint", subject_id=complaint.pk)
    if complaint.case_id is not None:
        about |= Q(case_id=complaint.case_id)

    rows = [
        [
            moment(each.posted_at),
            each.kind,
            each.purpose,
            each.target_masked,
            str(each.get_status_display()),
        ]
        for each in OutboxMessage.objects.filter(about).order_by("posted_at", "pk")
    ]
    columns = (_("Moment"), _("Kind"), _("Purpose"), _("To"), _("State"))
    return Part("messages", _("Mails and events sent"), columns, rows)


def contacts_of(complaint: Complaint) -> QuerySet[ContactRecord]:
    """The contacts of the case of the complaint."""
    mine = ContactRecord.objects.filter(case_id=complaint.case_id or 0)
    return mine.select_related("act__actor").order_by("at", "pk")


def _contact_cells(contact: ContactRecord) -> Cells:
    """A contact as one row of a table."""
    direction = _("incoming") if contact.inbound else _("outgoing")
    seconds = "" if contact.seconds is None else str(contact.seconds)

    return [
        moment(contact.at),
        contact.channel,
        direction,
        str(contact.get_answered_display()),
        seconds,
        contact.outcome,
        contact.note,
        str(contact.act.actor),
    ]


def _contact_columns() -> tuple[str, ...]:
    return (
        _("Moment"),
        _("Channel"),
        _("Direction"),
        _("Who answered"),
        _("Seconds"),
        _("Outcome"),
        _("Note"),
        _("By"),
    )


def _contacts(complaint: Complaint) -> Part:
    rows = [_contact_cells(contact) for contact in contacts_of(complaint)]
    return Part("contacts", _("Contacts"), _contact_columns(), rows, _no_case(complaint))


def _overrides(complaint: Complaint) -> Part:
    made = contacts_of(complaint).exclude(override_reason="")
    rows = [[*_contact_cells(contact), contact.override_reason] for contact in made]
    columns = (*_contact_columns(), _("Why it was made all the same"))
    title = _("Contacts made against the rules")
    return Part("overrides", title, columns, rows, _no_case(complaint))


def _letters(complaint: Complaint) -> Part:
    rows = [_contact_cells(contact) for contact in contacts_of(complaint).filter(channel="letter")]
    return Part("letters", _("Letters"), _contact_columns(), rows, _no_case(complaint))


def _decisions(complaint: Complaint) -> Part:
    asked = GateDecision.objects.filter(case_id=complaint.case_id or 0)
    rows = []
    for each in asked.select_related("act__actor").order_by("at", "pk"):
        verdict = _("allowed") if each.allowed else _("refused")
        rows.append([moment(each.at), each.channel, verdict, each.rule, str(each.act.actor)])
    columns = (_("Moment"), _("Channel"), _("Answer"), _("Rule"), _("Asked by"))
    title = _("Answers of the contact rules")
    return Part("decisions", title, columns, rows, _no_case(complaint))


def _calls(complaint: Complaint) -> Part:
    """Telephone calls with the links of their recordings; one without says that it has none."""
    rows = []
    calls = PhoneCall.objects.filter(case_id=complaint.case_id or 0)
    for call in calls.select_related("act__actor").order_by("started_at", "pk"):
        recording = call.recording or _("no recording")
        ended = moment(call.ended_at)
        rows.append([moment(call.started_at), ended, recording, str(call.act.actor)])
    columns = (_("Began"), _("Ended"), _("Recording"), _("By"))
    return Part("recordings", _("Calls and recordings"), columns, rows, _no_case(complaint))


def _holds(complaint: Complaint) -> Part:
    """The holds of the case, the provisional ones of the complaint among them."""
    holds = Hold.objects.filter(case_id=complaint.case_id or 0).order_by("valid_on", "pk")

    rows = [
        [
            str(each.get_kind_display()),
            str(each.get_scope_display()),
            day(each.valid_on),
            day(each.ended_on),
            each.reason,
        ]
        for each in holds
    ]
    columns = (_("Kind"), _("Reach"), _("From"), _("Until"), _("Reason"))
    return Part("holds", _("Holds"), columns, rows, _no_case(complaint))


def _promises(complaint: Complaint) -> Part:
    promises = Promise.objects.filter(case_id=complaint.case_id or 0).order_by("pk")
    rows = [[day(each.valid_on), moment(each.recorded_at)] for each in promises]
    columns = (_("Given on"), _("Recorded"))
    return Part("promises", _("Promises"), columns, rows, _no_case(complaint))


def _payments(complaint: Complaint) -> Part:
    payments = Payment.objects.filter(case_id=complaint.case_id or 0).order_by("valid_on", "pk")
    rows = [[day(each.valid_on), each.amount_minor / 100, each.reference] for each in payments]
    columns = (_("Day"), _("Amount"), _("Reference"))
    return Part("payments", _("Payments"), columns, rows, _no_case(complaint))


def reveals_of(complaint: Complaint) -> QuerySet[Reveal]:
    """Looks at what is masked: of the complainant, and of the case."""
    about = Q(field="complainant", subject_id=complaint.pk)
    if complaint.case_id is not None:
        about |= Q(case_id=complaint.case_id)
    return Reveal.objects.filter(about).select_related("act__actor").order_by("act__at", "pk")


def _reveals(complaint: Complaint) -> Part:
    rows = [
        [moment(each.act.at), each.field, each.act.reason, str(each.act.actor)]
        for each in reveals_of(complaint)
    ]
    columns = (_("Moment"), _("What"), _("Reason"), _("By"))
    return Part("reveals", _("Masked data that were looked at"), columns, rows)


def _approvals(complaint: Complaint) -> Part:
    """What was asked for on the case, and what came of it."""
    asked = Approval.objects.filter(case_id=complaint.case_id or 0)

    rows = [
        [
            moment(each.asked_at),
            str(each.get_kind_display()),
            each.reason,
            str(each.get_status_display()),
            each.decision_reason,
        ]
        for each in asked.order_by("asked_at", "pk")
    ]
    columns = (_("Moment"), _("Kind"), _("Reason"), _("State"), _("Decision"))
    return Part("approvals", _("Approvals"), columns, rows, _no_case(complaint))


def documents_in(complaint: Complaint) -> list[Document]:
    """The documents of the complaint and of its case, without former dossiers."""
    about = Q(subject_kind="complaint", subject_id=complaint.pk)
    if complaint.case_id is not None:
        about |= Q(case_id=complaint.case_id)
    kept = Document.objects.filter(about).exclude(kind__in=(PDF_KIND, FOLDER_KIND))
    return list(kept.order_by("valid_on", "pk"))


def _documents(complaint: Complaint) -> Part:
    rows = [
        [day(each.valid_on), each.kind, each.name, each.size, each.sha256]
        for each in documents_in(complaint)
    ]
    columns = (_("Day"), _("Kind"), _("Name"), _("Bytes"), "SHA-256")
    return Part("documents", _("Documents"), columns, rows)


def visible_dossiers(user: User) -> QuerySet[ComplaintDossier]:
    """Dossiers of complaints that the user sees; a client has none: they tell of the house."""
    if user.is_client:
        return ComplaintDossier.objects.none()
    mine = visible_complaints(user).values("pk")
    return ComplaintDossier.objects.filter(complaint__in=mine).select_related("complaint")
