"""Documents of a complaint: a letter, a regulator's notice, a screenshot, or where a recording is.

A document is kept with the complaint, encrypted; to look at it wants a reason. Of a recording that
another system keeps its address is written down, as part of what happened.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Complaint
from huikuan.complaints.sentences import MOST_LINE, problem
from huikuan.complaints.write import Done, Kind, about, event, opened, settle
from huikuan.documents import kinds
from huikuan.documents.store import NewDocument, store
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.people.models import User


@dataclass(frozen=True, slots=True)
class Link:
    """Where something is that another system keeps."""

    address: str
    note: str


@transaction.atomic
def keep(number: str, new: NewDocument, *, actor: User, at: dt.datetime) -> Done:
    """Keeps a document with the complaint, also with one that is closed.

    The same bytes a second time are the document that is there.
    """
    begun = opened(number, actor, closed_too=True)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)
    if new.kind not in kinds.OF_COMPLAINTS:
        return Done(complaint, problems=(problem("complaint.paper_kind", column="kind"),))

    act = journal.begin(actor, "complaints.keep_paper", at=at)
    on = day_of(complaint.organisation, at)
    try:
        document = store(new, subject=about(complaint), act=act, on=on, at=at)
    except Refusal as refusal:
        transaction.set_rollback(True)
        return Done(complaint, problems=(refusal.problem.at(column="file"),))
    if document.act_id != act.pk:
        transaction.set_rollback(True)
        return Done(complaint, problems=(problem("complaint.again"),))

    text = f"{kinds.title_of(new.kind)}: {new.name}"
    kept = event(complaint, Kind.PAPER, act, at, text=text)
    settle(complaint, act, at)
    return Done(complaint, kept)


@transaction.atomic
def link(number: str, address: str, *, note: str, actor: User, at: dt.datetime) -> Done:
    """Writes down where a recording is, with a word what is heard there."""
    begun = opened(number, actor, closed_too=True)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)
    wrong = _link_problems(address, note)
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    text = f"{address.strip()} {note.strip()}".strip()
    if complaint.events.filter(kind=Kind.LINKED, text=text).exists():
        return Done(complaint, problems=(problem("complaint.again"),))

    act = journal.begin(actor, "complaints.link", at=at)
    linked = event(complaint, Kind.LINKED, act, at, text=text)
    settle(complaint, act, at)
    return Done(complaint, linked)


def _link_problems(address: str, note: str) -> list[Problem]:
    """An address of the web and nothing else: a page makes a link of it."""
    given = address.strip()
    parts = urlsplit(given)
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    if not is_web or any(letter.isspace() for letter in given):
        return [problem("complaint.address", column="link")]

    if len(given) > MOST_LINE or len(note.strip()) > MOST_LINE:
        return [problem("complaint.long", column="link", most=MOST_LINE)]
    return []


def links_of(complaint: Complaint) -> list[Link]:
    """The addresses that were written down, the newest first."""
    events = complaint.events.filter(kind=Kind.LINKED).order_by("-happened_at", "-pk")
    found = []
    for each in events:
        address, _space, note = each.text.partition(" ")
        found.append(Link(address, note))
    return found
