"""Whoever is named appeals, which stops the penalty; somebody else decides (P4.7.2, P4.7.3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.models import Penalty
from huikuan.lib.problems import Problem
from huikuan.penalties.access import visible_penalties
from huikuan.penalties.propose import APPEAL_DAYS, APPEALS, LIMITS, SHARE, figure, standing_of
from huikuan.penalties.sentences import MOST_TEXT, problem
from huikuan.penalties.tell import tell_deciders, tell_named
from huikuan.penalties.wages import Deduction, deduction_problems
from huikuan.people.models import User
from huikuan.people.rights import Right

Status = Penalty.Status


@dataclass(frozen=True, slots=True)
class Changed:
    """The penalty as it now stands, or why nothing was changed."""

    penalty: Penalty | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call changed it."""
        return self.penalty is not None and not self.problems


@transaction.atomic
def appeal(penalty_id: int, *, text: str, actor: User, at: dt.datetime) -> Changed:
    """Appeals: until it is decided the penalty has no effect, also one that had it already."""
    penalty = _locked(penalty_id, actor)
    if penalty is None:
        return Changed(None, (problem("penalty.unknown"),))
    refused = _no_appeal(penalty, text, actor)
    if refused is not None:
        return Changed(penalty, (refused,))

    penalty.appealed = journal.begin(actor, "penalties.appeal", at=at, reason=text)
    penalty.appealed_at = at
    penalty.appeal = text.strip()[:MOST_TEXT]
    penalty.status = Status.APPEALED
    penalty.save(update_fields=["appealed", "appealed_at", "appeal", "status"])
    tell_deciders(penalty, at)
    return Changed(penalty)


@transaction.atomic
def decide(penalty_id: int, *, grant: bool, reason: str, actor: User, at: dt.datetime) -> Changed:
    """Brings the penalty into effect or drops it, and answers the appeal where there is one.

    Not before the days are over in which one may appeal; never by who proposed it or is named.
    """
    penalty = _locked(penalty_id, actor)
    if penalty is None:
        return Changed(None, (problem("penalty.unknown"),))
    refused = _no_decision(penalty, grant, reason, actor, at)
    if refused is not None:
        return Changed(penalty, (refused,))

    act = journal.begin(actor, "penalties.decide", at=at, reason=reason)
    if penalty.status == Status.APPEALED:
        penalty.answered = act
        penalty.appeal_answer = reason.strip()[:MOST_TEXT]
    penalty.decided = act
    penalty.decided_at = at
    penalty.decision = reason.strip()[:MOST_TEXT]
    penalty.status = Status.GRANTED if grant else Status.REFUSED
    penalty.save()
    tell_named(penalty, at)
    return Changed(penalty)


def appeal_until(penalty: Penalty) -> dt.datetime:
    """The moment until which whoever is named may appeal before it is decided."""
    days = figure(APPEALS, APPEAL_DAYS, penalty.breach) or 0
    return penalty.proposed_at + dt.timedelta(days=days)


def _locked(penalty_id: int, actor: User) -> Penalty | None:
    seen = visible_penalties(actor).select_for_update(of=("self",))
    return seen.filter(pk=penalty_id).first()


def _no_appeal(penalty: Penalty, text: str, actor: User) -> Problem | None:
    """Why this is no appeal."""
    if penalty.user_id != actor.pk:
        return problem("penalty.not_named")
    if penalty.status == Status.APPEALED:
        return problem("penalty.appealed")
    # An appeal that was answered is not brought again.
    if penalty.status == Status.REFUSED or penalty.answered_id is not None:
        return problem("penalty.over")
    if not text.strip():
        return problem("penalty.appeal_text", column="text")
    return None


def _not_the_decider(penalty: Penalty, actor: User) -> Problem | None:
    """Why somebody else decides this one."""
    if not actor.may(Right.DECIDE_PENALTIES):
        return problem("penalty.decide_right")
    if actor.pk in (penalty.act.actor_id, penalty.user_id):
        return problem("penalty.decide_own")
    if penalty.decided is not None and penalty.decided.actor_id == actor.pk:
        return problem("penalty.decide_again")
    return None


def _no_decision(
    penalty: Penalty, grant: bool, reason: str, actor: User, at: dt.datetime
) -> Problem | None:
    """Why it cannot be decided now, by this user."""
    refused = _not_the_decider(penalty, actor)
    if refused is not None:
        return refused
    if penalty.status not in (Status.PROPOSED, Status.APPEALED):
        return problem("penalty.over")

    until = appeal_until(penalty)
    if grant and penalty.status == Status.PROPOSED and at < until:
        zone = ZoneInfo(penalty.breach.clock.organisation.timezone)
        moment = until.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        return problem("penalty.appeal_open", moment=moment)
    if grant and penalty.kind == Penalty.Kind.DEDUCTION:
        refused = _above_law(penalty)
        if refused is not None:
            return refused
    needs_reason = not grant or penalty.status == Status.APPEALED
    if needs_reason and not reason.strip():
        return problem("penalty.decide_reason", column="reason")
    return None


def _above_law(penalty: Penalty) -> Problem | None:
    """Why a deduction that was lawful when it was proposed is not any more: others stand now."""
    given = Deduction(
        penalty.amount_minor,
        penalty.loss_minor,
        penalty.wage_minor,
        penalty.minimum_minor,
        penalty.clause,
    )
    standing = standing_of(penalty.user_id, penalty.month, other_than=penalty.pk)
    return next(deduction_problems(given, figure(LIMITS, SHARE, penalty.breach), standing), None)
