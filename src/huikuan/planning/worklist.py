"""The work list: open tasks of the cases that a user sees, one row per case, addressee and channel, in order of urgency:
promises that are due, then deadlines, then value."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import connection

from huikuan.casebook import packs
from huikuan.casebook.access import held_summaries, holds_only, visible_ids
from huikuan.casebook.models import Step
from huikuan.casebook.search import find_cases
from huikuan.casebook.statements import named
from huikuan.engine import words
from huikuan.engine.advice import Advice
from huikuan.engine.expression import condition_sql, fact_sql
from huikuan.engine.playbook import Step as PlaybookStep
from huikuan.people.models import User
from huikuan.planning import standing
from huikuan.planning.agreed import agreed_minutes
from huikuan.planning.good_times import Local, Ranks, best_advice, ranks
from huikuan.planning.whose import MINE, Listed, listed

#: Steps reach SQL as rows, because their action and role belong to the pack version that made the task.
_WORDS = """
(SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::int[]{types})
    AS w(version_id, step_id, action, addressee, role, priority{names}))
"""
#: Beside them, how good the moment is for each step; where debtors are elsewhere, once for each zone.
_RANK = {"types": ", %s::int[], %s::text[]", "names": ", rank, zone"}
_NO_RANK = {"types": "", "names": ""}
#: The zone of the cases whose debtor is elsewhere: few, so they are found first.
_ELSEWHERE = """
LEFT JOIN (
    SELECT k.id AS case_id, p.timezone AS zone
    FROM casebook_person p JOIN casebook_case k ON k.person_id = p.id
    WHERE p.timezone = ANY(%s::text[])
) z ON z.case_id = t.case_id
"""
_OF_ZONE = " AND w.zone = coalesce(z.zone, '')"
#: Version and step are compared as one number. Of two conditions the planner takes the product of
#: their chances, which is next to nothing, expects a single task, and then goes through all cases
#: that somebody holds for each of their tasks.
_FROM = """
FROM {tasks} t
{elsewhere}JOIN {words} w
    ON (w.version_id << 32 | w.step_id) = (t.pack_version_id::bigint << 32 | t.step_id){of_zone}
JOIN {facts} f ON f.case_id = t.case_id
{joins}
WHERE {visible}{filters}
"""
_SHOWN = """
JOIN page g ON g.case_id = t.case_id AND g.action = w.action AND g.addressee = w.addressee
JOIN casebook_case k ON k.id = t.case_id
JOIN casebook_person p ON p.id = k.person_id
JOIN people_creditor c ON c.id = k.creditor_id
LEFT JOIN people_user u ON u.id = f.assignee_id
"""
#: The tasks of the list.
OPEN = "(SELECT * FROM casebook_task WHERE status = 'open')"
#: A promise that is due and not yet paid; `on` stands for the day, which is a literal (`day_literal`).
PROMISED = f"f.promise_due_on <= {{on}} AND {fact_sql('promise', row='f', day='{on}')} = 'open'"
#: What of the balance is overdue; of the rows of a page alone, for it adds up items.
OVERDUE_SUM = fact_sql("overdue", row="f", day="{on}")
#: The order of the list: what may not be done today comes last. Aggregates over the tasks of a row, or of a case.
#: Of what is equal in all that counts more, that whose good time is now comes first.
_ORDER = (
    f"bool_and(t.verdict <> 'allowed'), NOT coalesce({PROMISED}, false), min(t.deadline_on) NULLS LAST,"
    " {timed}f.balance_minor DESC, t.case_id"
)
#: A row of the list, or a case: with all that its place in the order depends on.
GROUPED = "t.case_id, f.balance_minor, f.last_attempt_on, " + ", ".join(
    f"f.promise_{name}" for name in ("due_on", "last_day", "paid_minor", "needed_minor")
)
#: The acts of one page, found without what is shown of them: a long list is sorted by few columns.
_PAGE = """
WITH page AS MATERIALIZED (
    SELECT t.case_id, w.action, w.addressee
    {source}
    GROUP BY {grouped}, w.action, w.addressee
    ORDER BY {order}, w.action, w.addressee
    LIMIT %s OFFSET %s
)
"""
_OF_PAGE = "(SELECT * FROM casebook_task WHERE status = 'open' AND case_id = ANY(ARRAY(SELECT case_id FROM page)))"
_ROWS = """
SELECT t.case_id, k.number, p.id AS person_id, p.name, p.kind, c.name AS creditor, k.currency, f.balance_minor,
    {overdue} AS overdue_minor, p.timezone AS zone, f.next_contact_on,
    f.oldest_due_on, f.return_on, f.promise_due_on, f.last_attempt_on,
    coalesce(nullif(u.display_name, ''), u.username) AS assignee, w.action, w.addressee,
    min(t.due_on) AS due_on, min(t.deadline_on) AS deadline_on, min(w.priority) AS priority, count(*) AS tasks,
    array_agg(t.pack_version_id ORDER BY w.priority, t.id) AS versions,
    array_agg(t.step_id ORDER BY w.priority, t.id) AS step_ids,
    (array_agg(t.reason ORDER BY w.priority, t.id))[1] AS reason, (array_agg(t.id ORDER BY w.priority, t.id))[1] AS task_id,
    max(t.verdict) FILTER (WHERE t.verdict <> 'allowed') AS verdict, min(t.earliest_on) AS earliest_on
{source}
GROUP BY t.case_id, k.id, p.id, c.id, f.case_id, u.id, w.action, w.addressee
ORDER BY {order}, w.action, w.addressee
"""


Versions = packs.Stored
#: Where the preference stands among the words of a step; what is before it goes to SQL.
_PREFERENCE = 6
#: The acts by which an agreed contact is made.
MET_BY = ("call", "visit")
#: Of each kind of match: a word that leaves more than this must be longer.
MOST_FOUND = 500


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


#: The saved queues of a day. The first two follow from tasks and facts; what makes a case belong to
#: the others, the procedure says that made the task.
OWN_QUEUES = {"overdue": standing.OVERDUE, "promise": PROMISED}
QUEUES = (*OWN_QUEUES, *words.QUEUES)


@dataclass(frozen=True)
class Row:
    """One act to be done: a case, whom to address, through which channel, and the steps that ask for it."""

    case_id: int
    number: str
    person_id: int
    name: str
    kind: str
    creditor: str
    currency: str
    balance_minor: int
    overdue_minor: int
    oldest_due_on: dt.date | None
    return_on: dt.date | None
    promise_due_on: dt.date | None
    next_contact_on: dt.date | None
    last_attempt_on: dt.date | None
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
    #: The version that made the task of the reason.
    pack_version_id: int
    verdict: str | None
    earliest_on: dt.date | None
    #: What its steps say of the moment; None where nobody asked, or where they say nothing.
    advice: Advice | None = None
    #: The minute of the debtor's day for which a contact is agreed today.
    agreed_minute: int | None = None

    @property
    def first(self) -> PlaybookStep:
        return self.steps[0]


@dataclass(frozen=True)
class Counts:
    """Lines of the list before the chosen queue: all, and by queue.

    A line is one act and may stand for several tasks; tasks are counted by the reports.
    """

    total: int = 0
    queues: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepWords:
    """What a step of one version asks for, and of which role."""

    version: int
    step: int
    action: str
    addressee: str
    role: str
    priority: int


@dataclass(frozen=True)
class WorkList:
    rows: list[Row]
    counts: Counts
    total: int


def worklist(
    user: User,
    on: dt.date,
    filters: Filters,
    *,
    page: int = 1,
    size: int = 50,
    at: dt.datetime | None = None,
) -> WorkList:
    """One page of the list with its counts. `on` is the day one works, for what is overdue.

    `at`: the moment, for the good and bad times of acts; without it they do not matter.
    """
    versions = packs.stored_playbooks()
    shown = _listed(user, filters)
    timed = ranks_at(user, at, versions)
    order = order_of_list(on, timed)
    found, given = list_source(user, on, filters, versions=versions, shown=shown, timed=timed)
    source, parameters = list_source(
        user,
        on,
        filters,
        joins=_SHOWN,
        tasks=_OF_PAGE,
        chosen=True,
        versions=versions,
        shown=shown,
        timed=timed,
    )
    text = _PAGE.format(source=found, grouped=GROUPED, order=order) + _ROWS.format(
        source=source, order=order, overdue=OVERDUE_SUM.format(on=day_literal(on))
    )
    with connection.cursor() as cursor:
        counts, total = _counts(cursor, user, on, filters, versions, shown)
        cursor.execute(text, [*given, size, (page - 1) * size, *parameters])
        rows = named(cursor)
    codes = dict(Step.objects.values_list("pk", "code")) if rows else {}
    lines = [_row(row, codes, user, at) for row in rows]
    return WorkList(_with_agreed(lines, on), counts, total)


def ranks_at(user: User, at: dt.datetime | None, versions: Versions | None = None) -> Ranks | None:
    """How good the moment is for each step of the list; None where it makes no difference."""
    if at is None:
        return None
    stored = packs.stored_playbooks() if versions is None else versions
    steps = (((row[0], row[1]), row[_PREFERENCE]) for row in _words_of(stored))
    return ranks(_local(user, at), steps)


def order_of_list(on: dt.date, timed: Ranks | None) -> str:
    """The order of the list, in SQL."""
    return _ORDER.format(on=day_literal(on), timed="min(w.rank), " if timed else "")


def _listed(user: User, filters: Filters) -> Listed:
    """Whose tasks the list shows with these filters."""
    return listed(user, filters.role, of_one_act=bool(filters.action or filters.step))


def _local(user: User, at: dt.datetime) -> Local:
    house = user.organisation.timezone if user.organisation else settings.TIME_ZONE
    return Local(at, house)


def lines_of_own_roles(user: User, on: dt.date) -> int:
    """Lines of the list for the tasks of the user's own roles; 0 where no step names one of them."""
    if not set(user.role_codes) & set(named_roles()):
        return 0
    source, parameters = list_source(user, on, Filters(role=MINE))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT {source} GROUP BY t.case_id, w.action, w.addressee) g",
            parameters,
        )
        return int(cursor.fetchone()[0])


def _counts(
    cursor: Any, user: User, on: dt.date, filters: Filters, versions: Versions, shown: Listed
) -> tuple[Counts, int]:
    """All queues at once, and the length of the chosen one."""
    source, parameters = list_source(
        user, on, _without_queue(filters), versions=versions, shown=shown
    )
    flags = ", ".join(f"bool_or({_queue(name, on, versions)}) AS q_{name}" for name in QUEUES)
    sums = ", ".join(f"count(*) FILTER (WHERE q_{name})" for name in QUEUES)
    cursor.execute(
        f"SELECT count(*), {sums} FROM (SELECT {flags} {source}"
        " GROUP BY t.case_id, w.action, w.addressee) g",
        parameters,
    )
    total, *queues = cursor.fetchone()
    by_queue = dict(zip(QUEUES, queues, strict=True))
    return Counts(total, by_queue), by_queue.get(filters.queue, total)


def _queue(name: str, on: dt.date, versions: Versions) -> str:
    """The condition that a task of the list belongs to a queue."""
    if name in OWN_QUEUES:
        return OWN_QUEUES[name].format(on=day_literal(on))
    return _pack_queue(name, versions).replace("{on}", day_literal(on))


@functools.lru_cache(maxsize=64)
def _pack_queue(name: str, versions: Versions) -> str:
    """By the version that made the task: its own condition; of a pack without this queue, never."""
    by_condition: dict[str, list[int]] = {}
    for key, _pack, _hash in versions:
        book = packs.playbook_of(packs.version(key))
        if name in book.queues:
            condition = condition_sql(
                book.queues[name], book.vocabulary, "case", row="f", day="{on}"
            )
            by_condition.setdefault(condition, []).append(key)

    parts = []
    for condition, keys in by_condition.items():
        made_by = ", ".join(str(key) for key in keys)
        parts.append(f"(t.pack_version_id IN ({made_by}) AND {condition})")
    return " OR ".join(parts) or "false"


def day_literal(on: dt.date) -> str:
    """The day as a literal: it stands in many places of a query, beside parameters without names."""
    return f"DATE '{on.isoformat()}'"


def _row(found: dict[str, Any], codes: dict[int, str], user: User, at: dt.datetime | None) -> Row:
    versions = found.pop("versions")
    pairs = dict.fromkeys(zip(versions, found.pop("step_ids"), strict=True))
    steps = tuple(packs.step_of(version, codes[step]) for version, step in pairs)
    zone = found.pop("zone")
    advice = None
    # What a rule forbids today is not done better at another hour of it.
    if at is not None and found["verdict"] is None:
        advice = best_advice(steps, _local(user, at).moment(zone), found["deadline_on"])
    return Row(steps=steps, advice=advice, pack_version_id=versions[0], **found)


def _with_agreed(lines: list[Row], on: dt.date) -> list[Row]:
    """The lines, those of a case that is to be contacted today with the agreed minute."""
    agreed = {
        line.case_id for line in lines if line.next_contact_on == on and line.action in MET_BY
    }
    if not agreed:
        return lines
    minutes = agreed_minutes(list(agreed), on)
    return [
        replace(line, agreed_minute=minutes.get(line.case_id)) if line.action in MET_BY else line
        for line in lines
    ]


def list_source(
    user: User,
    on: dt.date,
    filters: Filters,
    *,
    joins: str = "",
    tasks: str = OPEN,
    given: Sequence[Any] = (),
    chosen: bool = False,
    versions: Versions | None = None,
    shown: Listed | None = None,
    timed: Ranks | None = None,
) -> tuple[str, list[Any]]:
    """FROM and WHERE of the tasks in question (t, with their words w and the facts f of their case), and their parameters.

    `joins`: what the query reads beside them; `given`: the parameters of `tasks`. `chosen`: `tasks` are of cases that
    were chosen among those that the user sees. `versions`: the stored playbooks, `shown`: whose tasks, where the caller
    has asked for them. `timed`: how good the moment is for the steps; w has it as `rank`.
    """
    versions = packs.stored_playbooks() if versions is None else versions
    shown = _listed(user, filters) if shown is None else shown
    visible, seen = ("true", ()) if chosen else among_visible(user, "t.case_id")
    held = holds_only(user) and not chosen
    facts, whose = held_summaries(user) if held else ("casebook_casesummary", ())
    wanted, values = _conditions(user, on, filters, versions, shown)
    narrowed = "".join(f" AND ({part})" for part in wanted)
    zones = list(timed.zones) if timed else []
    text = _FROM.format(
        tasks=tasks,
        words=_WORDS.format(**(_RANK if timed else _NO_RANK)),
        elsewhere=_ELSEWHERE if zones else "",
        of_zone=_OF_ZONE if zones else "",
        facts=facts,
        joins=joins,
        visible=visible,
        filters=narrowed,
    )
    columns = _words_of_interest(filters, versions, shown, timed)
    parameters = [*given, *([zones] if zones else []), *columns, *whose, *seen, *values]
    return text, parameters


def _without_queue(filters: Filters) -> Filters:
    return replace(filters, queue="")


def among_visible(user: User, column: str) -> tuple[str, tuple[Any, ...]]:
    """The condition that a case is one that the user sees, and its parameters.

    The few cases that somebody holds are fetched first, as an array: from statistics the planner cannot know how few they are.
    """
    visible, seen = visible_ids(user).query.sql_with_params()
    return (
        f"{column} = ANY(ARRAY({visible}))" if holds_only(user) else f"{column} IN ({visible})"
    ), tuple(seen)


def _conditions(
    user: User, on: dt.date, filters: Filters, versions: Versions, shown: Listed
) -> tuple[list[str], list[Any]]:
    # Not TO_DO: the next case is also found from a place in the list whose tasks were just done.
    parts = [standing.OPENED.format(on=day_literal(on))]
    values: list[Any] = []
    if shown.users is not None:
        parts.append("f.assignee_id = ANY(%s::bigint[])")
        values.append(list(shown.users))
        # Said only where it is needed: with OR the index on the holder serves no more.
        if shown.house_roles:
            parts[-1] += " OR w.role = ANY(%s::text[])"
            values.append(list(shown.house_roles))
    for text, value in (
        ("t.step_id IN (SELECT id FROM casebook_step WHERE code = %s)", filters.step),
        ("f.creditor_id IN (SELECT id FROM people_creditor WHERE code = %s)", filters.creditor),
    ):
        if value:
            parts.append(text)
            values.append(value)
    if filters.verdict:
        parts.append("t.verdict = 'allowed'" if filters.verdict == "allowed" else standing.BARRED)
    if filters.queue in QUEUES:
        parts.append(_queue(filters.queue, on, versions))
    if filters.q.strip():
        parts.append("t.case_id = ANY(%s)")
        values.append(find_cases(user, filters.q, MOST_FOUND))
    return parts, values


def _words_of_interest(
    filters: Filters, versions: Versions, shown: Listed, timed: Ranks | None
) -> list[list[Any]]:
    """Columns of the steps that the filters leave. Chosen here and not in SQL, where the planner could only guess how many."""
    rows = [
        row[:_PREFERENCE]
        for row in _words_of(versions)
        if (shown.roles is None or row[4] in shown.roles)
        and (not filters.action or row[2] == filters.action)
    ]
    width = _PREFERENCE
    if timed is not None:
        zones = ("", *timed.zones)
        rows = [
            (*row, int(rank), zone)
            for row in rows
            for zone, rank in zip(zones, timed.of(row[0], row[1]), strict=True)
        ]
        width += 2
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def named_roles() -> list[str]:
    """Codes of the roles that steps of any stored version name, sorted: what a list can be narrowed to."""
    return sorted({row[4] for row in _words_of(packs.stored_playbooks())})


def step_words() -> tuple[StepWords, ...]:
    """The steps of every stored playbook version; of an old one tasks may still be open."""
    rows = _words_of(packs.stored_playbooks())
    return tuple(StepWords(*row[:_PREFERENCE]) for row in rows)


@functools.lru_cache(maxsize=8)
def _words_of(versions: Versions) -> tuple[tuple[Any, ...], ...]:
    """The steps of these playbooks: version, step, action, addressee, role, priority, preference."""
    ids = {(step.pack, step.code): step.pk for step in Step.objects.all()}
    return tuple(
        (
            key,
            ids[pack, step.id],
            step.action,
            step.addressee,
            step.role,
            step.priority,
            step.preference,
        )
        for key, pack, _hash in versions
        for step in packs.playbook_of(packs.version(key)).steps
    )
