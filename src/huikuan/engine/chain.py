"""Who approves an act, as a procedure writes it: in which order, up to which amount, by when.

approval: manager

approval:
  by:
    - {role: team_lead, up_to: 5000 CNY, stand_in: supervisor}
    - manager
  amount: balance
  answer_within: {working_days: 2}
  otherwise: general_manager

The stations of `by` answer one after the other. The last one ends the chain, and so does an earlier
one whose amount covers what is asked for. A station without an amount ends it only where it is the
last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huikuan.lib import money

#: What `otherwise` may be instead of a role: nobody's answer is a refusal, or the next station
#: answers instead.
REFUSED = "refused"
NEXT = "next"
UNITS = ("hours", "days", "working_days")
_AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,3})?) ([A-Z]{3})")


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount up to which a station may decide, in minor units; the amount itself included."""

    minor: int
    currency: str

    @property
    def text(self) -> str:
        """As a pack writes it: 5000 CNY."""
        number = money.to_decimal(self.minor, self.currency).normalize()
        return f"{number:f} {self.currency}"


@dataclass(frozen=True, slots=True)
class Station:
    """One place in a chain: whoever has the role, or the right, answers there.

    `stand_in`: the role that answers while nobody who has the station's own is at work. `up_to`:
    an amount for each currency, none: no amount of its own.
    """

    role: str = ""
    right: str = ""
    up_to: tuple[Limit, ...] = ()
    stand_in: str = ""

    def covers(self, amount_minor: int | None, currency: str) -> bool:
        """Whether the station may decide this by itself. What is taken back counts like the rest.

        An amount in a currency that the station does not name is not covered.
        """
        if amount_minor is None:
            return False
        return any(
            limit.currency == currency and abs(amount_minor) <= limit.minor for limit in self.up_to
        )

    @property
    def text(self) -> str:
        """In the words of the pack: team_lead up to 5000 CNY."""
        limits = ", ".join(limit.text for limit in self.up_to)
        if not limits:
            return self.role or self.right
        return f"{self.role or self.right} up to {limits}"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a station has to answer; `unit` is one of UNITS."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The stations in their order, and what happens when one of them does not answer in time.

    `amount`: the fact of the step's subject that the amounts are compared with; empty where what is
    asked for has an amount of its own. `otherwise`: a role, REFUSED or NEXT; empty: it waits.
    """

    by: tuple[Station, ...]
    amount: str = ""
    answer_within: Wait | None = None
    otherwise: str = ""

    @property
    def text(self) -> str:
        """One line: `manager`, or `team_lead up to 5000 CNY, then manager`."""
        return ", then ".join(station.text for station in self.by)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that the chain names, in order."""
        named = [code for station in self.by for code in (station.role, station.stand_in) if code]
        if self.otherwise not in ("", REFUSED, NEXT):
            named.append(self.otherwise)
        return tuple(dict.fromkeys(named))

    def ends_at(self, place: int, amount_minor: int | None, currency: str) -> bool:
        """Whether the answer of the station at this place (from 0) decides it."""
        is_last = place >= len(self.by) - 1
        return is_last or self.by[place].covers(amount_minor, currency)

    def time_at(self, place: int) -> Wait | None:
        """How long the station at this place has. After the last one there is no next one, so
        where silence goes on to the next station the last has as long as it takes."""
        is_last = place >= len(self.by) - 1
        if is_last and self.otherwise == NEXT:
            return None
        return self.answer_within

    def passed_on(self, place: int) -> tuple[Chain, int]:
        """The chain and the place in it after the station at `place` did not answer in time.

        The role of `otherwise` comes at the end of the chain and decides the whole.
        """
        if self.otherwise == NEXT:
            return self, place + 1
        return Chain((*self.by, Station(self.otherwise)), self.amount), len(self.by)

    def as_json(self) -> dict[str, Any]:
        """For the row of a request, which keeps the chain as it was when it was asked."""
        wait = None
        if self.answer_within is not None:
            wait = [self.answer_within.count, self.answer_within.unit]
        return {
            "by": [_station_as_json(station) for station in self.by],
            "amount": self.amount,
            "answer_within": wait,
            "otherwise": self.otherwise,
        }


def of_json(kept: Mapping[str, Any]) -> Chain:
    """The chain that a request keeps."""
    wait = None
    if kept["answer_within"]:
        wait = Wait(*kept["answer_within"])
    stations = [_station_of_json(row) for row in kept["by"]]
    return Chain(tuple(stations), kept["amount"], wait, kept["otherwise"])


def read_limit(text: str) -> Limit | None:
    """`5000 CNY` in minor units; None for anything else, above all for a bare number."""
    found = _AMOUNT.fullmatch(text)
    if found is None or found[2] not in money.EXPONENTS:
        return None
    minor = Decimal(found[1]).scaleb(money.exponent(found[2]))
    if minor != minor.to_integral_value():
        return None
    return Limit(int(minor), found[2])


def _station_as_json(station: Station) -> dict[str, Any]:
    return {
        "role": station.role,
        "right": station.right,
        "up_to": [[limit.minor, limit.currency] for limit in station.up_to],
        "stand_in": station.stand_in,
    }


def _station_of_json(row: Mapping[str, Any]) -> Station:
    limits = tuple(Limit(minor, currency) for minor, currency in row["up_to"])
    return Station(row["role"], row["right"], limits, row["stand_in"])
