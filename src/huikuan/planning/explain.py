"""Why a step fires for a case, or why not: the same compiled condition, part by part, with the facts it read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts, packs
from huikuan.casebook.labels import labels_of
from huikuan.casebook.models import Case, PackVersion
from huikuan.casebook.statements import named
from huikuan.engine import plan as engine_plan
from huikuan.engine.playbook import Step
from huikuan.lib.calendar import Calendar
from huikuan.planning import compiled
from huikuan.planning.run_row import with_run


@dataclass(frozen=True)
class Part:
    """holds: true, false, or None when a fact it reads is unknown."""

    text: str
    holds: bool | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class Why:
    """One step for one case or item. fires: every part holds."""

    pack: str
    step: Step
    item: str | None
    fires: bool
    anchor: dt.date | None
    parts: tuple[Part, ...]

    def deciding(self) -> list[Part]:
        """The parts that decide: all of them when it fires, else those that do not hold."""
        return [part for part in self.parts if self.fires or not part.holds]


@transaction.atomic
def explain(
    case: Case, on: dt.date, *, calendar: Calendar, known_at: dt.datetime | None = None
) -> list[Why]:
    """Every step of the playbooks bound to the case's creditor and product, in the playbook's order."""
    run = with_run(on, calendar, [], known_at)
    found: list[Why] = []
    with connection.cursor() as cursor, facts.as_of(on, known_at, only=[case.pk]):
        for version in packs.of_case(case, on, known_at):
            for step in packs.playbook_of(version).steps:
                found += _explain_step(cursor, version, step, case, run)
    return found


def _explain_step(
    cursor: Any, version: PackVersion, step: Step, case: Case, run: tuple[str, dict[str, object]]
) -> list[Why]:
    query = compiled.explain_sql(version, step)
    text = f"{run[0]} SELECT * FROM ({query.replace('%', '%%')}) e WHERE case_id = %(case)s ORDER BY subject_id"
    cursor.execute(text, {**run[1], "case": case.pk})
    rows = named(cursor)
    labels = labels_of(step.per, [row["subject_id"] for row in rows])
    wanted = engine_plan.explain_parts(step, packs.playbook_of(version).vocabulary)
    return [_why(version.pack, step, wanted, row, labels.get(row["subject_id"])) for row in rows]


def _why(
    pack: str, step: Step, wanted: list[engine_plan.Part], row: dict[str, Any], item: str | None
) -> Why:
    """The parts of a step with what was found for them."""
    parts = []
    for number, part in enumerate(wanted):
        read = {name: row[f"f_{name}"] for name in part.facts}
        parts.append(Part(part.text, row[f"p{number}"], read))
    fires = all(part.holds for part in parts)
    return Why(pack, step, item, fires, row["anchor"] if fires else None, tuple(parts))
