"""The board of the running day 今日看板: each collector's figures, what waits for the lead, who needs a look."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from huikuan.allocation.access import visible_runs
from huikuan.approvals.decide import waiting
from huikuan.casebook.access import visible_cases, visible_ids
from huikuan.casebook.models import AllocationRun
from huikuan.casebook.waiting import waiting as waiting_cases
from huikuan.casebook.without_procedure import Uncovered, without_procedure
from huikuan.clocks.access import visible_clocks
from huikuan.outbox.access import wants_attention
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.reports.day import Figures
from huikuan.reports.progress import Progress, progress_of
from huikuan.reports.scope import Scope, scope_of
from huikuan.reports.so_far import so_far, zone_of
from huikuan.staff.leave import held_by_left

#: Clocks that end within this time are said to be running out.
SOON = dt.timedelta(hours=4)
_LAST = """
SELECT %(on)s::date, a.actor_id, NULL::bigint, '', 'last_act', extract(epoch FROM max(a.at))::bigint FROM casebook_act a
WHERE a.organisation_id = %(org)s AND a.at >= %(begins)s AND a.at < %(ends)s AND {actor} GROUP BY 2
"""


@dataclass
class Row:
    """One collector's day so far. Amounts in `figures` by currency; `last_at`: the last act of any kind today."""

    user: User
    absent: bool
    figures: Figures = field(default_factory=Figures)
    last_at: dt.datetime | None = None

    @property
    def held(self) -> int:
        return self.figures.numbers["held"]

    @property
    def over(self) -> int:
        return max(0, self.held - self.user.capacity)

    @property
    def started(self) -> bool:
        """Whether anybody was contacted or any task was done."""
        return any(
            self.figures.numbers[code]
            for code in ("calls", "done", "letters", "visits", "messages")
        )

    @property
    def targets(self) -> list[Progress]:
        """Only those that are set."""
        return progress_of(self.figures)


@dataclass(frozen=True)
class Team:
    """`code` is empty for collectors without a team."""

    code: str
    name: str
    figures: Figures

    @property
    def key(self) -> str:
        """Whose the line of the board is."""
        return f"team:{self.code}"


@dataclass(frozen=True)
class Board:
    """`standing_at`: when open tasks and held cases were counted, in a very large house a little before `at`.

    `rest`: what people without a row did, and what nobody holds; the total has it too, as the day's report does.
    """

    on: dt.date
    at: dt.datetime
    standing_at: dt.datetime
    rows: list[Row]
    teams: list[Team]
    rest: Figures
    total: Figures
    waits: dict[str, int]
    without_procedure: list[Uncovered]

    @property
    def idle(self) -> list[Row]:
        """Here today, with something to do, and nothing done yet."""
        return [
            row
            for row in self.rows
            if not row.started and not row.absent and row.figures.numbers["open"]
        ]

    @property
    def overfull(self) -> list[Row]:
        return [row for row in self.rows if row.over]


def board(user: User, on: dt.date, at: dt.datetime) -> Board:
    """The local day `on` as far as it has gone at `at`."""
    scope = scope_of(user)
    zone = zone_of(user)
    found = so_far(scope, on, zone, more=(_LAST,))
    rows = {person.pk: Row(person, person.is_away(on)) for person in _collectors(scope)}
    total = Figures()
    rest = Figures()
    teams = {row.user.team_id or 0: _team_of(row.user) for row in rows.values()}

    for fact in found.facts:
        row = rows.get(fact.user or 0)
        if fact.measure == "last_act":
            if row is not None:
                row.last_at = dt.datetime.fromtimestamp(fact.n, zone)
            continue

        total.add(fact)
        if row is None:
            rest.add(fact)
        else:
            row.figures.add(fact)
            teams[row.user.team_id or 0].figures.add(fact)

    seen_at = found.counted_at or at
    gaps = without_procedure(on, visible_ids=visible_ids(user))
    return Board(
        on,
        at,
        seen_at,
        list(rows.values()),
        list(teams.values()),
        rest,
        total,
        _waits(user, on, at),
        gaps,
    )


def _team_of(user: User) -> Team:
    if user.team is None:
        return Team("", "", Figures())
    return Team(user.team.code, user.team.name, Figures())


def _collectors(scope: Scope) -> list[User]:
    return [person for person in scope.people if person.may(Right.HOLD_CASES) and person.is_active]


def _waits(user: User, on: dt.date, at: dt.datetime) -> dict[str, int]:
    """What waits for the lead, in one statement: approvals, proposals, cases of nobody, clocks, mails."""
    clocks = visible_clocks(user).filter(met_at__isnull=True)
    asked: dict[str, QuerySet[Any]] = {
        "approvals": waiting(user, on).order_by(),
        "proposals": visible_runs(user).filter(status=AllocationRun.Status.PROPOSED),
        "cases": visible_cases(user).filter(waiting_cases()),
        "left": visible_cases(user).filter(held_by_left()),
        "soon": clocks.filter(due_at__gte=at, due_at__lt=at + SOON),
        "missed": clocks.filter(due_at__lt=at),
        "mails": wants_attention(user).order_by(),
    }
    parts: list[str] = []
    values: list[Any] = []
    for rows in asked.values():
        try:
            text, given = rows.values("pk").query.sql_with_params()
        except EmptyResultSet:  # nothing that this role decides or sees
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({text}) x)")
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        counted = dict(zip(asked, cursor.fetchone(), strict=True))
    # What somebody holds who has left is held by nobody.
    counted["cases"] += counted.pop("left")
    return counted
