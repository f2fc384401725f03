"""What an example of a specification says of contacts, of steps that were done, and of holds.

contacts: {call: [2026-03-01, 2026-03-02]}      # with the debtor, one a day that is named
done: {reminder_1: [2026-03-01]}                # steps of the playbook, done for the subject
holds: [{from: 2026-03-01, until: 2026-03-11}]  # of the case; until: the first day without it
holds: [{from: 2026-03-01, of: item}]           # of the item, and not over yet
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huikuan.engine import options
from huikuan.engine.playbook import Playbook
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

#: Channel or step → days.
Days = Mapping[str, Sequence[dt.date]]
#: Tables that stand in the place of the book's own, so that no real row is counted. `of`: the
#: column that says to which example a row belongs; of the steps each is there for all.
TABLES = {
    "casebook_contactrecord": "case_id bigint, point_id bigint, channel text, inbound boolean,"
    " valid_on date, recorded_at timestamptz",
    "casebook_step": "id int, pack text, code text",
    "casebook_stepdone": "subject_id bigint, step_id int, valid_on date, recorded_at timestamptz,"
    " void_at timestamptz",
    "casebook_hold": "case_id bigint, item_id bigint, account_id bigint, scope text,"
    " valid_on date, ended_on date, ended_at timestamptz, recorded_at timestamptz",
}
OF_EXAMPLE = {
    "casebook_contactrecord": "case_id",
    "casebook_step": "",
    "casebook_stepdone": "subject_id",
    "casebook_hold": "case_id",
}
#: Those of them that hold dated rows.
DATED_TABLES = tuple(table for table, of in OF_EXAMPLE.items() if of)
#: What a hold of an example may be of.
SCOPES = ("case", "item")
#: An open hold has no last day.
_OPEN = dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Held:
    """A hold of the case or of its item. past: the first day without it; none while it is open."""

    first: dt.date
    past: dt.date | None
    of: str = SCOPES[0]

    def is_in_force(self, on: dt.date) -> bool:
        return self.first <= on and (self.past is None or on < self.past)


def read_contacts(node: yamlfile.Node | None, problems: list[Problem]) -> Days:
    """Channel → days."""
    message = _("there is no channel {name}")
    return _read(node, list(options.CHANNELS), message, problems)


def read_done(node: yamlfile.Node | None, book: Playbook, problems: list[Problem]) -> Days:
    """Step → days."""
    message = _("the playbook has no step {name}")
    return _read(node, [step.id for step in book.steps], message, problems)


def read_holds(node: yamlfile.Node | None, problems: list[Problem]) -> list[Held]:
    """Holds of the case and of its item, with their days."""
    found = []
    for entry in yamlfile.as_sequence(node, problems) or ():
        part = yamlfile.known_part(entry, ("from",), ("until", "of"), problems)
        if part is None:
            continue

        first = yamlfile.as_date(part.get("from"), problems)
        past = yamlfile.as_date(part.get("until"), problems)
        of = SCOPES[0]
        if "of" in part:
            of = yamlfile.as_choice(part["of"], SCOPES, problems) or of
        if first:
            found.append(Held(first, past, of))
    return found


def held_facts(holds: Sequence[Held], on: dt.date) -> dict[str, object]:
    """What follows from the holds that are in force on the day; nothing where none is."""
    standing = [hold for hold in holds if hold.is_in_force(on)]
    found: dict[str, object] = {}
    if any(hold.of == "item" for hold in standing):
        found["held"] = True  # the column of item_held

    of_case = [hold for hold in standing if hold.of == "case"]
    if of_case:
        found["held_from"] = min(hold.first for hold in of_case)
        found["held_until"] = max(hold.past or _OPEN for hold in of_case)
    return found


def _read(
    node: yamlfile.Node | None, known: list[str], message: str, problems: list[Problem]
) -> Days:
    """Names with lists of days; every unknown name and every wrong day is a problem."""
    mapping = yamlfile.as_mapping(node, problems)
    found: dict[str, list[dt.date]] = {}
    if mapping is None:
        return found

    for name, listed in mapping.items():
        if name not in known:
            problems.append(_unknown(mapping.key_place(name), message, name, known))
            continue
        days = [
            yamlfile.as_date(day, problems) for day in yamlfile.as_sequence(listed, problems) or ()
        ]
        found[name] = [day for day in days if day]
    return found


def _unknown(place: yamlfile.Node, message: str, name: str, known: list[str]) -> Problem:
    near = did_you_mean(name, known)
    remedy = ""
    if near:
        remedy = _("did you mean {near}?")
    params = {"name": name, "near": near}
    problem = Problem("specification.history", message, remedy, params, place.file)
    return problem.at(line=place.line, column=place.column)


def create(cursor: Any, prefix: str, *, until_commit: bool = False) -> None:
    """Empty tables of this connection, each named by the prefix and its own name.

    Without a prefix they stand in the place of the book's own: then only `until_commit`.
    """
    end = " ON COMMIT DROP" if until_commit else ""
    for name, columns in TABLES.items():
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{prefix}{name}")
        cursor.execute(f"CREATE TEMP TABLE {prefix}{name} ({columns}){end}")


def name_steps(cursor: Any, prefix: str, book: Playbook) -> None:
    """The steps of the playbook, numbered as they stand in it."""
    for number, step in enumerate(book.steps):
        cursor.execute(
            f"INSERT INTO {prefix}casebook_step VALUES (%s, %s, %s)",
            [number, book.pack.name, step.id],
        )


def insert_holds(cursor: Any, prefix: str, case_id: int, holds: Sequence[Held]) -> None:
    """What one example says of holds. Their ends were known in time."""
    for hold in holds:
        cursor.execute(
            f"INSERT INTO {prefix}casebook_hold VALUES (%s, %s, NULL, %s, %s, %s, %s, %s)",
            [case_id, case_id, hold.of, hold.first, hold.past, hold.past, hold.first],
        )


def insert(cursor: Any, prefix: str, case_id: int, contacts: Days, done: Mapping[int, Any]) -> None:
    """What one example says of contacts (channel → days) and done steps (number → days)."""
    for channel, days in contacts.items():
        for day in days:
            cursor.execute(
                f"INSERT INTO {prefix}casebook_contactrecord VALUES (%s, NULL, %s, false, %s, %s)",
                [case_id, channel, day, day],
            )

    for number, days in done.items():
        for day in days:
            cursor.execute(
                f"INSERT INTO {prefix}casebook_stepdone VALUES (%s, %s, %s, %s, NULL)",
                [case_id, number, day, day],
            )
