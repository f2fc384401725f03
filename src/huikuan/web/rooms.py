"""The rooms of the house: every package of `settings.ROOMS` that has a `room.py`, in that order.

Whoever needs what rooms say asks here, also from below them: no layer imports a room above itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from huikuan.casebook.models import Act, OutboxMessage
from huikuan.engine.playbook import Step
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.web.navigation import Entry
from huikuan.web.room import (
    PLACES,
    CaseLink,
    DayLine,
    Happening,
    Hit,
    RequestKind,
    Room,
    StepPage,
    StepRecorder,
    SubjectDeadlines,
)


def installed() -> Mapping[str, Room]:
    """Package → its room. ImproperlyConfigured when a `room.py` has none, or two say the same."""
    return _rooms(tuple(settings.ROOMS))


@cache
def _rooms(packages: tuple[str, ...]) -> Mapping[str, Room]:
    rooms = {}
    for package in packages:
        if find_spec(f"{package}.room") is not None:
            rooms[package] = _room_of(package)

    _refuse_repeated("address", [room.addresses for room in rooms.values() if room.addresses])
    _refuse_repeated("request", [one.kind for room in rooms.values() for one in room.requests])
    _refuse_repeated("happening", [one.kind for room in rooms.values() for one in room.happenings])
    return rooms


def _room_of(package: str) -> Room:
    room = getattr(import_module(f"{package}.room"), "ROOM", None)
    if not isinstance(room, Room):
        raise ImproperlyConfigured(f"{package}/room.py declares no ROOM = Room(...)")

    wrong = [link.place for link in room.case_links if link.place not in PLACES]
    if wrong:
        known = ", ".join(PLACES)
        raise ImproperlyConfigured(f"{package}/room.py: a link stands in one of {known}: {wrong}")
    return room


def _refuse_repeated(what: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ImproperlyConfigured(f"two rooms declare the same {what}: {', '.join(repeated)}")


def entries() -> list[Entry]:
    """The side bar. A group stands where its first line stands, and keeps its lines together."""
    found = [entry for room in installed().values() for entry in room.entries]
    first: dict[str, int] = {}
    for entry in found:
        group = str(entry.group)
        first[group] = min(entry.order, first.get(group, entry.order))
    return sorted(found, key=lambda entry: (first[str(entry.group)], entry.order))


def requests() -> Mapping[str, RequestKind]:
    """Kind of a request → how it is decided and carried out."""
    return {one.kind: one for room in installed().values() for one in room.requests}


def happenings() -> Mapping[str, Happening]:
    """Kind → rows of the history of a case."""
    return {one.kind: one for room in installed().values() for one in room.happenings}


def case_links(place: str) -> list[CaseLink]:
    """The links at one place of the page of a case, in their order."""
    found = [link for room in installed().values() for link in room.case_links]
    return sorted((link for link in found if link.place == place), key=lambda link: link.order)


def hits(user: User, word: str, most: int) -> list[Hit]:
    """What rooms find by a word, besides cases."""
    if not word:
        return []
    searches = [search for room in installed().values() for search in room.searches]
    return [hit for search in searches for hit in search(user, word, most)]


def recorder_of(step: Step) -> StepRecorder | None:
    """The room's part in doing a step; None where a step records nothing but its note."""
    recorders = [one for room in installed().values() for one in room.step_recorders]
    return next((one for one in recorders if one.takes(step)), None)


def page_of(step: Step) -> StepPage | None:
    """Where a person does the step; None for a call, which begins with a number of the case."""
    pages = [page for room in installed().values() for page in room.step_pages]
    return next((page for page in pages if page.takes(step)), None)


def deadlines() -> list[SubjectDeadlines]:
    """What rooms say of the deadlines of their subjects."""
    return [each for room in installed().values() for each in room.deadlines]


def deadlines_of(subject: str) -> SubjectDeadlines | None:
    """What the room of such subjects says of their deadlines; None where it says nothing."""
    return next((each for each in deadlines() if each.subject == subject), None)


def day_lines(user: User, on: dt.date) -> list[DayLine]:
    """What rooms have for the user's day besides cases, what is late in front."""
    asked = [room.day_lines for room in installed().values() if room.day_lines is not None]
    lines = [line for ask in asked for line in ask(user, on)]
    return sorted(lines, key=lambda line: (not line.late, line.due_on, line.title))


def tell_not_arrived(message: OutboxMessage, act: Act | None, at: dt.datetime) -> None:
    """Each room does what follows where nobody got the message. `act`: see `room.NotArrived`."""
    for room in installed().values():
        for tell in room.not_arrived:
            tell(message, act, at)


def hindrance_of(message: OutboxMessage, user: User, at: dt.datetime) -> Problem | None:
    """The first thing by which a room keeps a message from leaving now; None where nothing does."""
    for room in installed().values():
        for ask in room.leaving:
            found = ask(message, user, at)
            if found is not None:
                return found
    return None
