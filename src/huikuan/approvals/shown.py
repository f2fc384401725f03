"""Requests as a screen shows them: what is asked for, where it stands, where it is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from huikuan.approvals import again, take_back
from huikuan.approvals.about import AboutStep, about_steps
from huikuan.approvals.nobody import undecidable
from huikuan.approvals.stations import Place, places
from huikuan.approvals.who import answerable
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, ApprovalAnswer
from huikuan.engine.chain import Chain, Limit, Station
from huikuan.lib.money import format_minor
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web import rooms

RELATED = (
    "act__actor",
    "case__person",
    "decided__actor",
    "taken_back__actor",
    "organisation",
    "task__step",
    "again_after__decided__actor",
    "again_after__taken_back__actor",
)
ANSWERS = (Prefetch("answers", ApprovalAnswer.objects.select_related("act__actor")),)


@dataclass(frozen=True, slots=True)
class Stop:
    """A station in words. `state`: a word of ApprovalAnswer.Kind, `waiting`, or empty: to come."""

    who: str
    limits: str
    state: str
    by: str = ""
    at: dt.datetime | None = None
    reason: str = ""
    answer_by: dt.datetime | None = None
    stood_in: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same request, refused before: by whom, when, why, and what is new since, in words."""

    by: str
    at: dt.datetime
    reason: str
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One request.

    `url`: where it is decided, empty when this user does not decide it; `withdraw`: where this user
    takes it back; `take_back`: where this user takes the grant back. `days`: whole days it waits;
    `nobody`: nobody else in the house could decide it. `stops`: the chain, where it has more than
    one station or a time to answer.
    """

    approval: Approval
    what: str
    days: int
    url: str
    withdraw: str
    take_back: str = ""
    nobody: bool = False
    stops: tuple[Stop, ...] = ()
    earlier: Earlier | None = None


def shown(approvals: Iterable[Approval], user: User, at: dt.datetime) -> list[Shown]:
    """In the order given. They come with RELATED and ANSWERS, so that no row asks a query."""
    listed = list(approvals)
    stuck = undecidable((one for one in listed if one.act.actor_id == user.pk), at)
    theirs = _answered_by(user, listed, at)
    about = about_steps(listed)

    return [
        Shown(
            one,
            what(one, about.get(one.pk)),
            (at - one.asked_at).days,
            _decided_at(one, user, theirs),
            _withdrawn_at(one, user),
            _taken_back_at(one, user),
            one.pk in stuck,
            stops(one),
            earlier(one),
        )
        for one in listed
    ]


def _answered_by(user: User, listed: list[Approval], at: dt.datetime) -> Collection[int]:
    """Ids of the requests that wait for this user's answer."""
    waiting = [
        one.pk
        for one in listed
        if one.status == Approval.Status.WAITING and one.act.actor_id != user.pk
    ]
    if not waiting or user.organisation is None:
        return ()

    on = day_of(user.organisation, at)
    mine = Approval.objects.filter(
        answerable(user, on), pk__in=waiting, organisation=user.organisation
    )
    return set(mine.values_list("pk", flat=True))


def what(approval: Approval, about: AboutStep | None) -> str:
    """What is asked for: `Hold: dispute, item, from 2026-11-24`; of a payment its reference;
    of a correction its type, item and reference; of a step its title, its day, and what it is
    `about` (approvals/about.py)."""
    kind = rooms.requests().get(approval.kind)
    parts = list(kind.words(approval.subject)) if kind else []
    if about is not None:
        parts.append(about.text)
    return " · ".join([str(approval.get_kind_display()), *(part for part in parts if part)])


def stops(approval: Approval) -> tuple[Stop, ...]:
    """The chain in words; nothing where one station answers whenever it likes."""
    listed = list(places(approval))
    timed = any(place.answer_by for place in listed)
    if len(listed) < 2 and not timed:
        return ()
    titles = roles.titles(approval.organisation_id)
    return tuple(_stop(place, titles) for place in listed)


def who_approves(chain: Chain, titles: roles.Titles) -> str:
    """Who must agree, in order: the titles of the house's roles, with the limits of each."""
    named = []
    for station in chain.by:
        who = _station(station, titles)
        limits = _limits(station.up_to)
        if limits:
            who = _("{who} (up to {limits})").format(who=who, limits=limits)
        named.append(who)
    return pgettext("approval chain", ", then ").join(named)


def _station(station: Station, titles: roles.Titles) -> str:
    return titles[station.role] if station.role else str(Right(station.right).label)


def _limits(limits: Iterable[Limit]) -> str:
    language = get_language() or "zh-hans"
    return ", ".join(format_minor(each.minor, each.currency, language) for each in limits)


def _stop(place: Place, titles: roles.Titles) -> Stop:
    """One station. What stands in the answer is what was so when it was given."""
    who = _station(place.station, titles)
    limits = _limits(place.limits)
    answer = place.answer
    if answer is None:
        state = "waiting" if place.waits else ""
        return Stop(who, limits, state, answer_by=place.answer_by)

    by = "" if answer.kind == answer.Kind.SILENT else str(answer.act.actor)
    return Stop(who, limits, answer.kind, by, answer.at, answer.reason, stood_in=answer.stood_in)


def earlier(approval: Approval) -> Earlier | None:
    """The refusal that this request follows."""
    before = approval.again_after
    if before is None:
        return None
    act = before.taken_back or before.decided
    assert act is not None  # only what was refused or taken back is followed
    new = tuple(str(again.WORDS[word]) for word in approval.changed if word in again.WORDS)
    return Earlier(str(act.actor), act.at, again.rejection_reason(before), new)


def _decided_at(approval: Approval, user: User, theirs: Collection[int]) -> str:
    if approval.pk not in theirs:
        return ""
    return _address(approval, user, "decide")


def _withdrawn_at(approval: Approval, user: User) -> str:
    if approval.act.actor_id != user.pk or approval.status != Approval.Status.WAITING:
        return ""
    return _address(approval, user, "withdraw")


def _taken_back_at(approval: Approval, user: User) -> str:
    if not user.may_write or not take_back.is_unused(approval):
        return ""
    if not take_back.may_take_back(approval, user):
        return ""
    return reverse("approvals:take_back", args=[approval.pk])


def _address(approval: Approval, user: User, act: Literal["decide", "withdraw"]) -> str:
    """Where the room of the request decides it or takes it back; "" when there is no such place."""
    kind = rooms.requests().get(approval.kind)
    if kind is None or approval.status != Approval.Status.WAITING or not user.may_write:
        return ""
    return reverse(getattr(kind, act), args=[approval.pk])
