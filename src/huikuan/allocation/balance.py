"""Who gets which case: the objective and the answer. Pure: no Django, no database, no clock.

In this order:

1. Requirements are kept and no collector gets more than there is room for, always.
2. As many cases as possible are placed (a greatest matching); where room is short, larger amounts go first.
3. Among all ways to place those cases, F is made small. F is the mean over the present collectors u of

       mix       number (n/n̄ − 1)² + age Σₐ ((zₐ − z̄ₐ)/n̄)² + amount Σ꜀ (s꜀ (A꜀/Ā꜀ − 1))²
       capacity  ((h + n)/(k·φ) − 1)²
       holdings  ((h + n)/h̄ − 1)² + Σ꜀ (s꜀ ((H꜀ + A꜀)/H̄꜀ − 1))²

   n, zₐ, A꜀: cases, cases of age class a, amount in currency c that u gets; h, H꜀: what u holds already;
   k: u's capacity; a bar: the mean over collectors if all cases that anybody may take were placed;
   φ: the share of all capacity then used;
   s꜀: the share of the cases that are in currency c (no rate is needed to weigh two currencies).
   Each principle is multiplied by its weight. F = 0: everyone gets the same in every respect.

F is a sum of squares over collectors, so what one case adds depends on its collector alone. `search.py` uses this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from huikuan.allocation.requirements import Want, lacks

SOFT = ("mix", "capacity", "holdings")


class Piece(NamedTuple):
    """One case to place. `age`, `band`: numbers of its age class and amount band. The amount is in minor units."""

    id: int
    want: Want
    age: int
    band: int
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Holder:
    """A collector with what they hold already, in cases and minor units by currency. Absent: gets nothing."""

    id: int
    username: str
    team: str = ""
    skills: frozenset[str] = frozenset()
    capacity: int = 0
    absent: bool = False
    held: int = 0
    held_minor: Mapping[str, int] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """Cases that may still be added."""
        return 0 if self.absent else max(self.capacity - self.held, 0)

    def lacks(self, want: Want) -> str | None:
        """The first requirement not met, or None."""
        return lacks(want, username=self.username, team=self.team, skills=self.skills)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of F counts."""

    mix: float = 100.0
    capacity: float = 10.0
    holdings: float = 1.0
    number: float = 1.0
    amount: float = 1.0
    age: float = 1.0


class Kind(NamedTuple):
    """Cases that differ in nothing but their amount."""

    want: int
    age: int
    currency: int


@dataclass(slots=True)
class Problem:
    """The instance with everything in numbers: collectors and kinds by index, F by the coefficients of its squares.

    For principle p and collector u, F holds  p.number2[u]·n² + p.number1[u]·n  and so on, up to a constant.
    """

    holders: list[Holder]
    wants: list[Want]
    currencies: list[str]
    kinds: list[Kind]
    pieces: list[Piece]
    kind_of: list[int]
    fits: list[list[bool]]
    present: int
    mean_number: float
    mean_ages: dict[int, float]
    mean_minor: list[float]
    parts: dict[str, Squares]


@dataclass(slots=True)
class Squares:
    """Coefficients of one principle: square and linear, of the number, of each age class, of the amount by currency."""

    number2: list[float]
    number1: list[float]
    age2: float
    age1: dict[int, float]
    amount2: list[list[float]]
    amount1: list[list[float]]
    constant: float


def formulate(pieces: Iterable[Piece], holders: Iterable[Holder], weights: Weights) -> Problem:
    """Everything in a fixed order (cases by id, collectors by id), so that the order of the input never matters."""
    pieces = sorted(pieces, key=lambda piece: piece.id)
    holders = sorted(holders, key=lambda holder: holder.id)
    wants = sorted({piece.want for piece in pieces}, key=lambda want: want.sort_key)
    currencies = sorted({piece.currency for piece in pieces})
    want_at, currency_at = (
        {w: i for i, w in enumerate(wants)},
        {c: i for i, c in enumerate(currencies)},
    )
    named = [Kind(want_at[p.want], p.age, currency_at[p.currency]) for p in pieces]
    kinds = sorted(set(named))
    kind_at = {kind: i for i, kind in enumerate(kinds)}
    fits = [
        [not holder.absent and holder.lacks(want) is None for holder in holders] for want in wants
    ]
    takeable = [any(row) for row in fits]
    numbers, ages, minor = [0] * len(currencies), defaultdict[int, int](int), [0] * len(currencies)
    for piece, kind in zip(pieces, named, strict=True):
        if takeable[kind.want]:
            numbers[kind.currency] += 1
            ages[kind.age] += 1
            minor[kind.currency] += max(piece.minor, 0)
    present = max(sum(not holder.absent for holder in holders), 1)
    problem = Problem(
        holders, wants, currencies, kinds, pieces, [kind_at[kind] for kind in named], fits, present,
        sum(numbers) / present, {age: n / present for age, n in sorted(ages.items())}, [m / present for m in minor], {},
    )  # fmt: skip
    problem.parts = _squares(problem, numbers, minor, weights)
    return problem


def _squares(
    problem: Problem, numbers: Sequence[int], minor: Sequence[int], w: Weights
) -> dict[str, Squares]:
    total, holders, present = sum(numbers), problem.holders, problem.present
    shares = [n / total if total else 0.0 for n in numbers]
    here = [holder for holder in holders if not holder.absent]
    held, capacity = sum(h.held for h in here), sum(h.capacity for h in here)
    held = held if total else 0  # with nothing to place there is nothing to wish for: F is 0
    fill = (held + total) / capacity if capacity else 0.0
    mean_held = (held + total) / present
    mix_number, mix_age = (
        _per(w.mix * w.number, problem.mean_number),
        _per(w.mix * w.age, problem.mean_number),
    )
    mix_amount = [
        _per(w.mix * w.amount * s * s, mean)
        for s, mean in zip(shares, problem.mean_minor, strict=True)
    ]
    all_minor = [
        (sum(h.held_minor.get(c, 0) for h in here) + m) / present
        for c, m in zip(problem.currencies, minor, strict=True)
    ]
    hold_amount = [
        _per(w.holdings * s * s, mean) for s, mean in zip(shares, all_minor, strict=True)
    ]
    hold_number = _per(w.holdings, mean_held)
    fills = [_per(w.capacity, holder.capacity * fill) for holder in holders]
    flat = [[0.0] * len(shares) for _ in holders]
    scale = 1 / present
    parts = {
        "mix": Squares(
            [mix_number] * len(holders),
            [-2 * mix_number * problem.mean_number] * len(holders),
            mix_age,
            {age: -2 * mix_age * mean for age, mean in problem.mean_ages.items()},
            [mix_amount for _ in holders],
            [[-2 * q * mean for q, mean in zip(mix_amount, problem.mean_minor, strict=True)] for _ in holders],
            present * mix_number * problem.mean_number**2
            + present * mix_age * sum(mean * mean for mean in problem.mean_ages.values())
            + present * sum(q * mean * mean for q, mean in zip(mix_amount, problem.mean_minor, strict=True)),
        ),
        "capacity": Squares(
            fills,
            [2 * q * (holder.held - holder.capacity * fill) for q, holder in zip(fills, holders, strict=True)],
            0.0, {}, flat, flat,
            sum(q * (h.held - h.capacity * fill) ** 2 for q, h in zip(fills, holders, strict=True) if not h.absent),
        ),
        "holdings": Squares(
            [hold_number] * len(holders),
            [2 * hold_number * (holder.held - mean_held) for holder in holders],
            0.0, {},
            [hold_amount for _ in holders],
            [
                [
                    2 * q * (holder.held_minor.get(c, 0) - mean)
                    for q, c, mean in zip(hold_amount, problem.currencies, all_minor, strict=True)
                ]
                for holder in holders
            ],
            sum(hold_number * (h.held - mean_held) ** 2 for h in here)
            + sum(
                q * (h.held_minor.get(c, 0) - mean) ** 2
                for h in here
                for q, c, mean in zip(hold_amount, problem.currencies, all_minor, strict=True)
            ),
        ),
    }  # fmt: skip
    return {name: _scaled(part, scale) for name, part in parts.items()}


def _per(weight: float, mean: float) -> float:
    """The coefficient of a square of (x / mean)."""
    return weight / (mean * mean) if mean else 0.0


def _scaled(part: Squares, by: float) -> Squares:
    return Squares(
        [q * by for q in part.number2], [q * by for q in part.number1], part.age2 * by,
        {age: q * by for age, q in part.age1.items()},
        [[q * by for q in row] for row in part.amount2], [[q * by for q in row] for row in part.amount1],
        part.constant * by,
    )  # fmt: skip


def objective(
    pieces: Sequence[Piece], holders: Sequence[Holder], weights: Weights, placed: Mapping[int, int]
) -> float:
    """F of an allocation (case id → collector id), straight from the definition: the measure for tests and benches."""
    problem = formulate(pieces, holders, weights)
    here = [holder for holder in problem.holders if not holder.absent]
    number, ages, minor = (
        defaultdict[int, int](int),
        defaultdict[tuple[int, int], int](int),
        defaultdict[tuple[int, str], int](int),
    )
    of_currency: dict[str, int] = dict.fromkeys(problem.currencies, 0)
    takeable = [any(row) for row in problem.fits]
    for piece, kind in zip(problem.pieces, problem.kind_of, strict=True):
        of_currency[piece.currency] += takeable[problem.kinds[kind].want]
        if (user := placed.get(piece.id)) is not None:
            number[user] += 1
            ages[user, piece.age] += 1
            minor[user, piece.currency] += max(piece.minor, 0)
    total, n = sum(of_currency.values()), problem.mean_number
    if not total:
        return 0.0
    mean_minor = dict(zip(problem.currencies, problem.mean_minor, strict=True))
    held_mean = sum(h.held for h in here) / problem.present + n
    fill = held_mean * problem.present / (sum(h.capacity for h in here) or 1)
    answer = 0.0
    for u in here:
        mix = weights.number * (number[u.id] / n - 1) ** 2
        mix += weights.age * sum(
            ((ages[u.id, a] - mean) / n) ** 2 for a, mean in problem.mean_ages.items()
        )
        holdings = ((u.held + number[u.id]) / held_mean - 1) ** 2
        for c, mean in mean_minor.items():
            share, got = of_currency[c] / total, minor[u.id, c]
            everyone = sum(h.held_minor.get(c, 0) for h in here) / problem.present + mean
            mix += weights.amount * (share * (got / mean - 1)) ** 2 if mean else 0
            holdings += (
                (share * ((u.held_minor.get(c, 0) + got) / everyone - 1)) ** 2 if everyone else 0
            )
        answer += weights.mix * mix + weights.holdings * holdings
        answer += (
            weights.capacity * ((u.held + number[u.id]) / (u.capacity * fill) - 1) ** 2
            if u.capacity and fill
            else 0
        )
    return answer / problem.present
