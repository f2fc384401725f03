"""Which activation decides on which day: worked out from those that stand, never remembered.

An activation is a row that somebody said and that is never changed. It stands until it is taken
back. So any order of saying and taking back gives what the rows that stand give, and a row that was
taken back might as well never have been said.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from huikuan.casebook.models import PackActivation

#: Who approved a version that came with the program.
BY_THE_PROGRAM = "shipped"


@dataclass(frozen=True)
class Active:
    """An activation that stands. None and "" stand for all.

    `organisation_id`: the house for whose cases it was said; None: it came with the program, for
    every house. `is_own`: a house said it, and of a version that did not come with the program.
    """

    id: int
    pack: str
    version_id: int
    from_on: dt.date
    until_on: dt.date | None
    organisation_id: int | None
    creditor_id: int | None
    product: str
    team_id: int | None
    is_own: bool

    @property
    def rank(self) -> tuple[int, bool, bool, bool, bool, dt.date, int]:
        """The higher rank decides: what names more; creditor, product, team in this order; what
        the house says before what came with the program; the newer.
        """
        named = (self.creditor_id is not None, self.product != "", self.team_id is not None)
        is_of_house = self.organisation_id is not None
        return (sum(named), *named, is_of_house, self.from_on, self.id)

    @property
    def scope(self) -> tuple[str, int | None, str, int | None]:
        """Whose cases it speaks of, within a house."""
        return (self.pack, self.creditor_id, self.product, self.team_id)

    def is_for(self, creditor_id: int, product: str) -> bool:
        """Whether it speaks of the cases of this creditor and product."""
        creditor_fits = self.creditor_id in (None, creditor_id)
        return creditor_fits and self.product in ("", product)

    def holds_on(self, on: dt.date) -> bool:
        """Whether it speaks of the day."""
        return self.from_on <= on and (self.until_on is None or self.until_on > on)


@dataclass(frozen=True)
class Stretch:
    """Days without a gap on which one activation decides; `until_on`: the first day without it."""

    row: Active
    from_on: dt.date
    until_on: dt.date | None


def active(row: PackActivation) -> Active:
    """The row, which comes with its version's signature, as it is worked with here."""
    is_of_house = row.organisation_id is not None

    return Active(
        id=row.pk,
        pack=row.pack,
        version_id=row.version_id,
        from_on=row.from_on,
        until_on=row.until_on,
        organisation_id=row.organisation_id,
        creditor_id=row.creditor_id,
        product=row.product,
        team_id=row.team_id,
        is_own=is_of_house and row.version.approved_by != BY_THE_PROGRAM,
    )


def deciding(rows: Iterable[Active]) -> Active | None:
    """Of rows of one house and scope that speak of one day, in the order in which they were said,
    the one that decides: the last.

    What comes with the program later leaves a house's own version alone: the house has decided.
    """
    present = None
    for row in rows:
        came_with_program = row.organisation_id is None
        if came_with_program and present is not None and present.is_own:
            continue
        present = row
    return present


def stretches(rows: Sequence[Active]) -> list[Stretch]:
    """The days of one house and scope, each with the row that decides. Days without one are left
    out. `rows` in the order in which they were said.
    """
    days = {row.from_on for row in rows} | {row.until_on for row in rows if row.until_on}

    found: list[Stretch] = []
    for from_on, until_on in itertools.pairwise([*sorted(days), None]):
        assert from_on is not None  # only the last end is open
        row = deciding(row for row in rows if row.holds_on(from_on))
        if row is None:
            continue
        last = found[-1] if found else None
        if last is not None and last.row == row and last.until_on == from_on:
            found[-1] = replace(last, until_on=until_on)
        else:
            found.append(Stretch(row, from_on, until_on))
    return found


def by_house(rows: Iterable[Active]) -> dict[int | None, tuple[Active, ...]]:
    """House → what decides there, of rows that speak of one day, a row for each scope.

    None: what decides in a house that has said nothing itself. In the order of the packs' names, of
    one pack the widest scope first.
    """
    said = sorted(rows, key=lambda row: row.id)
    houses = {row.organisation_id for row in said} | {None}

    found = {}
    for house in houses:
        of_scope = defaultdict(list)
        for row in said:
            if row.organisation_id in (None, house):
                of_scope[row.scope].append(row)
        chosen = [each for mine in of_scope.values() if (each := deciding(mine)) is not None]
        found[house] = tuple(sorted(chosen, key=lambda each: (each.pack, each.rank)))
    return found
