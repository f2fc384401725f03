"""The report of the day 日报: per collector, team and client, and over the house. What each figure means: measures.py."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from zoneinfo import ZoneInfo

from huikuan.people.models import Creditor, User
from huikuan.people.rights import Right
from huikuan.reports import facts
from huikuan.reports.facts import Fact
from huikuan.reports.measures import BY_CODE, MEASURES
from huikuan.reports.scope import Scope, scope_of

#: Measures of what there is, not of what was done.
STATES = frozenset({"open", "overdue", "last_day", "barred", "held"})


@dataclass
class Figures:
    """Numbers by measure, and amounts in minor units by measure and currency."""

    numbers: Counter[str] = field(default_factory=Counter)
    minor: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, fact: Fact) -> None:
        if fact.measure in BY_CODE and BY_CODE[fact.measure].kind == "money":
            self.minor[fact.measure, fact.currency] += fact.n
        else:
            self.numbers[fact.measure] += fact.n

    def amounts(self, measure: str) -> list[tuple[str, int]]:
        """Currency and minor units, currencies in order; nothing when no amount is there."""
        return sorted(
            (code, minor) for (name, code), minor in self.minor.items() if name == measure and minor
        )

    @property
    def answer_rate(self) -> Fraction | None:
        """接通率: connected of tried; None without a call."""
        return (
            Fraction(self.numbers["connected"], self.numbers["calls"])
            if self.numbers["calls"]
            else None
        )

    @property
    def rate(self) -> float | None:
        """The answer rate as screens and sheets show it."""
        return None if self.answer_rate is None else float(self.answer_rate)

    @property
    def empty(self) -> bool:
        """Whether nothing happened; open tasks and cases held are a state, not a happening."""
        happened = (n for measure, n in self.numbers.items() if measure not in STATES)
        return not any(happened) and not any(self.minor.values())


@dataclass
class Line:
    """One collector, team or creditor. `code`: user name, team or creditor code; empty: nobody holds the case, or no team."""

    code: str
    name: str
    figures: Figures = field(default_factory=Figures)


@dataclass(frozen=True)
class Report:
    """`users` and `teams` are empty for a client, who does not see who worked."""

    on: dt.date
    users: tuple[Line, ...]
    teams: tuple[Line, ...]
    clients: tuple[Line, ...]
    total: Figures


def report(user: User, on: dt.date, *, seen: dt.date) -> Report:
    """The day as the user may see it: own line, own team, own creditor or the house. `seen`: the day one looks, for promises."""
    scope = scope_of(user)
    zone = ZoneInfo(user.organisation.timezone) if user.organisation else ZoneInfo("UTC")
    found = facts.read(scope, on, seen=seen, zone=zone)
    total = Figures()
    for fact in found:
        total.add(fact)
    clients = _lines(found, _creditors(scope), lambda fact: fact.creditor)
    if not scope.names_people:
        return Report(on, (), (), clients, total)
    people = {person.pk: person for person in scope.people}
    users = _lines(
        found, {pk: Line(p.username, str(p)) for pk, p in people.items()}, lambda fact: fact.user
    )
    # Whoever works cases has a line, also on a day without anything; who works by role for the
    # whole house only with what they did.
    works = [p for p in people.values() if p.may(Right.OWN_TASKS) and not p.sees_house]
    shown = {p.username for p in works if p.is_active}
    teams = {p.team.pk: Line(p.team.code, p.team.name) for p in people.values() if p.team}
    return Report(
        on,
        tuple(
            line
            for line in users
            if line.code in shown or line.figures.numbers or line.figures.minor
        ),
        _lines(
            found, teams, lambda fact: people[fact.user].team_id if fact.user in people else None
        ),
        clients,
        total,
    )


def _creditors(scope: Scope) -> dict[int, Line]:
    found = Creditor.objects.filter(organisation_id=scope.organisation)
    if scope.creditor is not None:
        found = found.filter(pk=scope.creditor)
    return {
        creditor.pk: Line(creditor.code, creditor.name) for creditor in found.order_by("name", "pk")
    }


def _lines(
    found: Iterable[Fact], known: Mapping[int, Line], key: Callable[[Fact], int | None]
) -> tuple[Line, ...]:
    """A line for each, and one without a code for what belongs to none of them."""
    lines, rest = dict(known), Line("", "")
    for fact in found:
        lines.get(key(fact) or 0, rest).figures.add(fact)
    return (*lines.values(), *((rest,) if rest.figures.numbers or rest.figures.minor else ()))


def as_json(figures: Figures) -> dict[str, object]:
    """The keys that docs/cli.md promises: numbers, amounts by currency in minor units, the answer rate."""
    rate = figures.answer_rate
    told: dict[str, object] = {
        measure.code: dict(figures.amounts(measure.code))
        if measure.kind == "money"
        else figures.numbers[measure.code]
        for measure in MEASURES
    }
    return {**told, "answer_rate": None if rate is None else round(float(rate), 4)}
