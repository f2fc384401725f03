"""A demand that seriously harms the house or its staff and blocks a solution: two people say so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.models import Complaint, ComplaintEvent
from huikuan.complaints.find import possible_owners
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    event,
    opened,
    owned,
    settle,
    tell,
    text_problems,
)
from huikuan.people.models import User


@transaction.atomic
def hold_unreasonable(
    number: str, *, reason: str, harms: bool, blocks: bool, actor: User, at: dt.datetime
) -> Done:
    """The handler holds the demand to be unreasonable, after a refusal, with a reason.

    Both must be so: it seriously harms the house or its staff, and it blocks a solution.
    """
    begun = owned(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    summary = begun.facts
    before = _last_held(complaint)
    if before is not None and _second_of(before) != Kind.UNREASONABLE_DENIED:
        return Done(complaint, problems=(problem("complaint.again"),))
    wrong = text_problems(reason, "reason")
    if summary.complaint_refusals == 0:
        wrong.append(problem("complaint.no_refusal"))
    if not (harms and blocks):
        lacking = "blocks" if harms else "harms"
        wrong.append(problem("complaint.harm", column=lacking))
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    act = journal.begin(actor, "complaints.unreasonable", at=at, reason=reason)
    held = event(complaint, Kind.UNREASONABLE, act, at, text=reason.strip())
    settle(complaint, act, at)
    second = [user for user in possible_owners(complaint) if user.pk != actor.pk]
    tell(complaint, second, "second", at)
    return Done(complaint, held)


@transaction.atomic
def second_word(number: str, *, agrees: bool, reason: str, actor: User, at: dt.datetime) -> Done:
    """A second person says whether the demand is unreasonable; never whoever held it to be."""
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    first = _last_held(complaint)
    if first is None:
        return Done(complaint, problems=(problem("complaint.not_unreasonable"),))
    if _second_of(first):
        return Done(complaint, problems=(problem("complaint.again"),))
    if first.act.actor_id == actor.pk:
        return Done(complaint, problems=(problem("complaint.second"),))
    wrong = text_problems(reason, "reason")
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    kind = Kind.UNREASONABLE_AGREED if agrees else Kind.UNREASONABLE_DENIED
    act = journal.begin(actor, "complaints.second_word", at=at, reason=reason)
    said = event(complaint, kind, act, at, text=reason.strip())
    settle(complaint, act, at)
    return Done(complaint, said)


def _last_held(complaint: Complaint) -> ComplaintEvent | None:
    """The last time that the demand was held to be unreasonable."""
    held = complaint.events.filter(kind=Kind.UNREASONABLE).select_related("act", "complaint")
    return held.order_by("-pk").first()


def _second_of(held: ComplaintEvent) -> str:
    """What the second person said of it; empty while nobody did."""
    both = (Kind.UNREASONABLE_AGREED, Kind.UNREASONABLE_DENIED)
    said = held.complaint.events.filter(kind__in=both, pk__gt=held.pk).first()
    return said.kind if said is not None else ""


@transaction.atomic
def explain(number: str, *, text: str, way: str, actor: User, at: dt.datetime) -> Done:
    """The rules of the house were explained to the complainant, and what was explained."""
    begun = owned(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)
    if begun.facts.unreasonable_agreed_on is None:
        return Done(complaint, problems=(problem("complaint.not_unreasonable"),))
    if begun.facts.rules_explained_on is not None:
        return Done(complaint, problems=(problem("complaint.again"),))
    wrong = text_problems(text, "text")
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    act = journal.begin(actor, "complaints.explain", at=at)
    told = event(complaint, Kind.EXPLAINED, act, at, text=text.strip(), way=way)
    settle(complaint, act, at)
    return Done(complaint, told)
