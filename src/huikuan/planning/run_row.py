"""The WITH of a plan: the row of the day, and which cases follow which version of a pack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from huikuan.casebook.packs import Follows
from huikuan.casebook.run_row import RUN, run_of
from huikuan.lib.calendar import Calendar

#: Columns of `pack_bound`, as `Follows` has them, and their types.
_BOUND = {
    "creditor_id": "bigint",
    "product": "text",
    "pack": "text",
    "version_id": "bigint",
    "team_id": "bigint",
    "other_teams": "bigint[]",
}


def with_run(
    on: dt.date,
    calendar: Calendar,
    bound: Sequence[Follows],
    known_at: dt.datetime | None = None,
    *,
    counts_working_days: bool = True,
) -> tuple[str, dict[str, object]]:
    """The WITH clause of `run` and `pack_bound` (what follows which version), and its parameters,
    as `run_of` takes them.
    """
    parameters = run_of(on, calendar, known_at, counts_working_days=counts_working_days)
    packs, of_packs = bound_lines(bound)
    return f"WITH {RUN},\n{packs}\n", parameters | of_packs


def bound_lines(bound: Sequence[Follows]) -> tuple[str, dict[str, object]]:
    """The common table expression `pack_bound`, and its parameters."""
    parameters: dict[str, object] = {}
    rows = []
    for number, line in enumerate(bound):
        values = line._asdict() | {"other_teams": list(line.other_teams)}
        parameters |= {f"{name}_{number}": value for name, value in values.items()}
        marks = ", ".join(f"%({name}_{number})s::{kind}" for name, kind in _BOUND.items())
        rows.append(f"({marks})")

    nothing = ", ".join(f"NULL::{kind}" for kind in _BOUND.values())
    lines = f"VALUES {', '.join(rows)}" if rows else f"SELECT {nothing} WHERE false"
    return f"pack_bound({', '.join(_BOUND)}) AS NOT MATERIALIZED ({lines})", parameters
