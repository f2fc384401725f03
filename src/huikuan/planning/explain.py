"""Why a step fires for a case, or why not: the same compiled condition, part by part, with the facts it read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

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
    """holds: true, false, or None when a fact it reads is unknown.

    `text`: as the pack has it. `barred` and `handed_over_to`: as in engine/plan.py.
    """

    text: str
    holds: bool | None
    facts: dict[str, Any]
    barred: str = ""
    handed_over_to: str = ""

    @property
    def says(self) -> str:
        """The part for people: what the pack wrote, and in words where nobody wrote it like this:
        which procedure has the case, and which way of a step goes first.
        """
        if not self.barred:
            return self.text
        if self.handed_over_to:
            sentence = _("not handed over to {pack}: it is not so that {condition}")
            if self.holds is False:
                sentence = _("handed over to {pack}, because {condition}")
            return sentence.format(pack=self.handed_over_to, condition=self.barred)

        sentence = _("no way before this one is possible: it is not so that {condition}")
        if self.holds is False:
            sentence = _("another way goes first, because {condition}")
        return sentence.format(condition=self.barred)


@dataclass(frozen=True)
class Why:
    """One step for one subject, which people call `item`; None for the case itself. fires: every
    part holds."""

    pack: str
    step: Step
    subject_id: int
    item: str | None
    fires: bool
    anchor: dt.date | None
    parts: tuple[Part, ...]

    def deciding(self) -> list[Part]:
        """The parts that decide, each once: all of them when it fires, else those that do not
        hold. A step that follows another one has what holds for every step twice."""
        deciding = [part for part in self.parts if self.fires or not part.holds]
        return list({part.says: part for part in deciding}.values())


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
    book = packs.playbook_of(version)
    query = compiled.explain_sql(version, step)
    text = f"{run[0]} SELECT * FROM ({query.replace('%', '%%')}) e WHERE case_id = %(case)s ORDER BY subject_id"
    cursor.execute(text, {**run[1], "case": case.pk})
    rows = named(cursor)
    labels = labels_of(step.per, [row["subject_id"] for row in rows])
    wanted = engine_plan.explain_parts(step, book)
    return [_why(version.pack, step, wanted, row, labels.get(row["subject_id"])) for row in rows]


def _why(
    pack: str, step: Step, wanted: list[engine_plan.Part], row: dict[str, Any], item: str | None
) -> Why:
    """The parts of a step with what was found for them."""
    parts = []
    for number, part in enumerate(wanted):
        read = {name: row[f"f_{name}"] for name in part.facts}
        holds = row[f"p{number}"]
        parts.append(Part(part.text, holds, read, part.barred, part.handed_over_to))
    fires = all(part.holds for part in parts)
    anchor = row["anchor"] if fires else None
    return Why(pack, step, row["subject_id"], item, fires, anchor, tuple(parts))
