"""What every verb of this room does: find and lock the complaint, write, let all follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from huikuan.casebook import done, facts, packs
from huikuan.casebook.about import About
from huikuan.casebook.apart import plan_apart
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import (
    Act,
    Complaint,
    ComplaintEvent,
    ComplaintSummary,
    Notice,
    Task,
)
from huikuan.clocks.refresh import refresh as refresh_clocks
from huikuan.complaints.find import find, interest_of
from huikuan.complaints.sentences import MOST_LINE, MOST_TEXT, problem
from huikuan.engine.subjects import COMPLAINT
from huikuan.lib.problems import Problem
from huikuan.people import ranks, roles
from huikuan.people.models import User
from huikuan.people.rights import Right

Kind = ComplaintEvent.Kind


@dataclass(frozen=True, slots=True)
class Done:
    """The complaint after the act, or why nothing was written. `event`: what the act recorded."""

    complaint: Complaint | None
    event: ComplaintEvent | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        return self.event is not None


@dataclass(frozen=True, slots=True)
class Opened:
    """A complaint that is locked, with its facts, or why the actor does not write to it."""

    complaint: Complaint | None
    problems: tuple[Problem, ...] = ()

    @property
    def facts(self) -> ComplaintSummary:
        assert self.complaint is not None
        return ComplaintSummary.objects.get(pk=self.complaint.pk)


def opened(number: str, actor: User, *, closed_too: bool = False) -> Opened:
    """Locks the complaint for somebody who handles it: with the right, and without an interest.

    Nothing is written to a closed one; `closed_too`: what is done after the end, as the report of
    the result.
    """
    complaint = find(number, actor)
    if complaint is None:
        return Opened(None, (problem("complaint.unknown"),))
    if not actor.may(Right.HANDLE_COMPLAINTS):
        return Opened(complaint, (problem("complaint.right"),))

    interest = interest_of(actor, complaint)
    if interest:
        return Opened(complaint, (problem("complaint.interest", why=interest),))
    lock(complaint)
    if not closed_too and is_closed(complaint):
        return Opened(complaint, (problem("complaint.closed"),))
    return Opened(complaint)


def is_closed(complaint: Complaint) -> bool:
    """Whether it is over; asked of what happened, after the lock."""
    return complaint.events.filter(kind=Kind.CLOSED).exists()


def owner_of(complaint: Complaint) -> User | None:
    """Whom the last naming named, asked of what happened: the summary only repeats it."""
    named = complaint.events.filter(kind=Kind.OWNED).select_related("user")
    newest = named.order_by("-happened_at", "-pk").first()
    return newest.user if newest is not None else None


def level_role(complaint: Complaint) -> str:
    """The role that owns the level to which it was taken; empty before it was escalated."""
    escalated = complaint.events.filter(kind=Kind.ESCALATED).order_by("-level").first()
    return escalated.role if escalated is not None else ""


def title_of(role: str, complaint: Complaint) -> str:
    """A role as people call it."""
    return roles.titles(complaint.organisation_id).get(role, role)


def owned(number: str, actor: User) -> Opened:
    """The same for what the owner alone does, or somebody who stands above the owner."""
    found = opened(number, actor)
    if found.problems or found.complaint is None:
        return found

    summary = found.facts
    if summary.complaint_accepted_on is None:
        return Opened(found.complaint, (problem("complaint.not_accepted"),))

    owner = owner_of(found.complaint)
    if owner is None:
        return Opened(found.complaint, (problem("complaint.no_owner"),))
    role = level_role(found.complaint)
    if role and not may_do(role, owner):
        title = title_of(role, found.complaint)
        return Opened(found.complaint, (problem("complaint.level_owner", role=title),))
    if owner.pk != actor.pk and actor.rank <= owner.rank:
        return Opened(found.complaint, (problem("complaint.not_owner", name=str(owner)),))
    return found


def lock_case(number: str, actor: User) -> None:
    """The cases of its debtor, before the complaint's own row, as everywhere in the book."""
    complaint = find(number, actor)
    if complaint is not None and complaint.case is not None:
        lock_debtor(complaint.case)


def lock(complaint: Complaint) -> None:
    """Nobody else writes to the complaint until the transaction ends."""
    Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)


def columns(complaint: Complaint, act: Act, *, at: dt.datetime) -> dict[str, Any]:
    """What every row of a complaint has: whose it is, by which act, its local day, its moment."""
    return {
        "organisation_id": complaint.organisation_id,
        "creditor_id": complaint.creditor_id,
        "complaint": complaint,
        "act": act,
        "valid_on": day_of(complaint.organisation, at),
        "recorded_at": at,
    }


def event(
    complaint: Complaint, kind: str, act: Act, at: dt.datetime, **said: Any
) -> ComplaintEvent:
    """Writes what happened now. Whoever wrote all of its act calls `settle`."""
    given = columns(complaint, act, at=at)
    return ComplaintEvent.objects.create(**given, kind=kind, happened_at=at, **said)


def settle(complaint: Complaint, act: Act, at: dt.datetime) -> None:
    """Facts, deadlines and tasks follow what was written, in the same transaction.

    A task that is demanded no more was done where this act recorded what its step records. Else it
    is closed: a complaint that ends makes nothing done that nobody did.
    """
    facts.refresh_apart(COMPLAINT, [complaint.pk])
    refresh_clocks({"complaint": [complaint.pk]}, by=act, at=at)

    on = day_of(complaint.organisation, at)
    before = set(open_tasks(complaint).values_list("pk", flat=True))
    plan_apart("complaint", complaint.organisation, on, at=at, ids=[complaint.pk])
    recorded = set(complaint.events.filter(act=act).values_list("kind", flat=True))
    ended = Task.objects.filter(pk__in=before, status=Task.Status.CLOSED).select_related("step")
    keys = [task.pk for task in ended if recorded & _records(task)]
    were_done = Task.objects.filter(pk__in=keys)
    were_done.update(status=Task.Status.DONE, status_reason="recorded")
    done.remember(keys, at=at)


#: Words of a procedure for what has more than one kind of event.
_KINDS = {
    "promised": {Kind.PROMISED, Kind.PROMISED_AGAIN},
    "answered": {Kind.AGREED, Kind.REFUSED},
    "second_said": {Kind.UNREASONABLE_AGREED, Kind.UNREASONABLE_DENIED},
}


def _records(task: Task) -> set[str]:
    """The kinds of event by which the task is done, as its procedure says."""
    word = packs.step_of(task.pack_version_id, task.step.code).records
    return {str(kind) for kind in _KINDS.get(word, {word})}


def open_tasks(complaint: Complaint) -> Any:
    """What is to be done about the complaint now."""
    mine = Task.objects.filter(
        subject_id=complaint.pk, step__subject="complaint", status=Task.Status.OPEN
    )
    return mine.select_related("step").order_by("due_on", "pk")


def about(complaint: Complaint) -> About:
    """The complaint as documents and messages name it.

    Its case is not named: who sees a complaint is more than who sees its case, and less.
    """
    return About(
        "complaint",
        complaint.pk,
        complaint.organisation_id,
        complaint.creditor_id,
    )


def tell(complaint: Complaint, users: Iterable[User], what: str, at: dt.datetime) -> None:
    """A notice to people concerned.

    `what`: owner, taken, department, second, level, moved or received.
    """
    params = {"complaint": complaint.number, "what": what}
    notices = [
        Notice(user=user, kind=Notice.Kind.COMPLAINT, params=params, at=at) for user in users
    ]
    Notice.objects.bulk_create(notices)


def people_of_role(complaint: Complaint, role: str) -> list[User]:
    """Who works in the role, and has no interest in the complaint."""
    people = User.objects.of_role(role).with_roles()
    of_house = people.filter(organisation_id=complaint.organisation_id, is_active=True)
    return [user for user in of_house if not interest_of(user, complaint)]


def text_problems(text: str, column: str, *, most: int = MOST_TEXT) -> list[Problem]:
    """What is wrong with a text that is needed."""
    if not text.strip():
        return [problem("complaint.empty", column=column)]
    if len(text.strip()) > most:
        return [problem("complaint.long", column=column, most=most)]
    return []


def line_problems(text: str, column: str) -> list[Problem]:
    """The same of a line."""
    return text_problems(text, column, most=MOST_LINE)


def may_do(role: str, user: User) -> bool:
    """Whether the user may do what a role does."""
    return ranks.may_do(role, user)
