"""Asking again for what was refused: not the same to the next in line, but with something new.

A request is the same when it is of the same kind and about the same thing, which the room of its
kind says (`RequestKind.same`), or for the same task. After a refusal, or a grant that was taken
back, it is asked for again only when something has happened on the case since, or other things are
asked for, and with a reason that was not given before. Whoever decides sees the earlier refusal
beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.approvals.sentences import problem
from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Approval,
    Case,
    CaseEvent,
    Charge,
    ContactRecord,
    Document,
    Hold,
    Item,
    Payment,
    Promise,
    Reversal,
    StatementEvent,
    Task,
)
from huikuan.casebook.together import covering
from huikuan.lib.problems import Problem
from huikuan.web import rooms

REJECTED = (Approval.Status.REFUSED, Approval.Status.TAKEN_BACK)

#: What may have happened on a case since. A note is not among it: whoever asks could write one.
HAPPENINGS: Mapping[str, type[models.Model]] = {
    "contact": ContactRecord,
    "promise": Promise,
    "payment": Payment,
    "reversal": Reversal,
    "charge": Charge,
    "item": Item,
    "hold": Hold,
    "event": CaseEvent,
    "document": Document,
    "statement": StatementEvent,
}
#: The request itself asks for less than before, or for something else.
OTHER_REQUEST = "request"
WORDS = {
    "contact": _("a contact"),
    "promise": _("a promise"),
    "payment": _("a payment"),
    "reversal": _("a payment taken back"),
    "charge": _("a charge"),
    "item": _("an item"),
    "hold": _("a hold"),
    "event": _("an event of the case"),
    "document": _("a document"),
    "statement": _("an event of a statement"),
    OTHER_REQUEST: _("what is asked for"),
}


class AskedAgain(ValueError):
    """The same was refused before, and nothing is new: a room that did not ask `against` first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is about to be asked for, as `approvals.ask.ask` takes it."""

    kind: str
    case: Case
    subject: Mapping[str, Any]
    reason: str
    amount_minor: int | None = None
    tasks: tuple[Task, ...] = ()

    def said(self) -> tuple[str, object]:
        """The reason as it is compared: without its spaces, and the contact that brought it."""
        return _plain(self.reason), self.subject.get("contact")


def earlier(wanted: Wanted) -> list[Approval]:
    """The same requests that were refused or whose grant was taken back, the newest first."""
    rows = Approval.objects.filter(case=wanted.case, kind=wanted.kind, status__in=REJECTED)
    if not wanted.tasks:
        same = rooms.requests()[wanted.kind].same
        names = [name for name in same if name in wanted.subject]
        rows = rows.filter(subject__contains={name: wanted.subject[name] for name in names})
    newest_first = rows.select_related("decided__actor", "taken_back__actor").order_by("-pk")
    if not wanted.tasks:
        return list(newest_first)

    # One task in common is enough: what was refused does not come again among others. A task that
    # is demanded anew is another occasion.
    asked = covering(wanted.tasks).items()
    return [before for before in newest_first if asked & before.covers.items()]


def against(wanted: Wanted) -> tuple[Problem, ...]:
    """Why this is not asked for again now. Nothing where it is asked for the first time."""
    before = earlier(wanted)
    if not before:
        return ()

    found = []
    if not changes(wanted, before[0]):
        found.append(_nothing_new(before[0]))
    if _was_said(wanted, before):
        found.append(problem("approval.same_reason", column="reason"))
    return tuple(found)


def changes(wanted: Wanted, before: Approval) -> list[str]:
    """Words of WORDS: what is new since the request was refused or its grant taken back."""
    since = rejected_at(before)
    found = []
    for word, model in HAPPENINGS.items():
        rows = model._default_manager.filter(case=wanted.case, recorded_at__gt=since)
        if rows.exists():
            found.append(word)
    if _asks_otherwise(wanted, before):
        found.append(OTHER_REQUEST)
    return found


def rejected_at(approval: Approval) -> dt.datetime:
    """When it was refused, or its grant taken back."""
    act = approval.taken_back or approval.decided
    assert act is not None  # each of REJECTED names its act
    return act.at


def rejection_reason(approval: Approval) -> str:
    """Why it was refused, or its grant taken back."""
    return approval.taken_back_reason or approval.decision_reason


def _asks_otherwise(wanted: Wanted, before: Approval) -> bool:
    """Whether other things are asked for, as the room of the kind says."""
    kind = rooms.requests()[wanted.kind]
    for name in kind.asks:
        if wanted.subject.get(name) != before.subject.get(name):
            return True

    if wanted.amount_minor is None or before.amount_minor is None:
        return False
    if kind.other_amount == "smaller":
        # More of what was refused is no other request: it would be worse.
        return abs(wanted.amount_minor) < abs(before.amount_minor)
    return kind.other_amount == "any" and wanted.amount_minor != before.amount_minor


def _was_said(wanted: Wanted, before: list[Approval]) -> bool:
    """Whether the reason is none, or one that was given before."""
    text, contact = wanted.said()
    if not text and contact is None:
        return True
    given = [(_plain(one.reason), one.subject.get("contact")) for one in before]
    return (text, contact) in given


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _nothing_new(before: Approval) -> Problem:
    """Who said no, when and why."""
    act = before.taken_back or before.decided
    assert act is not None
    code = "approval.nothing_new"
    if before.status == Approval.Status.TAKEN_BACK:
        code = "approval.nothing_new_since_grant"
    # The day on which people of the house saw it happen, not that of Greenwich.
    day = day_of(before.organisation, act.at)
    return problem(code, by=str(act.actor), day=day, reason=rejection_reason(before) or "—")
