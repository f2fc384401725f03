"""What the house tells a user: cases to allocate, cases received, clocks missed, requests and their decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.approvals.about import AboutStep, about_steps
from huikuan.approvals.shown import RELATED, what
from huikuan.casebook.access import visible_cases
from huikuan.casebook.act_names import name_of
from huikuan.casebook.models import Approval, CaseNote, LookUp, Notice, Penalty
from huikuan.clocks.access import visible_clocks
from huikuan.complaints.find import visible_complaints
from huikuan.desk import clock
from huikuan.lib.money import format_minor
from huikuan.lib.names import listed_name
from huikuan.lib.problems import gettext_noop
from huikuan.web.access import require_right
from huikuan.web.asked import number_in
from huikuan.web.paging import numbered
from huikuan.web.templatetags.huikuan_facts import in_language

SIZE = 50
#: Characters of an answer that a notice repeats; all of it stands on the case.
_SHOWN = 200


#: What a notice about a batch says, its icon and its tone.
_OF_BATCHES = {
    Notice.Kind.ARRIVED: (
        gettext_noop("Batch {number} of {creditor} has arrived: fetch it"),
        "inbox",
        "info",
    ),
    Notice.Kind.TO_IMPORT: (
        gettext_noop("Batch {number} of {creditor} is fetched: import it"),
        "file-import",
        "info",
    ),
    Notice.Kind.NAMED: (
        gettext_noop("You were named to handle batch {number} of {creditor}"),
        "user-check",
        "warn",
    ),
}

#: What a notice about a filtering says.
_OF_FILTERS = {
    "lead": gettext_noop("{who} filtered case {case} and reports it to you"),
    "differed": gettext_noop(
        "{who} looked at case {case} again and found it filtered otherwise than it should be:"
        " filter it anew"
    ),
    "answered": gettext_noop("The client has answered for case {case}: filter it anew"),
}


@dataclass(frozen=True)
class Told:
    """A notice in words, with the address it speaks of ("" when there is none for this user)."""

    notice: Notice
    text: str
    href: str
    icon: str
    tone: str


def unread(user: Any) -> QuerySet[Notice]:
    """The notices that the user has not read; from a partial index."""
    return Notice.objects.filter(user_id=user.pk, read_at__isnull=True)


@require_right()
def notice_page(request: HttpRequest) -> HttpResponse:
    """What the house tells the user, the newest in front."""
    user: Any = request.user
    page = numbered(request, Notice.objects.filter(user=user).order_by("-at", "-pk"), SIZE)
    context = {
        "told": _in_words(user, list(page.object_list)),
        "page": page,
        "unread": unread(user).count(),
    }
    return render(request, "desk/notices.html", context)


@require_right()
def notice_open(request: HttpRequest, notice: int) -> HttpResponse:
    """Leads to what the notice speaks of. Whoever goes there has seen it."""
    user: Any = request.user
    mine = Notice.objects.filter(user=user, pk=notice)
    found = list(mine)
    if not found:
        raise Http404
    mine.filter(read_at=None).update(read_at=clock.now())
    (told,) = _in_words(user, found)
    return redirect(told.href or "notices")


def _in_words(user: Any, notices: list[Notice]) -> list[Told]:
    """The notices as the user reads them now."""
    clocks = _clocks(user, notices)
    cases = _cases(user, notices)
    requests = _requests(notices, cases)
    complaints = _complaints(user, notices)
    answers = _answers(notices, cases)
    return [
        _of_complaint(notice, complaints)
        if notice.kind == Notice.Kind.COMPLAINT
        else _told(notice, clocks, cases, requests, answers)
        for notice in notices
    ]


@require_right(methods=("POST",))
def notices_read(request: HttpRequest) -> HttpResponse:
    """Marks one notice (`id`) or all of the user's as read; a second time changes nothing."""
    mine = Notice.objects.filter(user=request.user, read_at__isnull=True)  # type: ignore[misc]
    if chosen := number_in(request.POST.get("id")):
        mine = mine.filter(pk=chosen)
    mine.update(read_at=clock.now())
    return redirect("notices")


def _clocks(user: Any, notices: list[Notice]) -> set[int]:
    """The clocks that notices speak of and the user may look at."""
    named = {notice.params.get("clock") for notice in notices}
    ids = {key for key in named if isinstance(key, int)}
    if not ids:
        return set()
    return set(visible_clocks(user, void_too=True).filter(pk__in=ids).values_list("pk", flat=True))


def _cases(user: Any, notices: list[Notice]) -> set[str]:
    numbers = {notice.params.get("case", "") for notice in notices} - {""}
    found: set[str] = set()
    if numbers:
        found = set(visible_cases(user).filter(number__in=numbers).values_list("number", flat=True))
    return found


def _complaints(user: Any, notices: list[Notice]) -> set[str]:
    """Numbers of the complaints that notices speak of and the user may look at."""
    numbers = {notice.params.get("complaint", "") for notice in notices} - {""}
    if not numbers:
        return set()
    seen = visible_complaints(user).filter(number__in=numbers)
    return set(seen.values_list("number", flat=True))


def _of_complaint(notice: Notice, complaints: set[str]) -> Told:
    """What somebody is to do about a complaint."""
    texts = {
        "received": _("Complaint {number} was handed over by a collector"),
        "owner": _("Complaint {number} is yours"),
        "department": _("Complaint {number}: your department is asked"),
        "second": _("Complaint {number}: a second person says whether the demand is unreasonable"),
        "level": _("Complaint {number} has come to your level"),
        "taken": _("Complaint {number} has another owner now"),
        "moved": _("Complaint {number}: a later time of reply was told"),
    }
    number = notice.params.get("complaint", "")
    href = ""
    if number in complaints:
        href = reverse("complaints:complaint", args=[number])
    text = texts[notice.params["what"]].format(number=number)
    return Told(notice, text, href, "message-report", "warn")


def _requests(notices: list[Notice], cases: set[str]) -> dict[int, tuple[str, str]]:
    """Id of a request that notices speak of → what was asked for, of whom, over what sum; and who
    decided it. Of cases that the user sees.
    """
    named = {notice.params.get("approval") for notice in notices}
    ids = {key for key in named if isinstance(key, int)}
    if not ids:
        return {}

    known = Approval.objects.filter(pk__in=ids, case__number__in=cases)
    listed = list(known.select_related(*RELATED))
    about = about_steps(listed)
    return {each.pk: (_request(each, about.get(each.pk)), _decider(each)) for each in listed}


def _request(approval: Approval, about: AboutStep | None) -> str:
    """`Step of a procedure · Lock deliveries · INV-1, open ¥600.00 · Firm · case number`."""
    assert approval.case is not None  # requests without a case are not among those of seen cases
    parts = [what(approval, about)]
    if approval.amount_minor is not None and (about is None or about.open_minor is None):
        language = get_language() or "zh-hans"
        parts.append(format_minor(approval.amount_minor, approval.currency, language))
    person = approval.case.person
    parts += [listed_name(person.name, person.kind), approval.case.number]
    return " · ".join(parts)


def _decider(approval: Approval) -> str:
    act = approval.taken_back or approval.decided
    return "" if act is None else str(act.actor)


def _answers(notices: list[Notice], cases: set[str]) -> dict[int, str]:
    """Id of a note that notices speak of → its text, of cases that the user sees."""
    named = {notice.params.get("note") for notice in notices}
    ids = {key for key in named if isinstance(key, int)}
    if not ids:
        return {}
    return dict(
        CaseNote.objects.filter(pk__in=ids, case__number__in=cases).values_list("pk", "text")
    )


def _told(
    notice: Notice,
    clocks: set[int],
    cases: set[str],
    requests: dict[int, tuple[str, str]],
    answers: dict[int, str],
) -> Told:
    given = notice.params
    if given.get("case") and given["case"] not in cases:
        # It went to somebody else since, or the user's own place changed: nothing of it is told.
        return Told(
            notice, _("A notice about a case that you do not see now"), "", "lock", "neutral"
        )

    case = reverse("case", args=[given["case"]]) if given.get("case") else ""
    key = given.get("clock")
    if isinstance(key, int) and key not in clocks:
        given = {**given, "number": "—"}
    deadline = reverse("clocks:clock", args=[key]) if key in clocks else ""
    if notice.kind == Notice.Kind.TO_ALLOCATE:
        text = _("{n} cases of batch {number} wait for allocation").format(
            n=given.get("cases", ""), number=given.get("number", "")
        )
        return Told(notice, text, _address("allocation:proposals"), "users", "info")
    if notice.kind == Notice.Kind.ALLOCATED:
        text = _("{n} cases were allocated to you on {day}").format(
            n=given.get("cases", ""), day=given.get("on", "")
        )
        return Told(notice, text, _address("filtering:list"), "folders", "good")
    if notice.kind == Notice.Kind.BREACH:
        text = _("Deadline missed: {what}, {number}").format(
            what=in_language(given.get("title")), number=given.get("number", "")
        )
        return Told(notice, text, deadline, "clock-exclamation", "bad")
    if notice.kind == Notice.Kind.EXPLAINED:
        text = _("Missed deadline explained, to be lifted: {what}, {number}").format(
            what=in_language(given.get("title")), number=given.get("number", "")
        )
        return Told(notice, text, deadline, "clock", "warn")
    if notice.kind in _OF_BATCHES:
        words, icon, tone = _OF_BATCHES[Notice.Kind(notice.kind)]
        text = _(words).format(number=given.get("number", ""), creditor=given.get("creditor", ""))
        return Told(notice, text, _batch(given), icon, tone)
    if notice.kind == Notice.Kind.LOOK_UP:
        text = _("Look-up for case {case}: {status}").format(
            case=given.get("case", ""), status=_label(LookUp.Status, given.get("status", ""))
        )
        address = reverse("look_ups:look_up", args=[given.get("look_up", 0)])
        return Told(notice, text, address, "user-search", "info")
    if notice.kind == Notice.Kind.PENALTY:
        text = _("Penalty for {who} ({kind}): {status}").format(
            who=given.get("who", ""),
            kind=_label(Penalty.Kind, given.get("kind", "")),
            status=_label(Penalty.Status, given.get("status", "")),
        )
        address = reverse("penalties:penalty", args=[given.get("penalty", 0)])
        return Told(notice, text, address, "scale", "warn")
    if notice.kind == Notice.Kind.CALLED_ON:
        text = _("{who} asks you to look at your new cases: {n} allocated on {day}").format(
            who=given.get("by", ""), n=given.get("cases", ""), day=given.get("on", "")
        )
        return Told(notice, text, _address("filtering:list"), "bell", "warn")
    if notice.kind == Notice.Kind.FILTER:
        text = _(_OF_FILTERS[given.get("what", "lead")])
        text = text.format(case=given.get("case", ""), who=given.get("by", ""))
        address = reverse("filtering:case", args=[given["case"]]) if given.get("case") else ""
        return Told(notice, text, address, "filter", "warn")
    if notice.kind == Notice.Kind.ANSWERED:
        text = _(
            "Case {case}: the debtor has answered your mail; the answer is among its documents"
        )
        return Told(notice, text.format(case=given.get("case", "")), case, "mail", "info")
    if notice.kind == Notice.Kind.UNAPPROVED:
        text = _("{channel} of case {case}: it took place without its approval").format(
            channel=name_of(given.get("channel", "")),
            case=given.get("case", ""),
        )
        return Told(notice, text, case, "alert-triangle", "bad")
    if "step" in given:
        return _answered(notice, case, answers)
    plain = _("{what} for case {case}").format(
        what=_label(Approval.Kind, given.get("kind", "")), case=given.get("case", "")
    )
    asked, by = requests.get(given.get("approval", 0), (plain, ""))
    if notice.kind == Notice.Kind.APPROVAL:
        text = _("{what}: waits for your decision").format(what=asked)
        return Told(notice, text, _address("approvals:inbox") or case, "checklist", "warn")
    status = _label(Approval.Status, given.get("status", ""))
    text = _("{what}: {status}").format(what=asked, status=status)
    if by:
        text = _("{what}: {status} by {who}").format(what=asked, status=status, who=by)
    return Told(
        notice,
        text,
        case,
        "checklist",
        "good" if given.get("status") == Approval.Status.GRANTED else "neutral",
    )


def _answered(notice: Notice, case: str, answers: dict[int, str]) -> Told:
    """What somebody else did about what the user heard in a talk."""
    given = notice.params
    # A notice of an older book repeats the words.
    answer = answers.get(given.get("note", 0), given.get("answer", ""))
    parts = (in_language(given["step"]), given["about"], given["case"])
    text = _("{who} answered “{task}”: {answer}").format(
        who=given["by"], task=" · ".join(filter(None, parts)), answer=answer[:_SHOWN]
    )
    return Told(notice, text, case, "message", "info")


def _batch(given: Mapping[str, Any]) -> str:
    """The page of the batch; a role that does not open it is told so there."""
    return reverse("intake:placement", args=[given["number"]]) if given.get("number") else ""


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
