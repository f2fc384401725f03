"""The clocks of subjects are worked out anew, in the transaction of whoever recorded something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import packs
from huikuan.casebook.models import Act, Breach, BreachExplained, Clock
from huikuan.clocks import histories, rules
from huikuan.clocks.histories import Histories, Place
from huikuan.clocks.rules import Declared
from huikuan.clocks.tell import tell_explained
from huikuan.engine.clock import ASKED
from huikuan.engine.clock_due import Reading, read_clock
from huikuan.engine.moments import TIMED

_LOCK = 7_305_024
#: Locks of one transaction: so many subjects of a kind at most wait for each other.
_LANES = 64
#: So many subjects are worked out together.
_AT_ONCE = 5_000
#: The columns of a row that follow from what happened.
_WORKED_OUT = (
    "pack_version_id",
    "title",
    "source",
    "role",
    "started_at",
    "recorded_at",
    "due_at",
    "met_at",
    "met_recorded_at",
    "void_at",
    "creditor",
)


@transaction.atomic
def refresh(
    subjects: Mapping[str, Iterable[int]], *, at: dt.datetime, by: Act | None = None
) -> None:
    """Works out the clocks of these subjects (kind → ids) and of what belongs to them.

    To be called once, by whoever recorded events, a hold or an extension, after they were written
    and after every other lock. `at`: the moment of recording, `by`: the act that recorded it. A
    second call changes nothing.
    """
    wanted = {kind: set(ids) for kind, ids in subjects.items()}
    with packs.one_answer():
        # Kinds stand after what they belong to, so that everybody locks them in one order.
        for kind, timed in TIMED.items():
            ids = wanted.setdefault(kind, set())
            if not rules.declared_below(kind):
                continue
            if timed.parent:
                ids |= histories.belonging_to(kind, wanted[timed.parent])
            _refresh_kind(kind, sorted(ids), by, at)


@transaction.atomic
def catch_up(
    *,
    at: dt.datetime,
    subjects: Mapping[str, Iterable[int]] | None = None,
    by: Act | None = None,
) -> None:
    """Works out every clock that runs, and every one that has begun and has no row.

    To be called when it changes which procedure speaks, and each morning: what began before its
    pack was loaded, or under another one, is counted from its own moment. `subjects`: as for
    `refresh`, in the place of a second call: who holds some locks must not ask for others. `by`:
    the act that changed it; None where time did, or the program.
    """
    with packs.one_answer():
        for kind in TIMED:
            if rules.declared(kind):
                lock_subjects(kind, range(_LANES))

        wanted = {kind: _running(kind) | _without_clock(kind) for kind in TIMED}
        for kind, ids in (subjects or {}).items():
            wanted[kind] |= set(ids)
        refresh(wanted, by=by, at=at)


def _running(kind: str) -> set[int]:
    """The subjects of a kind that have a clock which runs."""
    running = Clock.objects.filter(subject_kind=kind, met_at=None, void_at=None)
    return set(running.values_list("subject_id", flat=True))


def _without_clock(kind: str) -> set[int]:
    """The subjects of a kind of which a clock may have begun that has no row."""
    ids: set[int] = set()
    for (pack, clock), versions in rules.declared(kind).items():
        has_clock = Clock.objects.filter(subject_kind=kind, pack=pack, kind=clock)
        known = set(has_clock.values_list("subject_id", flat=True))
        for event in {name for each in versions for name in each.clock.starts}:
            ids |= histories.begun(kind, event) - known
    return ids


def _refresh_kind(kind: str, ids: Sequence[int], by: Act | None, at: dt.datetime) -> None:
    """The clocks of these subjects, a part of them at a time: a book may have a million cases."""
    if not ids or not rules.declared(kind):
        return

    # Two acts on one subject may each not see what the other has not yet committed: the second
    # waits here, and then reads what the first wrote.
    lock_subjects(kind, ids)
    for first in range(0, len(ids), _AT_ONCE):
        _refresh_some(kind, ids[first : first + _AT_ONCE], by, at)


def _refresh_some(kind: str, ids: Sequence[int], by: Act | None, at: dt.datetime) -> None:
    """Reads what happened to them, and writes the rows that are new or differ."""
    names = rules.declared(kind)
    clocks = [each.clock for versions in names.values() for each in versions]
    happened = histories.histories(kind, ids, clocks)
    kept = _rows(kind, ids)

    made: list[Clock] = []
    changed: list[Clock] = []
    for place in happened.places:
        for name, versions in names.items():
            row = kept.get((place.id, *name))
            read = _read(place, versions, happened)
            if row is None:
                if read is not None and not _was_over_before(*read):
                    made.append(_new(kind, place, *read))
            elif _change(row, place, read, at):
                changed.append(row)

    Clock.objects.bulk_create(made)
    Clock.objects.bulk_update(changed, _WORKED_OUT)
    _explain_breaches(changed, by, at)


def _read(
    place: Place, versions: Sequence[Declared], happened: Histories
) -> tuple[Declared, Reading] | None:
    """How the clock stands, by the version that held on the day of its start."""
    house = happened.houses[place.organisation_id]
    case = happened.cases.get(place.case_id or 0)
    for each in versions:
        reading = read_clock(each.clock, happened.of(place, each.pack, each.clock), house)
        if reading is None:
            continue

        on = house.day(reading.started_at)
        held = rules.version_for(each.pack, happened.kind, place, case, on)
        if held == each.version_id:
            return each, reading
    return None


def _was_over_before(declared: Declared, reading: Reading) -> bool:
    """A procedure does not judge what was known to be done before it was loaded."""
    if reading.met_known_at is None:
        return False
    return reading.met_known_at < packs.version(declared.version_id).loaded_at


def _new(kind: str, place: Place, declared: Declared, reading: Reading) -> Clock:
    """The row of a clock that has begun."""
    return Clock(
        organisation_id=place.organisation_id,
        creditor_id=place.creditor_id,
        case_id=place.case_id,
        subject_kind=kind,
        subject_id=place.id,
        pack=declared.pack,
        kind=declared.clock.id,
        **_columns(place, declared, reading),
    )


def _columns(place: Place, declared: Declared, reading: Reading) -> dict[str, Any]:
    """What of a row follows from what happened."""
    role = declared.clock.role
    if role == ASKED:
        role = place.role

    return {
        "pack_version_id": declared.version_id,
        "title": dict(declared.clock.title),
        "source": declared.clock.source,
        "role": role,
        "started_at": reading.started_at,
        "recorded_at": reading.started_known_at,
        "due_at": reading.due_at,
        "met_at": reading.met_at,
        "met_recorded_at": reading.met_known_at,
        "void_at": None,
    }


def _change(
    row: Clock, place: Place, read: tuple[Declared, Reading] | None, at: dt.datetime
) -> bool:
    """Brings the row to what was read; whether that changed it.

    A clock that ended before clocks were text of a pack keeps what the program then set.
    """
    if row.pack_version_id is None and row.met_at is not None:
        return False

    if read is None:
        values: dict[str, Any] = {"void_at": row.void_at or at}
    else:
        values = _columns(place, *read)
    # Whose it is may have been corrected since it began.
    values["creditor_id"] = place.creditor_id

    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs


def _explain_breaches(clocks: Collection[Clock], by: Act | None, at: dt.datetime) -> None:
    """A breach that what is known now does not bear out is explained, and stands.

    An entry of a past day, a hold, a binding could make good what was missed. So it lifts
    nothing: a person who did not enter it decides, and whoever may is told.
    """
    in_order = [clock.pk for clock in clocks if not is_broken(clock, at)]
    unexplained = Breach.objects.filter(clock__in=in_order, lifted_at=None, explained_at=None)
    breaches = list(unexplained.select_related("clock"))
    if not breaches:
        return

    for breach in breaches:
        breach.explained_at = at
        breach.explained_by = by
    Breach.objects.bulk_update(breaches, ["explained_at", "explained_by"])
    BreachExplained.objects.bulk_create(
        BreachExplained(breach=breach, explained_at=at, explained_by=by) for breach in breaches
    )
    tell_explained(breaches, at)


def is_broken(clock: Clock, at: dt.datetime) -> bool:
    """Whether by `at` the clock was missed: met too late, or not met and past its moment."""
    if clock.void_at is not None or clock.due_at is None:
        return False
    return clock.due_at < (clock.met_at or at)


def _rows(kind: str, ids: Sequence[int]) -> dict[tuple[int, str, str], Clock]:
    rows = Clock.objects.filter(subject_kind=kind, subject_id__in=ids)
    return {(row.subject_id, row.pack, row.kind): row for row in rows}


def lock_subjects(kind: str, ids: Sequence[int]) -> None:
    """Holds these subjects until the end of the transaction, in one order for everybody."""
    first = list(TIMED).index(kind) * _LANES
    lanes = sorted({first + subject_id % _LANES for subject_id in ids})
    with connection.cursor() as cursor:
        # An array is read from its first element on, so the order of the locks is that of `lanes`.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, lane) FROM unnest(%s::int[]) lane", [_LOCK, lanes]
        )
