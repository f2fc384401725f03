"""Starting a call: the gate's decision is kept, and the number and name that the caller needs are shown and recorded as seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.approvals.step import Outside
from huikuan.casebook import journal, spent
from huikuan.casebook.models import (
    Act,
    Case,
    ContactPoint,
    GateDecision,
    PhoneCall,
    Reveal,
    Spent,
)
from huikuan.casebook.open_steps import open_steps
from huikuan.casebook.sealed import unseal
from huikuan.contacts.moment import local_time
from huikuan.gate import reserve
from huikuan.gate.check import check
from huikuan.gate.purpose import at_point, target_of
from huikuan.lib import phones
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right

VERB = "contacts.start"
NO_CALL = "contacts.no_call"
STYLE = "interactive"
#: A call that began earlier is not under way any more.
LONGEST = dt.timedelta(hours=4)


@dataclass(frozen=True)
class Started:
    """`number` is empty where nothing may be dialled: then the call can only be recorded as one that
    took place all the same. `problem`: an approval is missing, whatever the gate says."""

    decision: GateDecision
    number: str
    problem: Problem | None = None

    @property
    def allowed(self) -> bool:
        return self.decision.allowed and self.problem is None

    @property
    def dialled(self) -> str:
        """For a tel: link; an extension is dialled after a pause."""
        return self.number.replace(phones.EXTENSION_MARK, ",")

    @property
    def readable(self) -> str:
        number, extension = phones.split_stored(self.number)
        return phones.display(number, extension) if number else ""


@transaction.atomic
def start(case: Case, point: ContactPoint, *, actor: User, at: dt.datetime, key: str) -> Started:
    """Asks the gate and keeps its answer. The same `key` again, from a double click or a page that was loaded anew, gives the
    call that was started, unless its permission has grown old before anybody dialled. Raises PermissionError."""
    reserve.lock(case)
    if not actor.may(Right.RECORD_CONTACTS):
        raise PermissionError(VERB)
    on = local_time(at, case.person, case.organisation).date()
    steps = open_steps(case, "call", on)
    lacking = Outside(case, "call", target_of(point, "call"), on, steps).hindrance(actor)
    mine = Act.objects.filter(
        actor=actor, verb=VERB, request_id=key, organisation_id=case.organisation_id
    )
    before = mine.order_by("-at").first() if key else None
    decision = _of(before, case, point) if before else None
    if decision is not None and spent.did_not_take_place(decision):
        decision = None
    if decision is not None and not (reserve.fresh(decision, at) or _under_way(decision, at)):
        decision = None
    if decision is not None:
        may_dial = decision.allowed and lacking is None
        return Started(decision, unseal(point.value_sealed) if may_dial else "", lacking)

    purpose = at_point(steps.values(), point, "call")
    decision = check(case, point, "call", actor=actor, at=at, style=STYLE, purpose=purpose)
    act = journal.begin(actor, VERB, at=at, reason="call", request_id=key)
    if not decision.allowed or lacking is not None:
        return Started(decision, "", lacking)

    seen = [("point", point.pk), ("name", case.person_id)]
    Reveal.objects.bulk_create(
        Reveal(act=act, case=case, field=field, subject_id=pk) for field, pk in seen
    )
    return Started(decision, unseal(point.value_sealed))


def without_record(
    case: Case, point: ContactPoint, actor: User, at: dt.datetime
) -> GateDecision | None:
    """The decision of the last call to this number that the user began and did not record.

    None where there is none, or where it began too long ago to be recorded as what it was.
    """
    begun = Act.objects.filter(
        actor=actor, verb=VERB, at__gt=at - LONGEST, organisation_id=case.organisation_id
    )
    shown = Reveal.objects.filter(case=case, field="point", subject_id=point.pk, act__in=begun)
    last = shown.select_related("act").order_by("-act__at").first()
    if last is None:
        return None

    decision = _of(last.act, case, point)
    if decision is None or not spent.may_be_recorded(decision):
        return None
    return decision


@transaction.atomic
def did_not_take_place(
    case: Case, point: ContactPoint, *, actor: User, at: dt.datetime
) -> GateDecision | None:
    """Uses up the permission of the call that was begun, so that nobody waits for its record.

    None where no call waits for one, or where the line knows that it took place.
    """
    reserve.lock(case)
    decision = without_record(case, point, actor, at)
    if decision is None or not spent.may_be_dialled(decision):
        return None

    act = journal.begin(actor, NO_CALL, at=at, reason="call")
    spent.spend(decision, Spent.Kind.NO_CALL, act.pk, actor=actor, at=at)
    return decision


def resumed(decision: GateDecision, point: ContactPoint) -> Started:
    """The call that was begun, to be recorded: nothing is asked of the gate and nobody is dialled."""
    return Started(decision, unseal(point.value_sealed))


def _under_way(decision: GateDecision, at: dt.datetime) -> bool:
    """Whether it was dialled and is not recorded yet. Nobody talks from one day to the next."""
    calls = PhoneCall.objects.filter(case_id=decision.case_id, decision=decision, contact=None)
    return calls.filter(started_at__gt=at - LONGEST).exists()


def _of(act: Act, case: Case, point: ContactPoint) -> GateDecision | None:
    """The decision that was kept when this act began."""
    mine = GateDecision.objects.filter(
        case=case, point_id=point.pk, channel="call", at=act.at, act__actor_id=act.actor_id
    )
    return mine.select_related("act").order_by("-pk").first()
