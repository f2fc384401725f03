"""The work list: open tasks of the cases that a user sees, one row per case, addressee and channel, in order of urgency."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huikuan.casebook import packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import PackVersion, Step
from huikuan.engine.playbook import Step as PlaybookStep
from huikuan.people.models import User
from huikuan.people.roles import Role

#: Steps reach SQL as rows, because their action and role belong to the pack version that made the task.
_WORDS = """
(SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::int[])
    AS w(version_id, step_id, action, addressee, role, priority))
"""
_FROM = """
FROM casebook_task t
JOIN {words} w ON w.version_id = t.pack_version_id AND w.step_id = t.step_id
JOIN casebook_casesummary f ON f.case_id = t.case_id
JOIN casebook_case k ON k.id = t.case_id
JOIN casebook_person p ON p.id = k.person_id
JOIN people_creditor c ON c.id = k.creditor_id
LEFT JOIN people_user u ON u.id = f.assignee_id
WHERE t.status = 'open' AND t.case_id IN ({visible}){filters}
"""
_ROWS = """
SELECT t.case_id, k.number, p.name, p.kind, c.name AS creditor, k.currency, f.balance_minor, f.oldest_due_on, f.return_on,
    f.promise_due_on, coalesce(nullif(u.display_name, ''), u.username) AS assignee, w.action, w.addressee,
    min(t.due_on) AS due_on, min(t.deadline_on) AS deadline_on, min(w.priority) AS priority, count(*) AS tasks,
    array_agg(t.pack_version_id ORDER BY w.priority, t.id) AS versions,
    array_agg(t.step_id ORDER BY w.priority, t.id) AS step_ids,
    (array_agg(t.reason ORDER BY w.priority, t.id))[1] AS reason, (array_agg(t.id ORDER BY w.priority, t.id))[1] AS task_id,
    max(t.verdict) FILTER (WHERE t.verdict <> 'allowed') AS verdict, min(t.earliest_on) AS earliest_on
{source}
GROUP BY t.case_id, k.id, p.id, c.id, f.case_id, u.id, w.action, w.addressee
ORDER BY min(w.priority) / 10, min(t.deadline_on) NULLS LAST, f.balance_minor DESC, t.case_id, w.action
LIMIT %s OFFSET %s
"""


@dataclass(frozen=True)
class Filters:
    """What the page's address asks for. Empty: everything."""

    q: str = ""
    role: str = ""
    action: str = ""
    step: str = ""
    creditor: str = ""
    verdict: str = ""
    queue: str = ""


_QUEUE_SQL = {
    "overdue": ("t.deadline_on < %s", 1),
    "promise": ("f.promise_due_on BETWEEN %s AND %s", 2),
    "return": ("f.return_on BETWEEN %s AND %s + 3", 2),
    "untouched": ("coalesce(f.last_attempt_on, f.placed_on) <= %s - 3", 1),
    "key": ("f.hand >= 3 OR f.balance_minor >= 5000000", 0),
}


@dataclass(frozen=True)
class Row:
    """One act to be done: a case, whom to address, through which channel, and the steps that ask for it."""

    case_id: int
    number: str
    name: str
    kind: str
    creditor: str
    currency: str
    balance_minor: int
    oldest_due_on: dt.date | None
    return_on: dt.date | None
    promise_due_on: dt.date | None
    assignee: str | None
    action: str
    addressee: str
    due_on: dt.date
    deadline_on: dt.date | None
    priority: int
    tasks: int
    steps: tuple[PlaybookStep, ...]
    reason: str
    task_id: int
    verdict: str | None
    earliest_on: dt.date | None

    @property
    def first(self) -> PlaybookStep:
        return self.steps[0]


@dataclass(frozen=True)
class WorkList:
    rows: list[Row]
    total: int
    overdue: int
    refused: int
    cases: int


def worklist(user: User, on: dt.date, filters: Filters, *, page: int = 1, size: int = 50) -> WorkList:
    """One page of the list with its counts. `on` is the day one works, for what is overdue."""
    source, parameters = _source(user, on, filters)
    with connection.cursor() as cursor:
        counts = (
            "SELECT count(*), count(*) FILTER (WHERE late), count(*) FILTER (WHERE refused), count(DISTINCT case_id) FROM ("
            "SELECT t.case_id, bool_or(t.deadline_on < %s) AS late, bool_or(t.verdict <> 'allowed') AS refused"
            f" {source} GROUP BY t.case_id, w.action, w.addressee) g"
        )
        cursor.execute(counts, [on, *parameters])
        total, overdue, refused, cases = cursor.fetchone()
        cursor.execute(_ROWS.replace("{source}", source), [*parameters, size, (page - 1) * size])
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    codes = dict(Step.objects.values_list("pk", "code")) if found else {}
    rows = [_row(row, codes) for row in found]
    return WorkList(rows, total, overdue, refused, cases)


def _row(found: dict[str, Any], codes: dict[int, str]) -> Row:
    pairs = dict.fromkeys(zip(found.pop("versions"), found.pop("step_ids"), strict=True))
    steps = tuple(packs.step_of(version, codes[step]) for version, step in pairs)
    return Row(steps=steps, **found)


def _source(user: User, on: dt.date, filters: Filters) -> tuple[str, list[Any]]:
    visible, seen = visible_cases(user).values("pk").query.sql_with_params()
    wanted, values = _conditions(user, on, filters)
    text = _FROM.format(words=_WORDS, visible=visible, filters="".join(f" AND ({part})" for part in wanted))
    return text, [*_step_words(), *seen, *values]


def _conditions(user: User, on: dt.date, filters: Filters) -> tuple[list[str], list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    role = filters.role or (user.role if user.role in (Role.COLLECTOR, Role.FIELD_VISITOR) else "")
    for text, value in (
        ("w.role = %s", "" if role == "all" else role),
        ("w.action = %s", filters.action),
        ("t.step_id IN (SELECT id FROM casebook_step WHERE code = %s)", filters.step),
        ("c.code = %s", filters.creditor),
    ):
        if value:
            parts.append(text)
            values.append(value)
    if filters.verdict:
        parts.append("t.verdict = 'allowed'" if filters.verdict == "allowed" else "t.verdict <> 'allowed'")
    if filters.queue in _QUEUE_SQL:
        text, days = _QUEUE_SQL[filters.queue]
        parts.append(text)
        values += [on] * days
    if filters.q:
        parts.append(
            "k.number ILIKE %s OR p.name ILIKE %s OR p.initials LIKE %s OR p.id_masked LIKE %s OR p.number = %s"
        )
        text = filters.q.strip().replace("%", "").replace("_", "")
        values += [f"{text}%", f"{text}%", f"{text.upper()}%", f"%{text}", text]
    return parts, values


def _step_words() -> list[list[Any]]:
    """Columns of the steps of every stored playbook version."""
    ids = {(step.pack, step.code): step.pk for step in Step.objects.all()}
    rows = []
    for version in PackVersion.objects.filter(kind=PackVersion.Kind.PLAYBOOK).only("id", "pack", "hash"):
        for step in packs.playbook_of(version).steps:
            rows.append((version.pk, ids[version.pack, step.id], step.action, step.addressee, step.role, step.priority))
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], [], [], []]
