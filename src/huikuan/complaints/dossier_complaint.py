"""What a dossier tells of the complaint itself: points, timeline, proposals, deadlines, mails."""

from __future__ import annotations

import datetime as dt
import re

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext

from huikuan.casebook import pack_names
from huikuan.casebook.models import (
    Approval,
    Breach,
    Clock,
    ClockExtension,
    ComplaintDepartment,
    ComplaintEvent,
    ComplaintProposal,
    OutboxMessage,
)
from huikuan.clocks import shown as clocks
from huikuan.complaints.dossier_part import Cells, Column, Part, Reading, day, moment, money, person
from huikuan.complaints.shown import WAYS
from huikuan.outbox.shown import purpose_of
from huikuan.web.fact_words import in_language

Kind = ComplaintEvent.Kind
#: Subjects of the deadlines of a complaint: itself, and each department that was asked.
OF_DEPARTMENT = "complaint_department"
#: How a pack names a paragraph of its own procedure, such as P3.accept.
_PARAGRAPH = re.compile(r"P[0-9]+(\.\w+)*")


def points(reading: Reading) -> Part:
    """The points, each with its decision where there is one."""
    events = reading.complaint.events.filter(kind=Kind.DECIDED)
    decided = {event.point_id: event for event in events}

    rows = []
    for point in reading.complaint.points.order_by("number"):
        event = decided.get(point.pk)
        result = str(event.get_result_display()) if event else ""
        grounds = event.text if event else ""
        decided_at = event.happened_at if event else None
        cause = str(point.get_cause_display())
        said = [point.number, cause, point.detail, point.aim]
        rows.append([*said, result, grounds, moment(decided_at)])

    columns = (
        Column(pgettext("dossier", "Point"), 0.5),
        Column(pgettext("dossier", "Cause")),
        Column(pgettext("dossier", "What is complained of"), 3),
        Column(pgettext("dossier", "What is wanted"), 2),
        Column(pgettext("dossier", "Decision on the point")),
        Column(pgettext("dossier", "Grounds"), 2),
        Column(pgettext("dossier", "Decided at"), 1.3),
    )
    return Part("points", pgettext("dossier", "Complaint points"), columns, rows)


def timeline(reading: Reading) -> Part:
    """The receipt, and then every event: as many rows as the page of the complaint has."""
    complaint = reading.complaint
    received = [
        moment(complaint.received_at),
        pgettext("dossier", "complaint received"),
        "",
        "",
        str(complaint.get_channel_display()),
        "",
        "",
        complaint.said,
        "",
        person(complaint.act.actor),
    ]

    related = ("act__actor", "user", "point", "proposal__act__actor")
    events = complaint.events.select_related(*related).order_by("happened_at", "pk")
    columns = (
        Column(pgettext("dossier", "Moment"), 1.3),
        Column(pgettext("dossier", "Event"), 1.3),
        Column(pgettext("dossier", "About"), 0.8),
        Column(pgettext("dossier", "Person or department")),
        Column(pgettext("dossier", "By which way"), 0.8),
        Column(pgettext("dossier", "Time told"), 1.3),
        Column(pgettext("dossier", "Result")),
        Column(pgettext("dossier", "Words"), 3),
        Column(pgettext("dossier", "Lesson"), 1.3),
        Column(pgettext("dossier", "Recorded by"), 1.2),
    )
    rows = [received, *(_event(event, reading) for event in events)]
    return Part("timeline", pgettext("dossier", "Timeline"), columns, rows)


def _event(event: ComplaintEvent, reading: Reading) -> Cells:
    """One event as a row of the timeline."""
    role = reading.role_titles[event.role] if event.role else ""
    named = [str(event.user or ""), role]
    result = str(event.get_result_display()) if event.result else ""

    return [
        moment(event.happened_at),
        str(event.get_kind_display()),
        _about(event),
        " · ".join(name for name in named if name),
        str(WAYS.get(event.way, event.way)),
        moment(event.until_at) or day(event.until_on),
        result,
        event.text,
        event.lesson,
        _recorded_by(event),
    ]


def _about(event: ComplaintEvent) -> str:
    """Which point, proposal or level an event is about."""
    parts = []
    if event.point is not None:
        text = pgettext("dossier", "point {number}")
        parts.append(text.format(number=event.point.number))

    if event.proposal is not None:
        text = pgettext("dossier", "proposal {number}")
        parts.append(text.format(number=event.proposal.number))

    if event.level is not None:
        text = pgettext("dossier", "level {number}")
        parts.append(text.format(number=event.level))
    return " · ".join(parts)


def _recorded_by(event: ComplaintEvent) -> str:
    """Whose act it was; of a proposal that somebody above agreed to, also who proposed it."""
    actor = event.act.actor
    proposal = event.proposal
    if event.kind != Kind.PROPOSED or proposal is None or proposal.act.actor == actor:
        return person(actor)

    text = pgettext("dossier", "{decider} (agreed; proposed by {proposer})")
    return text.format(decider=person(actor), proposer=person(proposal.act.actor))


def proposals(reading: Reading) -> Part:
    """Each with whose agreement it needed, since when it stood, what the complainant said to it."""
    kinds = (Kind.PROPOSED, Kind.AGREED, Kind.REFUSED)
    events: dict[int | None, list[ComplaintEvent]] = {}
    for event in reading.complaint.events.filter(kind__in=kinds).order_by("pk"):
        events.setdefault(event.proposal_id, []).append(event)

    related = ("approval__decided__actor", "act__actor")
    proposed = reading.complaint.proposals.select_related(*related).order_by("number")
    rows = [_proposal(each, events.get(each.pk, [])) for each in proposed]
    columns = (
        Column(pgettext("dossier", "Number"), 0.5),
        Column(pgettext("dossier", "Kind of proposal")),
        Column(pgettext("dossier", "Words"), 2.5),
        Column(pgettext("dossier", "Amount")),
        Column(pgettext("dossier", "Proposed at"), 1.3),
        Column(pgettext("dossier", "Proposed by")),
        Column(pgettext("dossier", "Agreement in the house"), 1.2),
        Column(pgettext("dossier", "Open to the complainant since"), 1.3),
        Column(pgettext("dossier", "The complainant")),
        Column(pgettext("dossier", "Their words"), 1.6),
        Column(pgettext("dossier", "Said at"), 1.3),
    )
    return Part("proposals", pgettext("dossier", "Proposals"), columns, rows)


def _proposal(proposal: ComplaintProposal, events: list[ComplaintEvent]) -> Cells:
    """One proposal as a row."""
    opened = next((event.happened_at for event in events if event.kind == Kind.PROPOSED), None)
    answer = next((event for event in events if event.kind != Kind.PROPOSED), None)

    reply = ["", ""]
    if answer is not None:
        reply = [answer.text, moment(answer.happened_at)]
    return [
        proposal.number,
        str(proposal.get_sort_display()),
        proposal.text,
        money(proposal.amount_minor, proposal.currency),
        moment(proposal.act.at),
        person(proposal.act.actor),
        _agreement(proposal.approval),
        moment(opened),
        _said(opened, answer),
        *reply,
    ]


def _said(opened: dt.datetime | None, answer: ComplaintEvent | None) -> str:
    """What the complainant said to a proposal, or that an answer is awaited."""
    if answer is not None and answer.kind == Kind.AGREED:
        return pgettext("dossier", "agrees")
    if answer is not None:
        return pgettext("dossier", "refuses")
    if opened is not None:
        return pgettext("dossier", "has not answered")
    return ""


def _agreement(approval: Approval | None) -> str:
    """Whether somebody above had to agree, and who did."""
    if approval is None:
        return pgettext("dossier", "within the authority of who proposed it")
    state = str(approval.get_status_display())
    if approval.decided is None:
        return state
    text = pgettext("dossier", "{state}, {name}")
    return text.format(state=state, name=person(approval.decided.actor))


def departments(reading: Reading) -> Part:
    """Each department that was asked, by when, and what it said; a late or silent one is told."""
    kind = Kind.DEPARTMENT_ANSWERED
    events = reading.complaint.events.filter(kind=kind).select_related("act__actor")
    answers = {event.role: event for event in events}

    rows = []
    for each in reading.complaint.departments.select_related("act").order_by("pk"):
        answer = answers.get(each.role)
        asked = [reading.role_titles[each.role], each.question, moment(each.act.at)]
        said = ["", "", ""]
        if answer is not None:
            said = [moment(answer.happened_at), answer.text, person(answer.act.actor)]
        state = _answered(each, answer, reading.at)
        rows.append([*asked, moment(each.answer_by), state, *said])

    columns = (
        Column(pgettext("dossier", "Department"), 1.2),
        Column(pgettext("dossier", "Question"), 2),
        Column(pgettext("dossier", "Asked at"), 1.3),
        Column(pgettext("dossier", "To be answered by"), 1.3),
        Column(pgettext("dossier", "State")),
        Column(pgettext("dossier", "Answered at"), 1.3),
        Column(pgettext("dossier", "Answer"), 2),
        Column(pgettext("dossier", "Answered by")),
    )
    return Part("departments", pgettext("dossier", "Departments"), columns, rows)


def _answered(asked: ComplaintDepartment, answer: ComplaintEvent | None, at: dt.datetime) -> str:
    """Whether a department answered in time."""
    if answer is None:
        if at > asked.answer_by:
            return pgettext("dossier", "not answered, overdue")
        return pgettext("dossier", "not answered yet")
    if answer.happened_at > asked.answer_by:
        return pgettext("dossier", "answered late")
    return pgettext("dossier", "answered in time")


def _clocks_of(reading: Reading) -> Q:
    """The deadlines of the complaint and of its departments."""
    asked = list(reading.complaint.departments.values_list("pk", flat=True))
    mine = Q(subject_kind="complaint", subject_id=reading.complaint.pk)
    return mine | Q(subject_kind=OF_DEPARTMENT, subject_id__in=asked)


def deadlines(reading: Reading) -> Part:
    """Each deadline as it stands, with the time that was given to it."""
    listed = list(Clock.objects.filter(_clocks_of(reading)).order_by("pk"))
    given: dict[int, list[str]] = {}
    extensions = ClockExtension.objects.filter(clock__in=listed).select_related("act__actor")
    for each in extensions.order_by("pk"):
        given.setdefault(each.clock_id, []).append(_extension(each))

    rows = []
    for shown in clocks.shown(listed, reading.at):
        clock = shown.clock
        moments = [moment(clock.started_at), moment(clock.due_at), moment(clock.met_at)]
        role = reading.role_titles[clock.role]
        more = "; ".join(given.get(clock.pk, []))
        source = _source(clock)
        rows.append([shown.title, source, role, *moments, shown.state, more])
    columns = (
        Column(pgettext("dossier", "Deadline"), 1.5),
        Column(pgettext("dossier", "Source"), 1.5),
        Column(pgettext("dossier", "Answers for it")),
        Column(pgettext("dossier", "Began"), 1.3),
        Column(pgettext("dossier", "Ends"), 1.3),
        Column(pgettext("dossier", "Met"), 1.3),
        Column(pgettext("dossier", "State")),
        Column(pgettext("dossier", "More time given"), 2),
    )
    return Part("clocks", pgettext("dossier", "Deadlines"), columns, rows)


def _source(clock: Clock) -> str:
    """The law or rule that sets a deadline; for a paragraph by its number the procedure's title."""
    if _PARAGRAPH.fullmatch(clock.source):
        return in_language(pack_names.title_of(clock.pack)) or clock.source
    return clock.source


def _extension(given: ClockExtension) -> str:
    """Who gave a deadline more time, when, until when, and why."""
    text = pgettext("dossier", "{moment} {name}, until {until}: {reason}")
    # Without an end of its own it goes as far as the procedure lets.
    until = moment(given.until) or pgettext("dossier", "as far as the procedure lets")
    name = person(given.act.actor)
    given_at = moment(given.given_at)
    return text.format(moment=given_at, name=name, until=until, reason=given.reason)


def breaches(reading: Reading) -> Part:
    """What was missed; one that was lifted stays, with who lifted it and why."""
    mine = Clock.objects.filter(_clocks_of(reading)).values("pk")
    related = ("clock", "lifted_by__actor")
    rows = []
    for each in Breach.objects.filter(clock__in=mine).select_related(*related).order_by("pk"):
        title = clocks.title_of(each.clock.title) or each.clock.kind
        lifted = ["", "", ""]
        if each.lifted_at is not None:
            lifted[0] = moment(each.lifted_at)
        if each.lifted_by is not None:
            lifted[1:] = [person(each.lifted_by.actor), each.lifted_by.reason]
        rows.append([title, moment(each.due_at), reading.role_titles[each.role], *lifted])

    columns = (
        Column(pgettext("dossier", "Deadline"), 2),
        Column(pgettext("dossier", "Missed at"), 1.3),
        Column(pgettext("dossier", "Answered for it")),
        Column(pgettext("dossier", "Lifted at"), 1.3),
        Column(pgettext("dossier", "Lifted by")),
        Column(pgettext("dossier", "Why it was lifted"), 2),
    )
    return Part("breaches", pgettext("dossier", "Missed deadlines"), columns, rows)


def messages(reading: Reading) -> Part:
    """What left the house about the complaint and its case."""
    rows = []
    for each in messages_of(reading).order_by("posted_at", "pk"):
        told = [moment(each.posted_at), str(each.get_kind_display()), _purpose(each)]
        state = str(each.get_status_display())
        rows.append([*told, each.target_masked, state, moment(each.sent_at)])

    columns = (
        Column(pgettext("dossier", "Written at"), 1.3),
        Column(pgettext("dossier", "Kind")),
        Column(pgettext("dossier", "What for"), 2),
        Column(pgettext("dossier", "To"), 2),
        Column(pgettext("dossier", "State")),
        Column(pgettext("dossier", "Left the house at"), 1.3),
    )
    title = pgettext("dossier", "Mails and events sent")
    why = pgettext("dossier", "nothing was sent by e-mail or to another system")
    return Part("messages", title, columns, rows, why)


def messages_of(reading: Reading) -> QuerySet[OutboxMessage]:
    """The messages about the complaint and its case."""
    about = Q(subject_kind="complaint", subject_id=reading.complaint.pk)
    if reading.case_id:
        about |= Q(case_id=reading.case_id)
    return OutboxMessage.objects.filter(about)


def _purpose(message: OutboxMessage) -> str:
    """What a message was sent for, in words."""
    ours = {
        "client_report": pgettext("dossier", "report of the complaint to the client"),
        "client_help": pgettext("dossier", "request to the client for help"),
        "client_result": pgettext("dossier", "report of the result to the client"),
        "erp.lock": pgettext("dossier", "lock of deliveries, to the order system"),
        "erp.unlock": pgettext("dossier", "end of a lock, to the order system"),
    }
    return ours.get(message.purpose) or purpose_of(message)
