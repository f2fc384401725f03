"""Complaints: their list, requests for a concession, the history of a case, handing one over."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Approval, Complaint, ComplaintEvent, ComplaintProposal
from huikuan.complaints.day import lines_of
from huikuan.complaints.find import interest_in, visible_complaints
from huikuan.complaints.listed import name_index
from huikuan.complaints.propose import hindrance, interested
from huikuan.complaints.shown import masked
from huikuan.lib.money import format_minor
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import (
    CaseLink,
    Happening,
    Hit,
    RequestKind,
    Room,
    Row,
    Shown,
    SubjectDeadlines,
)

_RECEIVED = """
SELECT x.valid_on AS day, x.received_at AS at, x.act_id,
    jsonb_build_object('number', x.number, 'channel', x.channel) AS what
FROM casebook_complaint x
"""
_EVENTS = """
SELECT x.valid_on AS day, x.happened_at AS at, x.act_id,
    jsonb_build_object('number', x.number, 'kind', x.kind, 'result', x.result) AS what
FROM (
    SELECT e.*, q.number, q.case_id FROM casebook_complaintevent e
    JOIN casebook_complaint q ON q.id = e.complaint_id
    WHERE e.kind IN ('accepted', 'agreed', 'refused', 'escalated', 'replied', 'closed')
) x
"""


def _received(what: Row) -> Shown:
    channel = Complaint.Channel(what["channel"]).label
    title = gettext("Complaint {number} received: {channel}")
    return Shown(
        title.format(number=what["number"], channel=channel), icon="message-report", tone="warn"
    )


def _happened(what: Row) -> Shown:
    title = gettext("Complaint {number}: {event}").format(
        number=what["number"], event=ComplaintEvent.Kind(what["kind"]).label
    )
    text = ""
    if what["result"]:
        text = str(ComplaintEvent.Result(what["result"]).label)
    return Shown(title, text=text, icon="message-report")


def _asked(subject: Row) -> Iterator[str]:
    """`waiver · complaint TS-20261123-7 · proposal 2`."""
    sorts = dict(ComplaintProposal.Sort.choices)
    word = subject.get("sort") or ""
    yield str(sorts.get(word, word))
    yield gettext("complaint {number}").format(number=subject.get("complaint", "—"))
    yield gettext("proposal {number}").format(number=subject.get("proposal", "—"))
    if subject.get("alone"):
        # The amount of the request is the sum of what stands; this is the part that is new.
        added = format_minor(subject["alone"], subject.get("currency") or "CNY")
        yield gettext("new: {amount}").format(amount=added)


def _waiting(user: Any) -> QuerySet[Complaint] | None:
    """Open complaints, for whoever handles them; nobody else pays for the question."""
    if not user.may(Right.HANDLE_COMPLAINTS):
        return None
    return visible_complaints(user).filter(summary__complaint_closed_on=None)


def _search(user: Any, word: str, most: int) -> Iterator[Hit]:
    """Complaints by their number or the whole name of the complainant: never one that the user
    does not see, and the name only masked.
    """
    if user.is_client:
        # Who complained is no matter of a client: it finds its complaints in the list.
        return
    by_name = Q(name_index=name_index(word)) if word.strip() else Q()
    found = visible_complaints(user).filter(Q(number__istartswith=word) | by_name)
    for complaint in found.order_by("-received_at", "-pk")[:most]:
        address = reverse("complaints:complaint", args=[complaint.number])
        text = f"{gettext('Complaint')} · {masked(complaint)}"
        yield Hit(complaint.number, text, address)


ROOM = Room(
    addresses="complaints/",
    entries=(
        Entry(
            _("Complaints"),
            "complaints:list",
            key="j",
            icon="message-report",
            count=_waiting,
            order=45,
        ),
    ),
    requests=(
        RequestKind(
            kind=Approval.Kind.COMPLAINT,
            decides=Right.HANDLE_COMPLAINTS,
            decide="complaints:decide",
            withdraw="complaints:withdraw",
            words=_asked,
            sort="sort",
            same=("complaint", "sort"),
            other_amount="smaller",
            interested=interested,
            hindrance=hindrance,
        ),
    ),
    searches=(_search,),
    happenings=(
        Happening(kind="complaint", rows=_RECEIVED, shown=_received),
        Happening(kind="complaint_event", rows=_EVENTS, shown=_happened),
    ),
    day_lines=lines_of,
    deadlines=(
        SubjectDeadlines(
            subject="complaint",
            visible=visible_complaints,
            interest=interest_in,
            is_extended_there=True,
        ),
    ),
    case_links=(
        CaseLink(
            label=_("Hand over a complaint"),
            hint=_("Hand over a complaint"),
            url_name="complaints:hand_over",
            icon="message-report",
            right=Right.RECORD_CONTACTS,
            place="acts",
            order=50,
        ),
        # What the debtor complains of is written down while they say it; the talk stays open.
        CaseLink(
            label=_("Hand over a complaint"),
            hint=_("Hand over a complaint"),
            url_name="complaints:hand_over",
            icon="message-report",
            right=Right.RECORD_CONTACTS,
            place="call",
            order=50,
        ),
    ),
)
