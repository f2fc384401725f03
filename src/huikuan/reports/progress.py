"""Targets and how far somebody has come: which figure reaches which target, said once."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.casebook.models import Target
from huikuan.reports.day import Figures

#: Kind of target → the measure that reaches it.
MEASURE = {
    Target.Kind.CALLS: "calls",
    Target.Kind.TALKS: "right_party",
    Target.Kind.RECOVERED: "received",
}
#: Targets for money are set in this currency.
CURRENCY = "CNY"


@dataclass(frozen=True)
class Progress:
    """A target in force and what is reached of it; in minor units where it is about money."""

    kind: Target.Kind
    reached: int
    amount: int

    @property
    def measure(self) -> str:
        """Code of the measure that reaches it."""
        return MEASURE[self.kind]

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def is_money(self) -> bool:
        return self.kind == Target.Kind.RECOVERED

    @property
    def share(self) -> float:
        """How much of it is reached: half is 0.5, three times as much is 3."""
        if not self.amount:
            return 1
        return self.reached / self.amount


def reached(figures: Figures, kind: Target.Kind) -> int:
    """What these figures reach of a kind of target."""
    measure = MEASURE[kind]
    if kind == Target.Kind.RECOVERED:
        return figures.minor[measure, CURRENCY]
    return figures.numbers[measure]


def target(figures: Figures, kind: Target.Kind) -> int | None:
    """The target in force; None when there is none, or one of nothing."""
    return figures.numbers[f"target_{kind}"] or None


def progress_of(figures: Figures) -> list[Progress]:
    """Of each kind of target the one in force, and what one person's figures reach of it."""
    told = []
    for kind in MEASURE:
        amount = target(figures, kind)
        if amount is not None:
            told.append(Progress(kind, reached(figures, kind), amount))
    return told
