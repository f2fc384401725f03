"""Figures of days from the raw records: one statement, one row per day, person, creditor, currency and measure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from huikuan.allocation.targets import IN_FORCE
from huikuan.casebook import fold, packs
from huikuan.engine.outcomes import Outcome
from huikuan.people import roles
from huikuan.people.rights import Right
from huikuan.planning import standing
from huikuan.planning.worklist import step_words
from huikuan.reports.scope import Scope

_CONTACTS = """
SELECT x.day, x.user_id, x.creditor_id, '' AS currency, m.measure, m.n FROM (
    SELECT r.valid_on AS day, a.actor_id AS user_id, r.creditor_id,
        count(*) FILTER (WHERE r.channel = 'call' AND NOT r.inbound) AS calls,
        count(DISTINCT r.case_id) FILTER (WHERE NOT r.inbound) AS cases,
        count(*) FILTER (WHERE r.channel = 'call' AND NOT r.inbound AND r.connected) AS connected,
        count(*) FILTER (WHERE r.channel = 'call' AND NOT r.inbound AND r.connected
            AND coalesce(w.right_party, r.answered = 'debtor' AND r.identified)) AS right_party,
        count(*) FILTER (WHERE r.channel = 'call' AND NOT r.inbound AND r.connected
            AND r.answered IN ('relative', 'colleague', 'friend', 'other')) AS third_party,
        count(*) FILTER (WHERE r.inbound) AS inbound,
        count(*) FILTER (WHERE w.found = 'deceased') AS deceased,
        count(*) FILTER (WHERE w.found = 'fraud') AS fraud,
        count(*) FILTER (WHERE w.found = 'disputes') AS disputes,
        count(*) FILTER (WHERE w.found = 'complaints') AS complaints,
        count(*) FILTER (WHERE r.channel = 'letter' AND NOT r.inbound) AS letters,
        count(*) FILTER (WHERE r.channel = 'visit' AND NOT r.inbound) AS visits,
        count(*) FILTER (WHERE r.channel IN ('sms', 'email') AND NOT r.inbound) AS messages,
        count(*) FILTER (WHERE r.override_reason <> '') AS overrides,
        count(*) FILTER (WHERE r.unapproved) AS unapproved
    FROM casebook_contactrecord r
    JOIN casebook_act a ON a.id = r.act_id
    LEFT JOIN unnest(%(creditors)s::bigint[], %(products)s::text[], %(who)s::text[], %(codes)s::text[], %(right)s::bool[],
        %(found)s::text[]) AS w(creditor_id, product, who, code, right_party, found)
        ON w.creditor_id = r.creditor_id AND w.product = r.product AND w.who = r.answered AND w.code = r.outcome
    WHERE r.organisation_id = %(org)s AND r.valid_on = ANY(%(days)s)
        AND (%(creditor)s::bigint IS NULL OR r.creditor_id = %(creditor)s) AND {actor}
    GROUP BY 1, 2, 3
) x, LATERAL (VALUES ('calls', x.calls), ('cases', x.cases), ('connected', x.connected), ('right_party', x.right_party),
    ('third_party', x.third_party), ('inbound', x.inbound), ('deceased', x.deceased), ('fraud', x.fraud),
    ('disputes', x.disputes), ('complaints', x.complaints), ('letters', x.letters), ('visits', x.visits),
    ('messages', x.messages), ('overrides', x.overrides), ('unapproved', x.unapproved)) AS m(measure, n)
"""
_PROMISES = """
SELECT x.day, x.user_id, x.creditor_id, x.currency, m.measure, m.n FROM (
    SELECT p.valid_on AS day, a.actor_id AS user_id, p.creditor_id, p.currency, count(DISTINCT p.plan) AS promises,
        sum(p.amount_minor) AS promised
    FROM casebook_promise p JOIN casebook_act a ON a.id = p.act_id
    WHERE p.organisation_id = %(org)s AND p.valid_on = ANY(%(days)s)
        AND (%(creditor)s::bigint IS NULL OR p.creditor_id = %(creditor)s) AND {actor}
    GROUP BY 1, 2, 3, 4
) x, LATERAL (VALUES ('promises', x.promises), ('promised', x.promised)) AS m(measure, n)
"""
#: The cases with an instalment of these days.
_PROMISED = """
    SELECT DISTINCT p.case_id AS id FROM casebook_promise p
    WHERE p.organisation_id = %(org)s AND p.due_on = ANY(%(days)s) AND p.valid_on <= %(seen)s
        AND (%(creditor)s::bigint IS NULL OR p.creditor_id = %(creditor)s)
"""
#: What became of the instalments of one day, as far as payments are known and stand on %(seen)s. What was
#: paid on each, the facts say (casebook/sql/promises.sql). One that was replaced in time waits for nothing.
_DUE = f"""
WITH {fold.instalments(_PROMISED, "seen")}
SELECT y.due_on, y.user_id, y.creditor_id, y.currency, m.measure, m.n FROM (
    SELECT p.due_on, a.actor_id AS user_id, p.creditor_id, p.currency, p.amount_minor,
        CASE WHEN s.is_settled THEN 'kept'
            WHEN s.last_day >= %(seen)s::date OR EXISTS (
                SELECT FROM settled z WHERE z.case_id = s.case_id AND z.plan_age < s.plan_age AND z.made_on <= s.last_day
            ) THEN 'pending'
            WHEN s.paid_minor > s.so_far_minor - s.amount_minor THEN 'part' ELSE 'broken' END AS state
    FROM settled s
    JOIN casebook_promise p ON p.id = s.id
    JOIN casebook_act a ON a.id = p.act_id
    WHERE p.organisation_id = %(org)s AND p.due_on = ANY(%(days)s)
        AND (%(creditor)s::bigint IS NULL OR p.creditor_id = %(creditor)s) AND {{actor}}
) y, LATERAL (VALUES ('due', 1), ('due_minor', y.amount_minor), (y.state, 1),
    (CASE WHEN y.state <> 'pending' THEN y.state || '_minor' END, y.amount_minor)) AS m(measure, n)
WHERE m.measure IS NOT NULL
"""
_PAYMENTS = """
SELECT x.day, h.user_id, x.creditor_id, x.currency, m.measure, m.n FROM (
    SELECT p.valid_on AS day, p.case_id, p.creditor_id, p.currency, 1 AS payments, 0 AS reversals,
        p.amount_minor AS received, 0 AS reversed
    FROM casebook_payment p WHERE p.organisation_id = %(org)s AND p.valid_on = ANY(%(days)s)
    UNION ALL
    SELECT v.valid_on, p.case_id, p.creditor_id, p.currency, 0, 1, -p.amount_minor, p.amount_minor
    FROM casebook_reversal v JOIN casebook_payment p ON p.id = v.payment_id
    WHERE v.organisation_id = %(org)s AND v.valid_on = ANY(%(days)s)
) x LEFT JOIN LATERAL (
    SELECT a.user_id FROM casebook_assignment a WHERE a.case_id = x.case_id AND a.valid_on <= x.day
    ORDER BY a.valid_on DESC, a.id DESC LIMIT 1
) h ON true, LATERAL (VALUES ('payments', x.payments), ('received', x.received), ('reversals', x.reversals),
    ('reversed', x.reversed)) AS m(measure, n)
WHERE (%(creditor)s::bigint IS NULL OR x.creditor_id = %(creditor)s) AND {holder}
"""
#: Credit notes, waivers, correcting charges and what takes them back, by who held the case on the day.
_CORRECTIONS = """
SELECT x.valid_on, h.user_id, x.creditor_id, g.currency, m.measure, m.n
FROM casebook_correction x JOIN casebook_charge g ON g.id = x.charge_id
LEFT JOIN LATERAL (
    SELECT a.user_id FROM casebook_assignment a WHERE a.case_id = x.case_id AND a.valid_on <= x.valid_on
    ORDER BY a.valid_on DESC, a.id DESC LIMIT 1
) h ON true, LATERAL (VALUES ('corrections', 1), ('corrected', g.amount_minor)) AS m(measure, n)
WHERE x.organisation_id = %(org)s AND x.valid_on = ANY(%(days)s)
    AND (%(creditor)s::bigint IS NULL OR x.creditor_id = %(creditor)s) AND {holder}
"""
_REFUSED = """
SELECT %(on)s::date, a.actor_id, k.creditor_id, '', 'refused', count(*)
FROM casebook_gatedecision d JOIN casebook_act a ON a.id = d.act_id JOIN casebook_case k ON k.id = d.case_id
WHERE d.organisation_id = %(org)s AND NOT d.allowed AND d.at >= %(begins)s AND d.at < %(ends)s
    AND (%(creditor)s::bigint IS NULL OR k.creditor_id = %(creditor)s) AND {actor}
GROUP BY 2, 3
"""
_DONE = """
SELECT t.status_on, a.actor_id, x.creditor_id, '', 'done', count(*) FROM (
    SELECT DISTINCT ON (y.task_id) y.* FROM (
        SELECT l.task_id, r.creditor_id, r.act_id FROM casebook_contactrecord r
        JOIN casebook_contactrecord_tasks l ON l.contactrecord_id = r.id
        WHERE r.organisation_id = %(org)s AND r.valid_on = ANY(%(days)s)
        UNION ALL
        SELECT n.task_id, n.creditor_id, n.act_id FROM casebook_casenote n
        WHERE n.organisation_id = %(org)s AND n.valid_on = ANY(%(days)s) AND n.task_id IS NOT NULL
    ) y ORDER BY y.task_id, y.act_id
) x JOIN casebook_task t ON t.id = x.task_id AND t.status = 'done' AND t.status_on = ANY(%(days)s)
JOIN casebook_act a ON a.id = x.act_id
WHERE (%(creditor)s::bigint IS NULL OR x.creditor_id = %(creditor)s) AND {actor}
GROUP BY 1, 2, 3
"""
#: The tasks of a scope: the roles' own, in the cases that its users hold.
TASKS = f"""
FROM casebook_casesummary s
JOIN casebook_task t ON t.case_id = s.case_id AND {standing.TO_DO.format(on="%(on)s")}
JOIN unnest(%(versions)s::bigint[], %(steps)s::int[], %(of_house)s::bool[], %(actions)s::text[],
    %(addressees)s::text[]) AS w(version_id, step_id, of_house, action, addressee)
    ON w.version_id = t.pack_version_id AND w.step_id = t.step_id
WHERE s.organisation_id = %(org)s
    AND (%(creditor)s::bigint IS NULL OR t.creditor_id = %(creditor)s)
    AND {{worker}}
"""
_OPEN = f"""
SELECT %(on)s::date, x.user_id, x.creditor_id, '', m.measure, m.n FROM (
    SELECT s.assignee_id AS user_id, t.creditor_id, count(*) AS open,
        count(*) FILTER (WHERE {standing.OVERDUE.format(on="%(on)s")}) AS overdue,
        count(*) FILTER (WHERE {standing.DUE_TODAY.format(on="%(on)s")}) AS last_day,
        count(*) FILTER (WHERE {standing.BARRED}) AS barred
    {TASKS}
    GROUP BY 1, 2
) x, LATERAL (VALUES ('open', x.open), ('overdue', x.overdue), ('last_day', x.last_day),
    ('barred', x.barred)) AS m(measure, n)
"""
_WHOSE_TARGETS = "x.organisation_id = %(org)s AND %(creditor)s::bigint IS NULL AND {target}"
_TARGETS = f"""
SELECT f.day, f.user_id, NULL::bigint, '', 'target_' || f.kind, f.amount
FROM ({IN_FORCE.format(whose=_WHOSE_TARGETS)}) f
"""
DAY = (_CONTACTS, _PROMISES, _DUE, _PAYMENTS, _CORRECTIONS, _REFUSED, _DONE, _OPEN)
#: The running day as far as it has gone, for the board, my day and the end of the day.
SO_FAR = (_CONTACTS, _PROMISES, _PAYMENTS, _DONE, _TARGETS)
#: How things stand: not what was done on a day.
STANDING = (_OPEN,)
#: Targets and what reaches them; these may be read for several days at once.
REACHED = (_CONTACTS, _PAYMENTS, _TARGETS)
_ONLY = {
    "actor": "a.actor_id",
    "holder": "h.user_id",
    "assignee": "s.assignee_id",
    "target": "x.user_id",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """So many (or so much, in minor units of `currency`) of one measure. `user` None: nobody holds the case."""

    on: dt.date
    user: int | None
    creditor: int | None
    currency: str
    measure: str
    n: int


def read(
    scope: Scope,
    on: dt.date,
    *,
    seen: dt.date,
    zone: ZoneInfo,
    parts: Sequence[str] = DAY,
    more: Sequence[str] = (),
    back: Sequence[dt.date] = (),
) -> list[Fact]:
    """The figures of the local day `on`, as payments are known on `seen`. `more`: further selects of the same
    columns. `back`: earlier days, for parts that do not speak of the state of things on one day."""
    parameters = scope.parameters() | {"on": on, "days": [on, *back], "seen": seen}
    parameters["begins"] = dt.datetime.combine(on, dt.time(), zone)
    parameters["ends"] = dt.datetime.combine(on + dt.timedelta(1), dt.time(), zone)
    if _CONTACTS in parts:
        parameters |= _outcomes(on)
    if _OPEN in parts:
        parameters |= steps_of(scope)
    text = within(scope, " UNION ALL ".join(f"({part})" for part in (*parts, *more)))
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return [
            Fact(day, user, creditor, currency, measure, int(n))
            for day, user, creditor, currency, measure, n in cursor.fetchall()
            if n
        ]


def finding(outcome: Outcome) -> str:
    """Which of the P2 findings an outcome is, or nothing."""
    hold = outcome.hold.kind if outcome.hold else ""
    if hold == "deceased":
        return "deceased"
    if hold == "fraud_victim" or outcome.code == "fraud_suspected":
        return "fraud"
    if hold == "dispute":
        return "disputes"
    return "complaints" if hold == "complaint" or outcome.code == "complains" else ""


def _outcomes(on: dt.date) -> dict[str, list[Any]]:
    """The outcome codes in force as columns: whose debt, who answered, which code, what it means."""
    found: dict[tuple[int, str, str, str], tuple[bool, str]] = {}
    for line in packs.follows(on):
        for outcome in packs.words_of(packs.version(line.version_id)).outcomes or ():
            found.setdefault(
                (line.creditor_id, line.product, outcome.who, outcome.code),
                (outcome.right_party, finding(outcome)),
            )
    return _columns(
        ("creditors", "products", "who", "codes", "right", "found"),
        [(*k, *v) for k, v in found.items()],
    )


def within(scope: Scope, text: str) -> str:
    """The statement with its places for people filled in: only the scope's, or everybody."""
    for name, column in _ONLY.items():
        condition = "true"
        if scope.users is not None:
            condition = f"{column} = ANY(%(users)s)"
        elif name == "actor" and scope.doers is not None:
            condition = f"{column} = ANY(%(doers)s)"
        text = text.replace(f"{{{name}}}", condition)

    worker = "true"
    if scope.users is not None:
        worker = "s.assignee_id = ANY(%(users)s)"
        # Said only where it is needed: with OR the index on the holder serves no more.
        if scope.house_roles:
            worker = f"(w.of_house OR {worker})"
    return text.replace("{worker}", worker)


def steps_of(scope: Scope) -> dict[str, list[Any]]:
    """The steps whose tasks the scope counts, as columns, of every stored version.

    Tasks of an old version may still be open.
    """
    roles_counted = scope.roles
    if roles_counted is None:
        roles_counted = tuple(roles.codes_with(Right.HOLD_CASES))

    rows = [
        (word.version, word.step, word.role in scope.house_roles, word.action, word.addressee)
        for word in step_words()
        if word.role in roles_counted or word.role in scope.house_roles
    ]
    return _columns(("versions", "steps", "of_house", "actions", "addressees"), rows)


def _columns(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Any]]:
    kept = list(rows)
    return {name: [row[place] for row in kept] for place, name in enumerate(names)}
