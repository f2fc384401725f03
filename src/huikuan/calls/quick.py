"""Quick choices of the form: usual times for the next contact, days for a promise, a promise in parts as it would be."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from psycopg.types.numeric import Int8

from huikuan.calls.forms import MOST_PARTS
from huikuan.casebook import packs
from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Case
from huikuan.casebook.run_row import RUN, run_of
from huikuan.casebook.statements import kept
from huikuan.contacts.procedure import Procedure
from huikuan.engine import compile as compiled
from huikuan.engine.fact import Fact
from huikuan.engine.nodes import Node
from huikuan.engine.playbook import Playbook
from huikuan.engine.reading import Reading
from huikuan.gate.ask import one_case
from huikuan.gate.earliest import Hours
from huikuan.lib.money import EXPONENTS, parse_minor
from huikuan.lib.problems import Refused
from huikuan.promises.make import instalments
from huikuan.web.fact_words import title_of


def times(local: dt.datetime, hours: Hours, last: dt.date | None) -> list[tuple[str, dt.date, str]]:
    """(label, day, time) for the next contact, seen from the debtor's local moment.

    hours: those in which the gate lets such a call be made; nothing is suggested outside them. last:
    the latest day that the procedure allows, None for no limit.
    """
    today, day = local.date(), dt.timedelta(days=1)
    later = local + dt.timedelta(hours=2)
    same = f"{local:%H:%M}"
    found = [
        (_("Tomorrow, same time"), today + day, same),
        (_("Tomorrow 14:00"), today + day, "14:00"),
        (_("Tomorrow 19:00"), today + day, "19:00"),
        (_("In two days, 10:00"), today + 2 * day, "10:00"),
        (_("In three days, 10:00"), today + 3 * day, "10:00"),
    ]
    if later.date() == today:
        found.insert(0, (_("Today, in 2 hours"), today, f"{later:%H:%M}"))
    return [
        (label, on, time)
        for label, on, time in found
        if hours.hold(_minute(time)) and (last is None or on <= last)
    ]


def amounts(case: Case, today: dt.date, procedures: Sequence[Procedure]) -> list[tuple[str, int]]:
    """(label, minor units) for a promise beside the whole balance: the sums that the procedures
    name, such as what is overdue. Only where they are other sums.
    """
    given = run_of(today, calendar()) | {"case": Int8(case.pk)}

    found: dict[int, str] = {}
    for procedure in procedures:
        facts = _suggested(procedure)
        if not facts:
            continue
        for row in kept(_sums(procedure.pack, procedure.hash, procedure.version_id), given):
            for fact in facts:
                minor = row[fact.name]
                if minor is not None and 0 < minor != case.summary.balance_minor:
                    found.setdefault(minor, title_of(fact))
    return [(label, minor) for minor, label in found.items()]


def _suggested(procedure: Procedure) -> list[Fact]:
    """The facts and terms of the procedure whose sums are suggested."""
    if not procedure.version_id:
        return []
    book = _book(procedure.version_id)
    named = [book.vocabulary.get(name) for name in book.promise_amounts]
    return [fact for fact in named if fact is not None]


def _book(version_id: int) -> Playbook:
    return packs.playbook_of(packs.version(version_id))


@functools.lru_cache(maxsize=64)
def _sums(_pack: str, _hash: str, version_id: int) -> str:
    """A query of these sums of one case, as its plan counts them.

    Kept by the content of the pack: in tests an id may come again with other content.
    """
    book = _book(version_id)
    nodes = {name: Node("fact", "money", value=name) for name in book.promise_amounts}
    reading = Reading(book.vocabulary, "case", list(nodes.values()))
    tables = compiled.Tables(book.vocabulary, reading.table, {})
    columns = {name: compiled.value(node, tables) for name, node in nodes.items()}
    query = compiled.to_sql(reading.select(columns)).replace("%", "%%")
    return f"WITH {RUN},\n{one_case(False)}\n{query}"


def _minute(time: str) -> int:
    """14:30 as a minute of the day."""
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def days(today: dt.date) -> list[tuple[str, dt.date]]:
    """(label, day) for a promise."""
    day = dt.timedelta(days=1)
    return [
        (_("Today"), today),
        (_("Tomorrow"), today + day),
        (_("In three days"), today + 3 * day),
        (_("In a week"), today + 7 * day),
    ]


def preview(given: Mapping[str, str]) -> dict[str, Any]:
    """The instalments of what was entered; empty for one part and for what cannot be read."""
    currency = given.get("currency", "CNY")
    first = _day(given.get("promise_on", ""))
    count = _count(given.get("promise_count", ""))
    if first is None or count < 2 or currency not in EXPONENTS:
        return {"due": ()}
    every = given.get("promise_every", "")
    try:
        minor = parse_minor(given.get("promise_amount", ""), currency)
        due = instalments(
            minor, first, count, every_days=int(every) if every in ("7", "14") else None
        )
    except (Refused, ValueError, OverflowError):
        return {"due": ()}
    return {"due": due, "currency": currency}


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST_PARTS else 0
