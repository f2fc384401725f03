"""The data centre works a look-up: submitted the same day, confirmed by telephone, answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import Act, Case, ContactPoint, LookUp, LookUpEvent
from huikuan.clocks.refresh import refresh
from huikuan.contacts.points import NewPoint, learn, spelled
from huikuan.lib.problems import Problem
from huikuan.look_ups.access import visible_look_ups
from huikuan.look_ups.sentences import MOST_PERSON, MOST_TEXT, problem
from huikuan.look_ups.tell import tell_asker
from huikuan.look_ups.words import BASES, entry_of
from huikuan.people.models import User
from huikuan.people.rights import Right

Kind = LookUpEvent.Kind


@dataclass(frozen=True, slots=True)
class Worked:
    """What was written down of the look-up, or why nothing was."""

    event: LookUpEvent | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call wrote it."""
        return self.event is not None


@transaction.atomic
def submit(look_up_id: int, *, actor: User, at: dt.datetime) -> Worked:
    """The request went to the bank or department."""
    look_up, refused = _locked(look_up_id, actor)
    if look_up is None or refused is not None:
        return _no(refused)
    if look_up.status != LookUp.Status.RECEIVED:
        return _no(problem("look_up.done"))

    event = _write(look_up, Kind.SUBMITTED, actor, at)
    look_up.status = LookUp.Status.SUBMITTED
    look_up.save(update_fields=["status"])
    return Worked(event)


@transaction.atomic
def confirm(
    look_up_id: int,
    *,
    spoken_to: str,
    actor: User,
    at: dt.datetime,
    happened_at: dt.datetime | None = None,
) -> Worked:
    """The submission was confirmed by telephone: by whom, and when (now, if not said)."""
    look_up, refused = _locked(look_up_id, actor)
    if look_up is None or refused is not None:
        return _no(refused)
    submitted = look_up.events.filter(kind=Kind.SUBMITTED).first()
    if submitted is None:
        return _no(problem("look_up.not_submitted"))
    if look_up.events.filter(kind=Kind.CONFIRMED).exists():
        return _no(problem("look_up.done"))
    if not spoken_to.strip():
        return _no(problem("look_up.spoken_to", column="spoken_to"))

    moment = happened_at or at
    if moment > at or moment < submitted.happened_at:
        return _no(problem("look_up.moment", column="happened_at"))
    person = spoken_to.strip()[:MOST_PERSON]
    return Worked(_write(look_up, Kind.CONFIRMED, actor, at, moment=moment, spoken_to=person))


@transaction.atomic
def answer(
    look_up_id: int, points: Sequence[NewPoint], *, text: str, actor: User, at: dt.datetime
) -> Worked:
    """The result: contact points with their source and day, or that nothing was found.

    A point's source follows from the basis of the request, as the procedure says.
    """
    look_up, refused = _locked(look_up_id, actor)
    if look_up is None or refused is not None:
        return _no(refused)
    if look_up.status == LookUp.Status.RECEIVED:
        return _no(problem("look_up.not_submitted"))
    if look_up.status != LookUp.Status.SUBMITTED:
        return _no(problem("look_up.done"))
    if not points and not text.strip():
        return _no(problem("look_up.nothing", column="text"))

    read = [spelled(_with_source(point, look_up)) for point in points]
    wrong = tuple(each for each in read if isinstance(each, Problem))
    if wrong:
        return Worked(None, wrong)

    lock_debtor(look_up.case)
    event = _write(look_up, Kind.ANSWERED, actor, at, text=text.strip()[:MOST_TEXT])
    told = [each for each in read if isinstance(each, NewPoint)]
    _learn(look_up.case, told, event.act, event.valid_on, at)
    look_up.status = LookUp.Status.ANSWERED
    look_up.save(update_fields=["status"])
    tell_asker(look_up, at)
    return Worked(event)


def _with_source(point: NewPoint, look_up: LookUp) -> NewPoint:
    """The point as what this request found, from where its basis says."""
    basis = entry_of(BASES, look_up.basis, look_up.creditor_id, look_up.valid_on)
    # Of a request without a basis the client itself said it.
    source = ContactPoint.Source.UNKNOWN.value
    if basis is not None and basis.means in ContactPoint.Source.values:
        source = basis.means

    return NewPoint(
        kind=point.kind,
        value=point.value,
        whose=point.whose,
        place=point.place,
        source=source,
        field=point.field,
    )


def _learn(case: Case, told: Sequence[NewPoint], act: Act, on: dt.date, at: dt.datetime) -> None:
    if not told:
        return
    learn(told, case=case, act=act, on=on, at=at)
    of_the_debtor = Case.objects.filter(person_id=case.person_id)
    facts.refresh(
        of_the_debtor.values_list("pk", flat=True),
        wrote={"casebook_contactpoint", "casebook_pointstatus"},
    )


def _locked(look_up_id: int, actor: User) -> tuple[LookUp | None, Problem | None]:
    """The request, held until the end of the transaction, or why it cannot be worked."""
    seen = visible_look_ups(actor).select_for_update(of=("self",))
    look_up = seen.filter(pk=look_up_id).first()
    if look_up is None:
        return None, problem("look_up.unknown")
    if not actor.may(Right.WORK_LOOK_UPS):
        return look_up, problem("look_up.right")

    if look_up.act.actor_id == actor.pk:
        return look_up, problem("look_up.own")
    if look_up.status == LookUp.Status.REFUSED:
        return look_up, problem("look_up.refused")
    return look_up, None


def _no(found: Problem | None) -> Worked:
    assert found is not None
    return Worked(None, (found,))


def _write(
    look_up: LookUp,
    kind: LookUpEvent.Kind,
    actor: User,
    at: dt.datetime,
    *,
    moment: dt.datetime | None = None,
    spoken_to: str = "",
    text: str = "",
) -> LookUpEvent:
    """Writes what became of it, and tells its deadlines."""
    act = journal.begin(actor, f"look_ups.{kind.value}", at=at)
    happened_at = moment or at
    on = day_of(look_up.case.organisation, happened_at)

    event = LookUpEvent.objects.create(
        **journal.columns(look_up.case, act, on=on, at=at),
        look_up=look_up,
        case=look_up.case,
        kind=kind,
        happened_at=happened_at,
        spoken_to=spoken_to,
        text=text,
    )
    refresh({"look_up": [look_up.pk]}, by=act, at=at)
    return event
