"""Where a request stands in its chain: entering a station, and how long it waits there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from huikuan.approvals.who import deciders, right_to_come
from huikuan.casebook.calendar import calendar
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, ApprovalAnswer, Notice
from huikuan.engine.chain import Chain, Limit, Station, Wait, of_json
from huikuan.people.models import Organisation
from huikuan.web import rooms

#: The columns that say whose answer a request waits for.
COLUMNS = ("chain", "station", "role", "right", "stand_in", "to_come", "answer_by")
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One station of a request as people see it. `answer`: what was said there, or None.

    `waits`: this is where the request is now. `answer_by`: until when, if there is a time.
    """

    station: Station
    answer: ApprovalAnswer | None
    waits: bool
    answer_by: dt.datetime | None

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The amounts up to which it may decide; empty where it has none of its own."""
        return self.station.up_to


def chain_of(approval: Approval) -> Chain:
    """The chain that the request was made with."""
    return of_json(approval.chain)


def enter(approval: Approval, chain: Chain, place: int, at: dt.datetime) -> None:
    """Puts the request to a station of the chain. Saves nothing and tells nobody."""
    station = chain.by[place]
    approval.chain = chain.as_json()
    approval.station = place
    approval.role = station.role
    approval.right = station.right
    approval.stand_in = station.stand_in
    approval.to_come = _to_come(approval, chain, place)

    approval.answer_by = None
    wait = chain.time_at(place)
    if wait is not None:
        approval.answer_by = moment_after(wait, approval.organisation, at)


def _to_come(approval: Approval, chain: Chain, place: int) -> list[str]:
    """Whose answers are wanted after this station's, by roles and rights; none where it decides."""
    if chain.ends_at(place, approval.amount_minor, approval.currency):
        return []
    later = chain.by[place + 1 :]
    return [station.role or right_to_come(station.right) for station in later]


def moment_after(wait: Wait, house: Organisation, at: dt.datetime) -> dt.datetime:
    """When the time to answer is over: hours from now, or the end of the last day that counts.

    Asked on a Monday, {days: 2} lasts until Wednesday has passed where the house is.
    """
    if wait.unit == "hours":
        return at + dt.timedelta(hours=wait.count)

    asked_on = day_of(house, at)
    last = asked_on + wait.count * ONE_DAY
    if wait.unit == "working_days":
        last = calendar().add_working_days(asked_on, wait.count)
    return dt.datetime.combine(last + ONE_DAY, dt.time(), ZoneInfo(house.timezone))


def notice_of(approval: Approval) -> dict[str, Any]:
    """What a notice about the request says in its words."""
    params = {"approval": approval.pk, "kind": approval.kind}
    if approval.case is not None:
        params["case"] = approval.case.number
    return params


def tell(approval: Approval, at: dt.datetime) -> None:
    """A notice to everybody whose answer it now waits for."""
    params = notice_of(approval)
    told = [
        Notice(user=user, kind=Notice.Kind.APPROVAL, params=params, at=at)
        for user in deciders(approval, at)
    ]
    Notice.objects.bulk_create(told)


def waits_no_more(approval: Approval, at: dt.datetime) -> None:
    """Nobody is told any longer to answer where it stood."""
    told = Notice.objects.filter(
        user__organisation_id=approval.organisation_id, kind=Notice.Kind.APPROVAL
    )
    told.filter(read_at__isnull=True, params__approval=approval.pk).update(read_at=at)


def set_free(approval: Approval) -> None:
    """Refused or withdrawn: the room that asked gives back what it set aside for the request."""
    kind = rooms.requests().get(approval.kind)
    if kind is not None and kind.set_free is not None:
        kind.set_free(approval)


def places(approval: Approval) -> Iterator[Place]:
    """Every station in order, with its answer. Ask for `answers__act__actor` beforehand."""
    answers = {answer.station: answer for answer in approval.answers.all()}
    is_waiting = approval.status == Approval.Status.WAITING
    for number, station in enumerate(chain_of(approval).by):
        waits = is_waiting and number == approval.station
        answer_by = approval.answer_by if waits else None
        yield Place(station, answers.get(number), waits, answer_by)
