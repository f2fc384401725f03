"""What happened to a case as a whole: kept, returned, closed, told, agreed."""

from __future__ import annotations

from huikuan.engine.fact import ITSELF, Column, Fact, Family

#: What a step may record of its case: events that say nothing but their day.
RECORDED = ("told", "visit_asked", "lock_agreed", "legal_agreed")

FACTS = (
    Fact(
        "is_open",
        "bool",
        "在催",
        "open",
        "Placed and neither returned, recalled nor closed.",
        "case events",
        always=True,
        sql="coalesce(events.state, 'reopened') = 'reopened'",
        since="placed_on",
    ),
    Fact(
        "placed_on",
        "date",
        "委案日",
        "placed on",
        "Day of the (last) placement.",
        "placement",
        always=True,
        sql="coalesce(events.reopened_on, c.placed_on)",
        since=ITSELF,
    ),
    Fact(
        "return_on",
        "date",
        "退案日",
        "return day",
        "Agreed day of return, retention included.",
        "placement, case events",
        sql="coalesce(events.retained_until, c.return_on)",
    ),
    Fact(
        "told_on",
        "date",
        "委外告知日",
        "told on",
        "Day on which the debtor was told of the outsourcing.",
        "case events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'told')",
        sql="least(c.told_on, events.told_on)",
        since=ITSELF,
    ),
    Fact(
        "visit_asked_on",
        "date",
        "外访申请日",
        "visit requested",
        "Day of the last request for a field visit.",
        "case events",
        fold="max(r.valid_on) FILTER (WHERE r.kind = 'visit_asked')",
        since=ITSELF,
    ),
    Fact(
        "lock_agreed_on",
        "date",
        "同意锁货日",
        "lock agreed",
        "Day on which the owner agreed to lock deliveries.",
        "case events",
        fold="max(r.valid_on) FILTER (WHERE r.kind = 'lock_agreed')",
        since=ITSELF,
    ),
    Fact(
        "legal_agreed_on",
        "date",
        "同意发律师函日",
        "legal letters agreed",
        "Day on which the owner agreed to legal letters.",
        "case events",
        fold="max(r.valid_on) FILTER (WHERE r.kind = 'legal_agreed')",
        since=ITSELF,
    ),
)

_STATES = "('returned', 'recalled', 'closed', 'reopened')"
_NEWEST_FIRST = "ORDER BY r.valid_on DESC, r.id DESC"

EVENTS = Family(
    name="events",
    facts=FACTS,
    reads=("casebook_caseevent",),
    source="casebook_caseevent",
    last="max(r.valid_on)",
    hidden={
        "state": f"(array_agg(r.kind {_NEWEST_FIRST}) FILTER (WHERE r.kind IN {_STATES}))[1]",
        "reopened_on": "max(r.valid_on) FILTER (WHERE r.kind = 'reopened')",
        "retained_until": (
            f"(array_agg(r.until_on {_NEWEST_FIRST})"
            " FILTER (WHERE r.kind IN ('retained', 'reopened')))[1]"
        ),
    },
)

#: Deliveries that are held back; written by receivables.
LOCKS = Family(
    name="locks",
    facts=(
        Fact(
            "locked_on",
            "date",
            "锁货日",
            "deliveries locked on",
            "Day from which deliveries to the customer are locked; not known where they are not.",
            "delivery locks",
            sql="locks.locked_on",
        ),
    ),
    reads=("casebook_deliverylock",),
    file="locks.sql",
    last="r.last_on",
)

#: Who holds the case. Allocation writes it; no procedure asks for it.
ASSIGNMENT = Family(
    name="assignment",
    facts=(),
    reads=("casebook_assignment",),
    file="assignment.sql",
    last="r.last_on",
    columns=(
        Column("assignee_id", "bigint", "assignment.user_id"),
        Column("team_id", "bigint", "assignment.team_id"),
    ),
)
