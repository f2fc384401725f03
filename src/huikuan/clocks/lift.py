"""A breach is lifted: by a person with the right, with a reason, where it is explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from huikuan.casebook import journal
from huikuan.casebook.models import Approval, ApprovalAnswer, Breach, Clock
from huikuan.clocks.access import interest_in, visible_clocks
from huikuan.clocks.sentences import MOST_REASON, problem
from huikuan.lib.problems import Problem
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Lifted:
    """The breach that was lifted, or why nothing was written."""

    breach: Breach | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call lifted it."""
        return self.breach is not None


@transaction.atomic
def lift(clock_id: int, *, reason: str, actor: User, at: dt.datetime) -> Lifted:
    """Lifts the breach of a clock that stands. Reports count it no more; it stays to be read.

    Only what is explained can be lifted: the program pardons nothing. Neither who entered what
    explains it may lift it, nor whoever answered for the clock.
    """
    clock = _locked(clock_id, actor)
    if clock is None:
        return Lifted(None, (problem("clock.unknown"),))
    breach = standing(clock_id)
    if breach is None:
        return Lifted(None, (problem("clock.no_breach"),))

    problems = tuple(_problems(breach, reason, actor))
    if problems:
        return Lifted(None, problems)

    breach.lifted_by = journal.begin(actor, "clocks.lift", at=at, reason=reason)
    breach.lifted_at = at
    breach.save(update_fields=["lifted_at", "lifted_by"])
    return Lifted(breach)


def _locked(clock_id: int, actor: User) -> Clock | None:
    """The clock, held until the end of the transaction; also one whose start was taken back."""
    seen = visible_clocks(actor, void_too=True).select_for_update(of=("self",))
    return seen.filter(pk=clock_id).first()


def standing(clock_id: int) -> Breach | None:
    """The breach of the clock that stands, where it has one."""
    of_clock = Breach.objects.filter(clock=clock_id, lifted_at=None)
    return of_clock.select_related("explained_by__actor").first()


def may_lift(breach: Breach, actor: User) -> bool:
    """Whether this user could lift it now, with a reason."""
    return next(_no_authority(breach, actor), None) is None


def _problems(breach: Breach, reason: str, actor: User) -> Iterator[Problem]:
    """What forbids it."""
    yield from _no_authority(breach, actor)
    if not reason.strip():
        yield problem("clock.lift_reason", column="reason")
    if len(reason.strip()) > MOST_REASON:
        yield problem("clock.reason_long", column="reason", most=MOST_REASON)


def _no_authority(breach: Breach, actor: User) -> Iterator[Problem]:
    """Whether it can be lifted, and by this user."""
    if not actor.may(Right.LIFT_BREACHES):
        yield problem("clock.lift_right")
        return
    interest = interest_in(breach.clock, actor)
    if interest:
        yield problem("clock.interest", why=interest)
        return
    if breach.explained_at is None:
        yield problem("clock.not_explained")
        return

    if breach.role in actor.role_codes:
        role = roles.titles(actor.organisation_id)[breach.role]
        yield problem("clock.lift_own_role", role=role)
    elif actor.pk in _entered_by(breach):
        yield problem("clock.lift_own_entry")


def _entered_by(breach: Breach) -> set[int]:
    """Whose doing the explanation is, by id: who entered it, and where it was asked for, who asked
    and everybody who agreed.
    """
    by = breach.explained_by
    if by is None:
        return set()

    # What a decision carries out is written in its moment, by who decided, under an act of its own.
    decided_then = Q(decided__actor=by.actor_id, decided__at=by.at)
    requests = Approval.objects.filter(decided_then, organisation_id=by.organisation_id)
    asking = requests.values_list("act__actor_id", flat=True)
    agreeing = ApprovalAnswer.objects.filter(approval__in=requests.values("pk"))
    agreed = agreeing.exclude(kind=ApprovalAnswer.Kind.SILENT)
    return {by.actor_id, *asking, *agreed.values_list("act__actor_id", flat=True)}
