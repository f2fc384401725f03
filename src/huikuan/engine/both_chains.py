"""One chain of approval that asks at least what each of two chains asks.

Two versions of a procedure may want different approvals of one task. Where one chain contains the
other, its stations stay; else the stations of both answer. A station decides alone only up to the
amount up to which both versions are satisfied by then.

    [team_lead up to 500000 CNY, manager] and [team_lead up to 5000 CNY, manager]
        → [team_lead up to 5000 CNY, manager]
    [team_lead up to 5000 CNY, manager] and [finance]
        → [team_lead, manager, finance]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from huikuan.engine.chain import Chain, Limit, Station

#: What a station decides in a currency: any amount where the chain is at its end, or none.
ANY = float("inf")
NONE = -1.0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A chain and where its stations stand in the chain that is asked: a place for each."""

    chain: Chain
    places: tuple[int, ...]

    def decides(self, place: int, currency: str) -> float:
        """Up to which amount the chain is satisfied once everybody up to the place has agreed."""
        most = NONE
        for number in range(len(self.places)):
            # A station of the chain counts only with those before it, wherever they stand.
            if max(self.places[: number + 1]) <= place:
                most = max(most, _own_amount(self.chain, number, currency))
        return most


def both(first: Chain, second: Chain, ranks: Mapping[str, int]) -> Chain:
    """The chain that satisfies both. `ranks`: code of a role → how high it stands, 0: in no line.

    A station is satisfied by its own role, or by one above it. Where the two follow silence in
    other ways, silence is no answer: the request waits.
    """
    stations, placed = _together(first, second, ranks)
    if _compares_another_fact(first, second):
        limited = tuple(replace(station, up_to=()) for station in stations)
    else:
        limited = tuple(
            replace(station, up_to=_limits(number, placed))
            for number, station in enumerate(stations)
        )

    amount = second.amount or first.amount
    if not _has_limits(second) and _has_limits(first):
        amount = first.amount
    chain = replace(second, by=limited, amount=amount)
    return chain if _same_silence(first, second) else _waits(chain)


def _together(
    first: Chain, second: Chain, ranks: Mapping[str, int]
) -> tuple[tuple[Station, ...], tuple[_Placed, _Placed]]:
    """Everybody who answers, in order, and where the stations of the two chains stand there."""
    within = _found_in(second.by, first.by, ranks)
    if within is not None:
        places = tuple(range(len(second.by)))
        return second.by, (_Placed(first, within), _Placed(second, places))
    within = _found_in(first.by, second.by, ranks)
    if within is not None:
        places = tuple(range(len(first.by)))
        return first.by, (_Placed(first, places), _Placed(second, within))

    stations = list(second.by)
    before = 0
    for station in first.by:
        names = [_name(each) for each in stations]
        if _name(station) in names:
            place = names.index(_name(station))
            before = place + 1
            if stations[place].stand_in != station.stand_in:
                stations[place] = replace(stations[place], stand_in="")
        else:
            stations.insert(before, station)
            before += 1
    names = [_name(each) for each in stations]
    placed = (
        _Placed(first, tuple(names.index(_name(each)) for each in first.by)),
        _Placed(second, tuple(names.index(_name(each)) for each in second.by)),
    )
    return tuple(stations), placed


def _found_in(
    longer: Sequence[Station], shorter: Sequence[Station], ranks: Mapping[str, int]
) -> tuple[int, ...] | None:
    """The place in the longer one for each station of the shorter one, in its order, where each is
    answered by itself or by somebody above; None where one of them is not answered.
    """
    places: list[int] = []
    after = 0
    for station in shorter:
        fitting = [
            place
            for place in range(after, len(longer))
            if _answers_for(longer[place], station, ranks)
        ]
        if not fitting:
            return None

        places.append(fitting[0])
        after = fitting[0] + 1
    return tuple(places)


def _answers_for(station: Station, other: Station, ranks: Mapping[str, int]) -> bool:
    """Whether an answer of the station is as good as one of the other."""
    if station.stand_in not in ("", other.stand_in):
        return False
    if _name(station) == _name(other):
        return True
    below = ranks.get(other.role, 0)
    return 0 < below < ranks.get(station.role, 0)


def _name(station: Station) -> tuple[str, str]:
    return station.role, station.right


def _limits(place: int, placed: Sequence[_Placed]) -> tuple[Limit, ...]:
    """Up to which amounts the place decides: the lower one of the two chains, by currency."""
    stations = [station for each in placed for station in each.chain.by]
    currencies = sorted({limit.currency for station in stations for limit in station.up_to})
    found = []
    for currency in currencies:
        least = min(each.decides(place, currency) for each in placed)
        if NONE < least < ANY:
            found.append(Limit(int(least), currency))
    return tuple(found)


def _own_amount(chain: Chain, number: int, currency: str) -> float:
    """Up to which amount the chain ends at this station of its own."""
    if number == len(chain.by) - 1:
        return ANY
    named = [limit.minor for limit in chain.by[number].up_to if limit.currency == currency]
    return max(named, default=NONE)


def _has_limits(chain: Chain) -> bool:
    return any(station.up_to for station in chain.by)


def _compares_another_fact(first: Chain, second: Chain) -> bool:
    """Whether the amounts of the two are of different facts, of which neither bounds the other."""
    return _has_limits(first) and _has_limits(second) and first.amount != second.amount


def _same_silence(first: Chain, second: Chain) -> bool:
    return (first.answer_within, first.otherwise) == (second.answer_within, second.otherwise)


def _waits(chain: Chain) -> Chain:
    """The same without a time to answer."""
    return replace(chain, answer_within=None, otherwise="")
