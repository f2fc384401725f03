"""A penalty is proposed for a missed deadline, by a person, with reason and evidence (P4.7.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Min, QuerySet, Sum

from huikuan.casebook import journal
from huikuan.casebook.models import Breach, Penalty
from huikuan.casebook.pack_lists import list_in_force
from huikuan.clocks.access import visible_clocks
from huikuan.lib.problems import Problem
from huikuan.penalties.sentences import MOST_TEXT, problem
from huikuan.penalties.tell import tell_named
from huikuan.penalties.wages import CURRENCY, Deduction, Standing, deduction_problems
from huikuan.people.models import User
from huikuan.people.rights import Right

#: The list of the procedure with the limits of a deduction, and the days in which one may appeal.
LIMITS = "deductions"
SHARE = "share"
APPEALS = "appeals"
APPEAL_DAYS = "days"


@dataclass(frozen=True, slots=True)
class ProposalEntry:
    """Who is named, which penalty, why, and what shows it."""

    user_id: int
    kind: str
    reason: str
    evidence: str
    deduction: Deduction = field(default_factory=Deduction)


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposal, or why there is none."""

    penalty: Penalty | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call proposed it."""
        return self.penalty is not None


@transaction.atomic
def propose(breach_id: int, entry: ProposalEntry, *, actor: User, at: dt.datetime) -> Proposed:
    """Proposes the penalty and tells whoever is named. It has no effect before it is decided."""
    seen = Breach.objects.filter(clock__in=visible_clocks(actor, void_too=True))
    held = seen.select_for_update(of=("self",)).select_related("clock__organisation")
    breach = held.filter(pk=breach_id).first()
    if breach is None:
        return Proposed(None, (problem("penalty.breach"),))
    if not actor.may(Right.PROPOSE_PENALTIES):
        return Proposed(None, (problem("penalty.right"),))

    # Two deductions from one wage, proposed at once, wait for each other here.
    named = candidates(breach).select_for_update(of=("self",)).filter(pk=entry.user_id).first()
    problems = tuple(_problems(breach, named, entry, actor))
    if problems or named is None:
        return Proposed(None, problems)
    # Also one that was dropped: whoever was heard once is not named for the same again.
    if Penalty.objects.filter(breach=breach, user=named).exists():
        return Proposed(None, (problem("penalty.before"),))

    penalty = _write(breach, named, entry, actor, at)
    tell_named(penalty, at)
    return Proposed(penalty)


def candidates(breach: Breach) -> QuerySet[User]:
    """Those who answered for the deadline: people of its role in the house."""
    people = User.objects.of_role(breach.role).filter(
        organisation_id=breach.clock.organisation_id, is_active=True
    )
    return people.exclude(username__startswith="service.").order_by("username")


def figure(name: str, code: str, breach: Breach) -> int | None:
    """A figure of the procedure in force on the day that was missed."""
    zone = ZoneInfo(breach.clock.organisation.timezone)
    on = breach.due_at.astimezone(zone).date()
    creditor_id = breach.clock.creditor_id
    if creditor_id is None:
        return None
    listed = list_in_force(name, creditor_id=creditor_id, on=on)
    entry = listed.entry(code) if listed is not None else None
    return entry.value if entry is not None else None


def month_of(breach: Breach) -> dt.date:
    """First day of the month on whose sheet a penalty for it stands."""
    zone = ZoneInfo(breach.clock.organisation.timezone)
    return breach.due_at.astimezone(zone).date().replace(day=1)


def standing_of(user_id: int, month: dt.date, other_than: int = 0) -> Standing:
    """What is deducted from this wage in the month by what was not dropped; `other_than`: id
    of a penalty that is left out.
    """
    deductions = Penalty.objects.filter(
        user_id=user_id,
        month=month,
        kind=Penalty.Kind.DEDUCTION,
        breach__lifted_at=None,
    )

    counted = deductions.exclude(status=Penalty.Status.REFUSED).exclude(pk=other_than)
    found = counted.aggregate(
        amount=Sum("amount_minor"), wage=Min("wage_minor"), minimum=Max("minimum_minor")
    )
    return Standing(found["amount"] or 0, found["wage"], found["minimum"])


def _problems(
    breach: Breach, named: User | None, entry: ProposalEntry, actor: User
) -> Iterator[Problem]:
    """What forbids it, all at once."""
    if breach.lifted_at is not None or breach.explained_at is not None:
        yield problem("penalty.lifted")
        return
    if breach.penalty is None:
        yield problem("penalty.none")
        return

    if named is None:
        yield problem("penalty.person", column="user")
    elif named.pk == actor.pk:
        yield problem("penalty.self", column="user")
    yield from _wrong_words(entry)

    if entry.kind == Penalty.Kind.DEDUCTION:
        share = figure(LIMITS, SHARE, breach)
        standing = Standing()
        if named is not None:
            standing = standing_of(named.pk, month_of(breach))
        yield from deduction_problems(entry.deduction, share, standing)
    elif entry.kind != breach.penalty["kind"]:
        yield problem("penalty.kind", column="kind")


def _wrong_words(entry: ProposalEntry) -> Iterator[Problem]:
    """What is missing or too long of reason and evidence."""
    if not entry.reason.strip():
        yield problem("penalty.reason", column="reason")
    if not entry.evidence.strip():
        yield problem("penalty.evidence", column="evidence")
    for name in ("reason", "evidence"):
        if len(getattr(entry, name).strip()) > MOST_TEXT:
            yield problem("penalty.long", column=name, most=MOST_TEXT)


def _write(
    breach: Breach, named: User, entry: ProposalEntry, actor: User, at: dt.datetime
) -> Penalty:
    """The proposal, on the sheet of the month in which the deadline was missed."""
    clock = breach.clock
    assert (
        clock.creditor_id is not None
    )  # no procedure proposes a penalty for a stranger's complaint
    act = journal.begin(actor, "penalties.propose", at=at, reason=entry.reason)
    penalty = Penalty(
        organisation_id=clock.organisation_id,
        creditor_id=clock.creditor_id,
        act=act,
        breach=breach,
        user=named,
        kind=entry.kind,
        reason=entry.reason.strip(),
        evidence=entry.evidence.strip(),
        proposed_at=at,
        month=month_of(breach),
    )

    if entry.kind == Penalty.Kind.DEDUCTION:
        given = entry.deduction
        penalty.currency = CURRENCY
        penalty.amount_minor = given.amount_minor
        penalty.loss_minor = given.loss_minor
        penalty.wage_minor = given.wage_minor
        penalty.minimum_minor = given.minimum_minor
        penalty.clause = given.clause.strip()[:MOST_TEXT]
    elif breach.penalty is not None:
        penalty.points = breach.penalty.get("points", 0)

    penalty.save()
    return penalty
