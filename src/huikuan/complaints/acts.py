"""The acts on a complaint as its page offers them: the form, the verb, and when it is offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models import Complaint, ComplaintSummary
from huikuan.complaints import close, forms, legal, own, papers, propose, told, unreasonable
from huikuan.complaints.accept import accept
from huikuan.complaints.correct import correct
from huikuan.complaints.find import interest_of
from huikuan.complaints.procedure import levels
from huikuan.complaints.promise import promise
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import Done
from huikuan.lib.money import parse_minor
from huikuan.people.models import User
from huikuan.people.rights import Right

Run = Callable[[str, Any, User, dt.datetime], Done]
Offered = Callable[[ComplaintSummary, Complaint, User], bool]


@dataclass(frozen=True)
class PageAct:
    """One act. `when`: whether the page offers it, as the complaint stands; the verb asks again."""

    name: str
    title: str | Promise
    form: type[forms.ActForm]
    run: Run
    when: Offered
    script: str = ""


def _accepted(summary: ComplaintSummary, *_rest: object) -> bool:
    is_closed = summary.complaint_closed_on is not None
    return summary.complaint_accepted_on is not None and not is_closed


def _owned(summary: ComplaintSummary, *_rest: object) -> bool:
    return _accepted(summary) and summary.owner_id is not None


def _is_answered(summary: ComplaintSummary) -> bool:
    """Whether the complainant was told, or nobody can be told and every point is decided."""
    if summary.complainant_unreachable:
        is_decided: bool = summary.complaint_points == summary.complaint_points_decided
        return is_decided
    return summary.complaint_replied_on is not None


def _waits(summary: ComplaintSummary, *_rest: object) -> bool:
    answered = summary.complaint_refusals + summary.complaint_agreements
    waits = summary.complaint_proposals > answered
    return _owned(summary) and waits and not summary.complainant_unreachable


def _propose(number: str, form: Any, actor: User, at: dt.datetime) -> Done:
    given = form.cleaned_data
    complaint = form.complaint
    currency = complaint.case.currency if complaint.case else "CNY"
    minor = parse_minor(given["amount"], currency) if given["amount"] else 0
    entry = propose.Proposal(given["number"], given["sort"], given["text"], minor)
    return propose.propose(number, entry, actor=actor, at=at)


def _report(what: str) -> Run:
    def run(number: str, form: Any, actor: User, at: dt.datetime) -> Done:
        given = form.cleaned_data
        mail = given["by_mail"]
        note = given["note"]
        return told.report(number, what, by_mail=mail, note=note, actor=actor, at=at)

    return run


def _paper(number: str, form: Any, actor: User, at: dt.datetime) -> Done:
    given = form.cleaned_data
    new = form.document()
    if new is not None:
        return papers.keep(number, new, actor=actor, at=at)
    if given["link"]:
        return papers.link(number, given["link"], note=given["note"], actor=actor, at=at)
    return Done(form.complaint, problems=(problem("complaint.no_paper", column="file"),))


def _with(verb: Callable[..., Done], *names: str) -> Run:
    """Hands the fields of the form to the verb under their own names."""

    def run(number: str, form: Any, actor: User, at: dt.datetime) -> Done:
        given = {name: form.cleaned_data[name] for name in names}
        return verb(number, **given, actor=actor, at=at)

    return run


def _agreeing(verb: Callable[..., Done], *names: str) -> Run:
    """The same with yes or no."""

    def run(number: str, form: Any, actor: User, at: dt.datetime) -> Done:
        given = {name: form.cleaned_data[name] for name in names}
        agrees = form.cleaned_data["agrees"] == "yes"
        return verb(number, agrees=agrees, **given, actor=actor, at=at)

    return run


ACTS = (
    PageAct(
        "accept",
        pgettext_lazy("complaint", "Accept it, point by point"),
        forms.AcceptForm,
        lambda number, form, actor, at: accept(number, form.points(), actor=actor, at=at),
        lambda summary, *_rest: summary.complaint_accepted_on is None,
        script="accept",
    ),
    PageAct(
        "own",
        _("Name the owner"),
        forms.OwnForm,
        lambda number, form, actor, at: own.own(
            number,
            form.cleaned_data["owner"],
            actor=actor,
            at=at,
            reason=form.cleaned_data["reason"],
        ),
        lambda summary, *_rest: summary.complaint_closed_on is None,
    ),
    PageAct(
        "promise",
        _("Tell the time of reply"),
        forms.PromiseForm,
        _with(promise, "until", "way", "reason"),
        lambda summary, *_rest: (
            summary.complaint_closed_on is None
            and summary.complaint_replied_on is None
            and not summary.complainant_unreachable
        ),
    ),
    PageAct(
        "departments",
        _("Tell departments"),
        forms.DepartmentsForm,
        lambda number, form, actor, at: told.tell_departments(
            number,
            form.cleaned_data["departments"],
            question=form.cleaned_data["question"],
            answer_by=form.cleaned_data["answer_by"],
            actor=actor,
            at=at,
        ),
        lambda summary, *_rest: summary.complaint_closed_on is None,
    ),
    PageAct(
        "department_answer",
        _("Answer for your department"),
        forms.DepartmentAnswerForm,
        _with(told.answer_department, "role", "text"),
        lambda summary, complaint, user: (
            summary.complaint_closed_on is None and bool(forms.silent_departments(complaint, user))
        ),
    ),
    PageAct(
        "report",
        _("Report to the client"),
        forms.ReportForm,
        _report("report"),
        lambda summary, complaint, _user: (
            complaint.creditor_id is not None
            and summary.complaint_reported_on is None
            and summary.complaint_closed_on is None
        ),
        script="client_report",
    ),
    PageAct("propose", pgettext_lazy("complaint", "Propose"), forms.ProposeForm, _propose, _owned),
    PageAct(
        "answer",
        _("Answer of the complainant"),
        forms.AnswerForm,
        _agreeing(propose.answer, "way", "text"),
        _waits,
    ),
    PageAct(
        "unreasonable",
        _("Hold the demand to be unreasonable"),
        forms.UnreasonableForm,
        _with(unreasonable.hold_unreasonable, "harms", "blocks", "reason"),
        lambda summary, *_rest: (
            _owned(summary)
            and summary.complaint_refusals > 0
            and (summary.unreasonable_on is None or summary.unreasonable_denied_on is not None)
        ),
    ),
    PageAct(
        "second",
        _("Second person: is it unreasonable?"),
        forms.SecondForm,
        _agreeing(unreasonable.second_word, "reason"),
        lambda summary, *_rest: (
            _accepted(summary)
            and summary.unreasonable_on is not None
            and summary.unreasonable_agreed_on is None
            and summary.unreasonable_denied_on is None
        ),
    ),
    PageAct(
        "explain",
        _("Explain the rules"),
        forms.SaidForm,
        _with(unreasonable.explain, "way", "text"),
        lambda summary, *_rest: (
            _owned(summary)
            and summary.unreasonable_agreed_on is not None
            and summary.rules_explained_on is None
        ),
    ),
    PageAct(
        "help",
        _("Ask the client for help"),
        forms.ReportForm,
        _report("help"),
        lambda summary, complaint, _user: (
            _accepted(summary)
            and complaint.creditor_id is not None
            and summary.unreasonable_agreed_on is not None
            and summary.help_asked_on is None
        ),
        script="client_help",
    ),
    PageAct(
        "escalate",
        _("To the next level"),
        forms.EscalateForm,
        _with(own.escalate, "reason", "level"),
        _accepted,
    ),
    PageAct(
        "correct",
        _("Correct case, client or collector"),
        forms.CorrectForm,
        lambda number, form, actor, at: correct(number, form.entry(), actor=actor, at=at),
        lambda summary, *_rest: summary.complaint_closed_on is None,
    ),
    PageAct(
        "more_time",
        _("More time by law"),
        forms.MoreTimeForm,
        _with(legal.more_time, "sort", "reason"),
        lambda summary, complaint, user: _accepted(summary) and legal.may_extend(complaint, user),
    ),
    PageAct(
        "extension_told",
        _("Tell the complainant of the extension"),
        forms.SaidForm,
        _with(legal.tell_extension, "way", "text"),
        lambda summary, *_rest: (
            _accepted(summary)
            and not summary.complainant_unreachable
            and summary.complaint_extensions > summary.complaint_extensions_told
        ),
    ),
    PageAct(
        "decide",
        _("Decide a point"),
        forms.DecideForm,
        lambda number, form, actor, at: close.decide_point(
            number,
            int(form.cleaned_data["point"]),
            result=form.cleaned_data["result"],
            text=form.cleaned_data["text"],
            actor=actor,
            at=at,
        ),
        lambda summary, *_rest: (
            _owned(summary) and summary.complaint_points > summary.complaint_points_decided
        ),
    ),
    PageAct(
        "reply",
        _("Tell the complainant the decision"),
        forms.SaidForm,
        _with(close.reply, "way", "text"),
        lambda summary, *_rest: (
            _owned(summary)
            and not summary.complainant_unreachable
            and summary.complaint_points == summary.complaint_points_decided
            and summary.complaint_replied_on is None
        ),
    ),
    PageAct(
        "close",
        _("Close it"),
        forms.CloseForm,
        _with(close.close, "result", "text", "lesson"),
        lambda summary, *_rest: _owned(summary) and _is_answered(summary),
    ),
    PageAct(
        "result",
        _("Report the result to the client"),
        forms.ReportForm,
        _report("result"),
        lambda summary, complaint, _user: (
            complaint.creditor_id is not None
            and summary.complaint_closed_on is not None
            and summary.result_reported_on is None
        ),
        script="client_result",
    ),
    PageAct(
        "paper",
        _("Add a document or recording"),
        forms.PaperForm,
        _paper,
        lambda _summary, _complaint, user: user.may(Right.HANDLE_COMPLAINTS),
    ),
)
BY_NAME = {act.name: act for act in ACTS}


def offered(complaint: Complaint, user: User, on: dt.date) -> list[PageAct]:
    """The acts that the page offers, as the complaint stands now.

    Whoever has an interest is offered nothing but the answer of their department; above the last
    level there is none to go to.
    """
    summary = complaint.summary
    found = [act for act in ACTS if act.when(summary, complaint, user)]
    if interest_of(user, complaint):
        return [act for act in found if act.name == "department_answer"]
    if summary.complaint_level >= len(levels(complaint, on)):
        found = [act for act in found if act.name != "escalate"]
    return found
