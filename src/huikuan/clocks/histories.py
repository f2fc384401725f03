"""What happened to subjects, as the law of a clock asks for it: read where it is recorded."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Case, ClockExtension
from huikuan.casebook.standing import stands_now
from huikuan.engine.clock import Clock, Told
from huikuan.engine.clock_due import Granted, Happened, History, House, Pause
from huikuan.engine.moments import TIMED, Event, Timed, events_of, lineage
from huikuan.people.models import Creditor, Organisation

#: The holds of a case, or of its debtor. What holds an item or an account holds no clock.
_HOLDS = """
SELECT c.id, h.kind, h.valid_on, h.recorded_at, h.ended_on, h.ended_at
FROM casebook_case c
JOIN casebook_case o ON o.person_id = c.person_id
JOIN casebook_hold h ON h.case_id = o.id
WHERE c.id = ANY(%(ids)s)
    AND ((h.scope = 'case' AND o.id = c.id) OR h.scope = 'person')
"""


class Place(NamedTuple):
    """One subject: whose it is, its case where it has one, and the ids of what it belongs to.

    `role`: the one that was asked, where the subject says that of itself.
    """

    id: int
    organisation_id: int
    creditor_id: int | None
    case_id: int | None
    keys: Mapping[str, int]
    role: str = ""


class EventRow(NamedTuple):
    """An event as its reading gives it: a moment, or only a day."""

    at: dt.datetime | None
    on: dt.date | None
    known_at: dt.datetime


class Held(NamedTuple):
    """A hold as its row has it."""

    kind: str
    valid_on: dt.date
    recorded_at: dt.datetime
    ended_on: dt.date | None
    ended_at: dt.datetime | None

    def pause(self, house: House) -> Pause:
        """A hold that was entered on its first day begins when it was entered; so with its end."""
        until_at = None
        if self.ended_on is not None:
            until_at = _moment(self.ended_on, self.ended_at, house)
        from_at = _moment(self.valid_on, self.recorded_at, house)
        return Pause(self.valid_on, self.ended_on, from_at, until_at)


def _moment(day: dt.date, entered_at: dt.datetime | None, house: House) -> dt.datetime:
    if entered_at is not None and house.day(entered_at) == day:
        return entered_at
    return house.moment(day)


@dataclass
class Histories:
    """What happened to subjects of one kind, as far as these clocks ask."""

    kind: str
    places: list[Place]
    houses: Mapping[int, House]
    cases: Mapping[int, Case]
    events: Mapping[str, Mapping[int, Sequence[EventRow]]]
    holds: Mapping[int, Sequence[Held]]
    counts: Mapping[str, Mapping[int, int]]
    extensions: Mapping[tuple[int, str, str], Sequence[Granted]] = field(default_factory=dict)
    told: Mapping[str, Mapping[int, Sequence[Granted]]] = field(default_factory=dict)
    creditor_kinds: Mapping[int, str] = field(default_factory=dict)

    def of(self, place: Place, pack: str, clock: Clock) -> History:
        """The history that this clock of this subject asks for."""
        house = self.houses[place.organisation_id]
        held = self.holds.get(place.case_id or 0, ())

        return History(
            starts=self._happened(place, clock.starts, house),
            stops=self._happened(place, clock.stops, house),
            pauses=[hold.pause(house) for hold in held if hold.kind in clock.pauses],
            extensions=self.extensions.get((place.id, pack, clock.id), ()),
            counts={name: found.get(place.id, 0) for name, found in self.counts.items()},
            told=self._told(place, clock),
            creditor=self.creditor_kinds.get(place.creditor_id or 0, ""),
        )

    def _told(self, place: Place, clock: Clock) -> Sequence[Granted]:
        """The moments that were told, where the clock ends at one of them."""
        if not isinstance(clock.within, Told):
            return ()
        return self.told[clock.within.event].get(place.id, ())

    def _happened(self, place: Place, names: Iterable[str], house: House) -> list[Happened]:
        happened = []
        for name in names:
            owner, _event = events_of(self.kind)[name]
            key = place.keys.get(owner.name)
            rows = self.events[name].get(key or 0, ())
            happened += [_event_of(row, house) for row in rows]
        return happened


def _event_of(row: EventRow, house: House) -> Happened:
    if row.at is not None:
        return Happened.at(row.at, row.known_at)
    assert row.on is not None
    return Happened.on(row.on, row.known_at, house)


def histories(kind: str, ids: Collection[int], clocks: Collection[Clock]) -> Histories:
    """Reads what these clocks ask of these subjects: one statement for each event, not each id."""
    places = places_of(kind, ids)
    cases = Case.objects.in_bulk({place.case_id for place in places if place.case_id is not None})

    held: Mapping[int, Sequence[Held]] = {}
    if any(clock.pauses for clock in clocks):
        held = _holds(cases)
    named = {name for clock in clocks for name in clock.events}
    counted = {clock.counts_by for clock in clocks if clock.counts_by}

    told = {clock.within.event for clock in clocks if isinstance(clock.within, Told)}
    creditor_kinds: Mapping[int, str] = {}
    if any(clock.creditors for clock in clocks):
        creditor_kinds = _creditor_kinds({place.creditor_id or 0 for place in places})

    return Histories(
        kind,
        places,
        _houses({place.organisation_id for place in places}),
        cases,
        {name: _events(kind, name, places) for name in named},
        held,
        {name: _counts(kind, name, ids) for name in counted},
        _extensions(kind, ids),
        {name: _told(kind, name, ids) for name in told},
        creditor_kinds,
    )


def places_of(kind: str, ids: Collection[int]) -> list[Place]:
    """The subjects of these ids, in their order, with what they belong to."""
    timed = TIMED[kind]
    case_column = _column(timed, timed.case_column)
    parent = _column(timed, timed.parent_column)
    role = timed.role or "''"
    rows = _rows(
        f"SELECT {timed.row}.id, {timed.row}.organisation_id, {timed.row}.creditor_id,"
        f" {case_column}, {parent}, {role} FROM {timed.table} {timed.row}"
        f" WHERE {timed.row}.id = ANY(%(ids)s) ORDER BY {timed.row}.id",
        ids,
    )

    above: dict[int, Mapping[str, int]] = {}
    if timed.parent:
        parents = {row[4] for row in rows if row[4] is not None}
        above = {place.id: place.keys for place in places_of(timed.parent, parents)}

    found = []
    for key, house, creditor, case, parent_key, asked in rows:
        keys = {**above.get(parent_key, {}), kind: key}
        found.append(Place(key, house, creditor, case, keys, asked))
    return found


def _column(timed: Timed, name: str) -> str:
    """A column of the subject in SQL; NULL where it has none."""
    return f"{timed.row}.{name}" if name else "NULL"


def belonging_to(kind: str, parents: Iterable[int]) -> set[int]:
    """The subjects of a kind whose parents are these."""
    timed = TIMED[kind]
    rows = _rows(
        f"SELECT {timed.row}.id FROM {timed.table} {timed.row}"
        f" WHERE {timed.row}.{timed.parent_column} = ANY(%(ids)s)",
        parents,
    )
    return {row[0] for row in rows}


def begun(kind: str, event: str) -> set[int]:
    """Every subject of which a clock could have begun with this event, whichever it is.

    Reads the whole table of the event: for the repair of a morning, not for an act.
    """
    owner, found = events_of(kind)[event]
    everything = _rows_that_count(found).replace("= ANY(%(ids)s)", "IS NOT NULL")
    ids = {row[0] for row in _rows(f"SELECT subject_id FROM ({everything}) x", ())}
    between = lineage(kind)[: lineage(kind).index(owner)]
    for timed in reversed(between):
        ids = belonging_to(timed.name, ids)
    return ids


def _rows_that_count(event: Event) -> str:
    """The rows of an event, without those of a statement that were taken back or sent back."""
    return event.rows.replace("{stands}", stands_now("e"))


def _events(kind: str, name: str, places: Sequence[Place]) -> dict[int, list[EventRow]]:
    """The rows of an event by the id of what it happened to."""
    owner, event = events_of(kind)[name]
    keys = {place.keys[owner.name] for place in places if owner.name in place.keys}
    happened: dict[int, list[EventRow]] = defaultdict(list)
    columns = "SELECT subject_id, happened_at, happened_on, known_at"
    for subject_id, *row in _rows(f"{columns} FROM ({_rows_that_count(event)}) x", keys):
        happened[subject_id].append(EventRow(*row))
    return happened


def _holds(case_ids: Iterable[int]) -> dict[int, list[Held]]:
    held: dict[int, list[Held]] = defaultdict(list)
    for case_id, *row in _rows(_HOLDS, case_ids):
        held[case_id].append(Held(*row))
    return held


def _counts(kind: str, name: str, ids: Iterable[int]) -> dict[int, int]:
    return {row[0]: row[1] for row in _rows(TIMED[kind].counts[name], ids)}


def _told(kind: str, name: str, ids: Collection[int]) -> dict[int, list[Granted]]:
    """The moments that an event told, by the id of the subject."""
    told: dict[int, list[Granted]] = defaultdict(list)
    columns = "SELECT subject_id, told_at, until_at"
    for subject_id, told_at, until_at in _rows(f"{columns} FROM ({TIMED[kind].told[name]}) x", ids):
        told[subject_id].append(Granted(told_at, until_at))
    return told


def _creditor_kinds(ids: Collection[int]) -> dict[int, str]:
    return dict(Creditor.objects.filter(pk__in=ids).values_list("pk", "kind"))


def _extensions(kind: str, ids: Collection[int]) -> dict[tuple[int, str, str], list[Granted]]:
    given: dict[tuple[int, str, str], list[Granted]] = defaultdict(list)
    rows = ClockExtension.objects.filter(clock__subject_kind=kind, clock__subject_id__in=list(ids))
    columns = ("clock__subject_id", "clock__pack", "clock__kind", "given_at", "until")
    for subject_id, pack, clock, given_at, until in rows.values_list(*columns):
        given[subject_id, pack, clock].append(Granted(given_at, until))
    return given


def _houses(ids: Collection[int]) -> dict[int, House]:
    days = calendar()
    rows = Organisation.objects.filter(pk__in=ids).values_list("pk", "timezone")
    return {pk: House(ZoneInfo(zone), days) for pk, zone in rows}


def house_of(organisation: Organisation) -> House:
    """The zone and the calendar of one house."""
    return House(ZoneInfo(organisation.timezone), calendar())


def _rows(sql: str, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(ids)})
        return cursor.fetchall()
