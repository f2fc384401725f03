"""Invented histories of a case, every combination of what may have happened, and why one may rest.

Days are written as days after the placement. A history ends with its last act; what follows is
what the procedure itself makes of the facts. `tests/test_no_case_falls_silent.py` asks the plan.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from huikuan.engine.tests.differential import FACTS, VOCABULARY, Book
from huikuan.lib.days import add_months
from huikuan.planning.specification import EMPTY

PLACED_ON = dt.date(2026, 3, 2)
#: What is owed, and what a promise is about, in fen.
OWED = 800_000
PROMISED = 300_000
#: Facts by name; a day is a number of days after the placement.
Part = Mapping[str, Any]
#: Name of an alternative → the facts that it sets.
Axis = Mapping[str, Part]


@dataclass(frozen=True)
class History:
    """Facts of a case, its one item and its one statement. acted_on: the last act, if any."""

    name: str
    facts: Mapping[str, Any]

    @property
    def acted_on(self) -> dt.date | None:
        days = [self.facts[name] for name in ACTS if self.facts.get(name)]
        return max(days, default=None)


#: What is an act of ours, or of the debtor, towards the other.
ACTS = (
    "last_attempt_on",
    "reached_on",
    "visit_on",
    "letter_on",
    "promise_made_on",
    "paid_on",
    "month_submitted_on",
    "month_checked_on",
    "month_sent_on",
    "month_confirmed_on",
    "month_invoice_data_on",
    "month_invoice_sent_on",
)


def promised(made: int, due: int, paid: int = 0, **others: Any) -> Part:
    """A promise of one payment without grace, and what was paid on its day."""
    part: dict[str, Any] = {
        "promise_made_on": made,
        "promise_due_on": due,
        "promise_last_day": due,
        "promised": PROMISED,
        "promise_needed": PROMISED,
        "promise_paid": paid,
    }

    if paid:
        part["paid_on"] = due
    return part | others


PHONE: Mapping[str, Axis] = {
    "register": {
        "local": {"register_local": True},
        "elsewhere": {"register_local": False},
        "unknown": {"register_local": None},
    },
    "address": {"address": {"has_address": True}, "no address": {"has_address": False}},
    "phone": {"phone": {"has_phone": True}, "no phone": {"has_phone": False}},
    "talk": {
        "never tried": {},
        "never reached": {"first_attempt_on": 1, "last_attempt_on": 4},
        "reached once": {
            "first_attempt_on": 1,
            "last_attempt_on": 1,
            "first_reached_on": 1,
            "reached_on": 1,
        },
        "reached twice, then not": {
            "first_attempt_on": 1,
            "last_attempt_on": 12,
            "first_reached_on": 1,
            "reached_on": 8,
        },
        "called by the debtor, never tried": {"first_reached_on": 1, "reached_on": 1},
    },
    "promise": {
        "none": {},
        "open": promised(made=1, due=60),
        "broken, talked about": promised(made=1, due=6),
        "broken, not talked about": promised(made=8, due=11),
        "kept in part": promised(made=1, due=6, paid=PROMISED // 3),
        "kept, a rest is owed": promised(made=1, due=6, paid=PROMISED),
        "kept later": promised(made=8, due=13, paid=PROMISED),
    },
    "before": {"none broken before": {}, "one": {"broken_before": 1}, "two": {"broken_before": 2}},
    "visit": {
        "none": {},
        "in vain": {"visit_on": 14},
        "met": {"visit_on": 8},
        "before the last talk": {"visit_on": 3},
    },
}
PHONE_GIVEN: Part = {"told_on": 0, "has_point": True, "debtor_kind": "person"}

RECEIVABLES: Mapping[str, Axis] = {
    "point": {
        "contact point": {"has_point": True, "has_phone": True},
        "no contact point": {"has_point": False},
    },
    "settles": {
        "statement": {"statement_cycle": True},
        "receipts missing": {"statement_cycle": True, "settles_by_receipts": True},
        "receipts in": {
            "statement_cycle": True,
            "settles_by_receipts": True,
            "month_receipts_on": 20,
        },
        "no statement": {"statement_cycle": False},
    },
    "statement": {
        "not made": {},
        "submitted": {"month_submitted_on": 31},
        "checked": {"month_submitted_on": 31, "month_checked_on": 32},
        "sent": {"month_submitted_on": 31, "month_checked_on": 32, "month_sent_on": 33},
        "confirmed": {
            "month_submitted_on": 31,
            "month_checked_on": 32,
            "month_sent_on": 33,
            "month_confirmed_on": 40,
        },
        "with finance": {
            "month_submitted_on": 31,
            "month_checked_on": 32,
            "month_sent_on": 33,
            "month_confirmed_on": 40,
            "month_invoice_data_on": 41,
        },
        "invoiced": {
            "month_submitted_on": 31,
            "month_checked_on": 32,
            "month_sent_on": 33,
            "month_confirmed_on": 40,
            "month_invoice_data_on": 41,
            "month_invoice_sent_on": 42,
        },
    },
    "differs": {
        "nothing differs": {},
        "an item differs": {"month_differing": 1, "month_differs_on": 40},
    },
    "item": {
        "late": {"item_due_on": 10},
        "due in two months": {"item_due_on": 60},
    },
    "promise": {
        "none": {},
        "open": promised(made=30, due=50),
        "broken": promised(made=12, due=20),
    },
}
RECEIVABLES_GIVEN: Part = {"debtor_kind": "company", "item_open": OWED, "stated_month": -1}

#: Playbook → what differs between its histories, and what they have in common.
SHIPPED: Mapping[str, tuple[Mapping[str, Axis], Part]] = {
    "phone_collection": (PHONE, PHONE_GIVEN),
    "b2b_receivables": (RECEIVABLES, RECEIVABLES_GIVEN),
}
#: Every reason for which a case may wait without a step, and how the facts of a day show it.
Reason = Callable[[Mapping[str, Any], dt.date], bool]
REASONS: Mapping[str, Reason] = {
    "closed": lambda facts, on: not facts["is_open"],
    "paid": lambda facts, on: facts["balance"] <= 0,
    "held": lambda facts, on: bool(facts["held_from"]) and facts["held_from"] <= on,
    "minor": lambda facts, on: bool(facts["minor_until"]) and on < facts["minor_until"],
    "a promise is open": lambda facts, on: (
        bool(facts["promise_due_on"])
        and facts["promise_paid"] < facts["promise_needed"]
        and on <= facts["promise_last_day"]
    ),
    "nothing is due yet": lambda facts, on: (
        bool(facts["item_due_on"]) and on <= facts["item_due_on"]
    ),
    "the month of the statement is not over": lambda facts, on: (
        bool(facts["month_from_on"]) and on < facts["month_from_on"]
    ),
}
#: What makes a case rest, each put upon one history.
RESTING: Axis = {
    "closed": {"is_open": False},
    "paid": {"balance": 0, "item_open": 0},
    "held": {"held_from": 14, "held_until": dt.date.max, "hold_kind": "complaint"},
    "minor": {"minor_until": 2000},
}


def histories(pack: str) -> list[History]:
    """Every combination that can have happened, and one case for each thing that makes it rest."""
    axes, given = SHIPPED[pack]
    common = {"is_open": True, "placed_on": 0, "balance": OWED} | given
    found = []
    for chosen in itertools.product(*(axis.items() for axis in axes.values())):
        facts = dict(common)
        for _name, part in chosen:
            facts |= part
        name = ", ".join(name for name, _part in chosen)
        if can_be(facts):
            found.append(History(name, _dated(facts)))

    last = found[-1]
    found += [History(name, last.facts | _dated(part)) for name, part in RESTING.items()]
    return found


def reasons(history: History, on: dt.date) -> list[str]:
    """Why the case may wait on a day."""
    facts = dict.fromkeys(fact.name for fact in VOCABULARY) | history.facts
    return [name for name, holds in REASONS.items() if holds(facts, on)]


def can_be(facts: Part) -> bool:
    """A promise is given in a talk, and who is met on a visit is talked to."""
    talk = facts.get("reached_on")
    if facts["debtor_kind"] == "person":
        made = facts.get("promise_made_on")
        if made is not None and (talk is None or talk < made):
            return False
        tried = facts.get("first_attempt_on") is not None
        return tried or facts.get("visit_on") is None

    differs = bool(facts.get("month_differing"))
    confirmed = facts.get("month_confirmed_on") is not None
    states = facts["statement_cycle"] or facts.get("month_submitted_on") is None
    return states and (confirmed or not differs)


def _dated(facts: Part) -> dict[str, Any]:
    """Days after the placement as dates; the month before for the statement."""
    dated = {name: _on_day(name, value) for name, value in facts.items()}
    if "stated_month" in dated:
        dated["stated_month"] = PLACED_ON.replace(day=1)
        dated["month_from_on"] = add_months(dated["stated_month"], 1)

    confirmed = dated.get("month_confirmed_on")
    if confirmed and not dated.get("month_differing"):
        # An item's confirmation follows from its statement.
        dated["item_confirmed_on"] = confirmed

    return dated


def _on_day(name: str, value: Any) -> Any:
    """A number of days after the placement as a date; any other value as it is."""
    fact = VOCABULARY.get(name)
    is_day = fact is not None and fact.type == "date" and isinstance(value, int)
    return PLACED_ON + dt.timedelta(value) if is_day else value


def book(given: list[History]) -> Book:
    """The histories as a book: case, item and statement 1 are the first one."""
    tables: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in FACTS}
    for subject, rows in tables.items():
        for number, history in enumerate(given, 1):
            rows[number] = _row(subject, history, number)
    cases = tables.pop("case")
    return Book(PLACED_ON, cases, tables)


def _row(subject: str, history: History, number: int) -> dict[str, Any]:
    row = {fact.name: history.facts.get(fact.name, _empty(fact)) for fact in FACTS[subject]}
    if subject == "case":
        row["product"] = "p"
    return row | {"case_id": number, f"{subject}_id": number}


def _empty(fact: Any) -> Any:
    """What is never unknown is empty where nothing is said of it."""
    kinds = {"bool": "boolean", "int": "integer", "money": "bigint", "date": "date", "text": "text"}
    return EMPTY[kinds[fact.type]] if fact.always else None


def days(count: int) -> Iterator[dt.date]:
    """The day of the placement and so many after it."""
    return (PLACED_ON + dt.timedelta(number) for number in range(count + 1))
