"""Proposes who gets which case. Writes a proposal with its reasons; nobody gets a case before it is confirmed."""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from huikuan.allocation import rules
from huikuan.allocation.access import collectors
from huikuan.allocation.balance import Holder, Piece, formulate
from huikuan.allocation.search import search
from huikuan.allocation.summary import gets
from huikuan.allocation.why import Reason, reasons
from huikuan.casebook import journal
from huikuan.casebook.models import AllocationRun
from huikuan.people.models import Organisation, Team, User

CAUSES = ("new", "absence", "return")
_CASES = """
SELECT s.case_id, k.code, s.product, %(on)s - s.oldest_due_on, c.currency, s.balance_minor, s.assignee_id
FROM casebook_casesummary s JOIN casebook_case c ON c.id = s.case_id JOIN people_creditor k ON k.id = s.creditor_id
WHERE s.organisation_id = %(organisation)s AND s.is_open AND s.placed_on <= %(on)s AND {scope}
"""
_SCOPES = {
    # what is waiting; a case given to another team's pool waits for that team
    "new": "s.assignee_id IS NULL AND (s.balance_minor > 0 OR s.statement_cycle)"
    " AND (%(team)s::bigint IS NULL OR s.team_id IS NULL OR s.team_id = %(team)s)",
    "absence": "s.assignee_id = %(person)s",
    # what was taken over in the person's absence and is still with whoever took it
    "return": "EXISTS (SELECT 1 FROM casebook_assignment a JOIN casebook_allocationrun r ON r.id = a.run_id"
    " WHERE a.case_id = s.case_id AND r.cause = 'absence' AND (r.summary->>'person')::bigint = %(person)s"
    " AND a.user_id = s.assignee_id AND NOT EXISTS (SELECT 1 FROM casebook_assignment b WHERE b.case_id = a.case_id"
    " AND (b.valid_on, b.id) > (a.valid_on, a.id)))",
}
_HELD = """
SELECT s.assignee_id, c.currency, count(*), sum(greatest(s.balance_minor, 0))::bigint
FROM casebook_casesummary s JOIN casebook_case c ON c.id = s.case_id
WHERE s.organisation_id = %s AND s.is_open AND s.assignee_id = ANY(%s) GROUP BY 1, 2
"""


class NothingToAllocate(Exception):
    """no case waits for allocation"""


@dataclass(slots=True)
class _Line:
    case: int
    user: int | None
    reason: Reason


@transaction.atomic
def propose(
    organisation: Organisation,
    on: dt.date,
    *,
    team: Team | None = None,
    actor: User,
    at: dt.datetime,
    cause: str = "new",
    person: User | None = None,
) -> AllocationRun:
    """A proposal for the cases that wait on `on`: a line with a reason for each; `summary`: what each collector gets.

    `cause`: new (cases that nobody holds), absence (what `person` holds, given to others of the team), return (what was
    given away in `person`'s absence goes back). Takes the place of an earlier open proposal of the same kind.
    Raises NothingToAllocate, rules.WrongRules, ValueError for a team or person of another organisation.
    """
    if cause not in CAUSES or (person is None) == (cause != "new"):
        raise ValueError(f"cause {cause!r} with person {person}")
    for owned in (team, person, actor):
        if owned is not None and owned.organisation_id != organisation.pk:
            raise ValueError("another organisation")
    rows = _rows(organisation, on, team, cause, person)
    if not rows:
        raise NothingToAllocate
    of_creditor = rules.load(organisation.code, {row[1] for row in rows}, _overlay())
    holders = _holders(organisation, on, team, cause, person)
    lines = _lines(rows, of_creditor, holders, cause)
    act = journal.begin(actor, "allocation.propose", at=at)
    _earlier(organisation, team, cause, person).update(status=AllocationRun.Status.DROPPED)
    run = AllocationRun(
        organisation=organisation, act=act, team=team, on=on, cause=cause, proposed_at=at
    )
    run.summary = {
        "person": person.pk if person else None,
        "ages": list(
            dict.fromkeys(name for r in of_creditor.values() for name, _days in r.evenness.ages)
        ),
        "before": {str(h.id): [h.held, dict(h.held_minor), h.capacity, h.absent] for h in holders},
        "unknown_names": unknown_names(organisation, of_creditor.values()),
    }
    run.save()
    _write(run, lines)
    run.summary |= gets(run)
    run.save(update_fields=["summary"])
    return run


def _overlay() -> Path | None:
    packs: Path | None = settings.HUIKUAN.packs
    return packs


def _earlier(organisation: Organisation, team: Team | None, cause: str, person: User | None) -> Any:
    earlier = AllocationRun.objects.filter(
        organisation=organisation, team=team, cause=cause, status=AllocationRun.Status.PROPOSED
    )
    return earlier.filter(summary__person=person.pk) if person else earlier


def _rows(
    organisation: Organisation, on: dt.date, team: Team | None, cause: str, person: User | None
) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "organisation": organisation.pk,
        "on": on,
        "team": team.pk if team else None,
        "person": person.pk if person else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASES.format(scope=_SCOPES[cause]), parameters)
        return cursor.fetchall()


def _holders(
    organisation: Organisation, on: dt.date, team: Team | None, cause: str, person: User | None
) -> list[Holder]:
    users = list(collectors(organisation.pk, team))
    if cause == "return":
        users = [user for user in users if user == person]
    held, minor = _held(organisation.pk, [user.pk for user in users])
    return [
        holder_of(
            user,
            user.is_away(on) or (cause == "absence" and user == person),
            held[user.pk],
            minor[user.pk],
        )
        for user in users
    ]


def holder_of(user: User, absent: bool, held: int, minor: dict[str, int]) -> Holder:
    """A user as the balance sees them."""
    team = user.team.code if user.team else ""
    return Holder(
        user.pk,
        user.username,
        team,
        frozenset(map(str, user.skills)),
        user.capacity,
        absent,
        held,
        minor,
    )


def _held(
    organisation_id: int, users: list[int]
) -> tuple[dict[int, int], dict[int, dict[str, int]]]:
    held, minor = defaultdict[int, int](int), defaultdict[int, dict[str, int]](dict)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [organisation_id, users])
        for user, currency, number, amount in cursor.fetchall():
            held[user] += number
            minor[user][currency] = amount
    return held, minor


def _lines(
    rows: list[tuple[Any, ...]],
    of_creditor: dict[str, rules.Rules],
    holders: list[Holder],
    cause: str,
) -> list[_Line]:
    """Creditors with equal settings are balanced together; each such group on top of what the last one gave."""
    groups: dict[rules.Evenness, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        groups[of_creditor[row[1]].evenness].append(row)
    lines: list[_Line] = []
    for evenness, members in sorted(
        groups.items(), key=lambda group: min(row[0] for row in group[1])
    ):
        pieces = _pieces(members, evenness, of_creditor)
        added, holders = _balance(pieces, evenness, holders)
        lines += added
    source = {row[0]: row[6] for row in rows if row[6] is not None}
    if source:
        _with_source(lines, source, cause)
    return lines


def _pieces(
    rows: list[tuple[Any, ...]], evenness: rules.Evenness, of_creditor: dict[str, rules.Rules]
) -> list[Piece]:
    wants = {key: of_creditor[key[0]].want(key[1]) for key in {(row[1], row[2]) for row in rows}}
    bands = {currency: evenness.bands_minor(currency) for currency in {row[4] for row in rows}}
    ages = {days: evenness.age(days) for days in {row[3] for row in rows}}
    return [
        Piece(
            case,
            wants[code, product],
            ages[days],
            bisect_right(bands[currency], max(minor, 0)) - 1,
            currency,
            minor,
        )
        for case, code, product, days, currency, minor, _from in rows
    ]


def _balance(
    pieces: list[Piece], evenness: rules.Evenness, holders: list[Holder]
) -> tuple[list[_Line], list[Holder]]:
    problem = formulate(pieces, holders, evenness.weights)
    placed = search(problem)
    names = [name for name, _days in evenness.ages]
    shared: dict[tuple[int, int], Reason] = {}
    lines = []
    for index, reason in reasons(problem, placed):
        piece, u = problem.pieces[index], placed.get(index)
        key = (id(reason), piece.age)
        if key not in shared:
            shared[key] = {**reason, "age": names[piece.age]}
        lines.append(_Line(piece.id, None if u is None else problem.holders[u].id, shared[key]))
    number, minor = (
        defaultdict[int, int](int),
        defaultdict[int, dict[str, int]](lambda: defaultdict(int)),
    )
    for index, u in placed.items():
        number[u] += 1
        minor[u][problem.pieces[index].currency] += max(problem.pieces[index].minor, 0)
    return lines, [_after(holder, number[u], minor[u]) for u, holder in enumerate(problem.holders)]


def _after(holder: Holder, number: int, minor: dict[str, int]) -> Holder:
    currencies = {*holder.held_minor, *minor}
    together = {c: holder.held_minor.get(c, 0) + minor.get(c, 0) for c in currencies}
    return replace(holder, held=holder.held + number, held_minor=together)


def _with_source(lines: list[_Line], source: dict[int, int], cause: str) -> None:
    """Whom each case comes from; confirming checks that it is still so."""
    shared: dict[tuple[int, int], Reason] = {}
    for line in lines:
        key = (id(line.reason), source[line.case])
        if key not in shared:
            shared[key] = {**line.reason, "from": source[line.case]}
            if cause == "return" and line.user is not None:
                shared[key] |= {"principle": "return", "code": "back"}
        line.reason = shared[key]


def unknown_names(organisation: Organisation, every: Iterable[rules.Rules]) -> list[str]:
    """User names and teams in the rules that the organisation does not have: a slip that leaves cases unallocated."""
    wants = [want for one in every for _product, want in one.requirements]
    users = {name for want in wants for name in (want.users or frozenset()) | want.exclude}
    teams = {code for want in wants for code in want.teams or ()}
    users -= set(
        User.objects.filter(organisation=organisation, username__in=users).values_list(
            "username", flat=True
        )
    )
    teams -= set(
        Team.objects.filter(organisation=organisation, code__in=teams).values_list(
            "code", flat=True
        )
    )
    return sorted(users | teams)


def _write(run: AllocationRun, lines: list[_Line]) -> None:
    """One COPY; the lines share few reasons, so each reason is put into text once."""
    texts: dict[int, str] = {}
    rows: list[str] = []
    for line in lines:
        text = texts.get(id(line.reason))
        if text is None:
            # in COPY's text format a backslash escapes: JSON's own are doubled (it has no bare tab or line end)
            text = texts[id(line.reason)] = json.dumps(line.reason, ensure_ascii=False).replace(
                "\\", "\\\\"
            )
        user = "\\N" if line.user is None else line.user
        rows.append(f"{run.pk}\t{line.case}\t{user}\t{text}\tf\n")
    with connection.cursor() as cursor, connection.wrap_database_errors:
        statement = (
            "COPY casebook_allocationline (run_id, case_id, user_id, reason, edited) FROM STDIN"
        )
        with cursor.copy(statement) as copy:
            for start in range(0, len(rows), 2000):
                copy.write("".join(rows[start : start + 2000]))
