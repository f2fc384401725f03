"""Why a step fires for a case, or why not: the same compiled condition, part by part, with the facts it read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huikuan.casebook import facts, pack_names, packs
from huikuan.casebook.labels import labels_of
from huikuan.casebook.models import Case, PackVersion
from huikuan.casebook.statements import named
from huikuan.engine import plan as engine_plan
from huikuan.engine.cadence import Cadence
from huikuan.engine.nodes import Node, excepted
from huikuan.engine.playbook import Step
from huikuan.lib.calendar import Calendar
from huikuan.planning import compiled
from huikuan.planning.run_row import with_run
from huikuan.web.fact_words import in_language
from huikuan.web.pack_words import PackWords, words_of


@dataclass(frozen=True)
class Part:
    """holds: true, false, or None when a fact it reads is unknown.

    `text`: as the pack has it; `means`: the condition, or the days of the step. `barred` and
    `handed_over_to`: as in engine/plan.py. `words`: those of the playbook.
    """

    text: str
    holds: bool | None
    facts: dict[str, Any]
    means: Node | Cadence | None = None
    words: PackWords = field(default_factory=PackWords)
    barred: str = ""
    handed_over_to: str = ""

    @property
    def says(self) -> str:
        """The part for people: what the pack wrote, and in words where nobody wrote it like this:
        which procedure has the case, and which way of a step goes first.
        """
        return self._sentence(self.barred, self.handed_over_to) if self.barred else self.text

    @property
    def in_words(self) -> str:
        """The same in the titles of facts, terms and steps, for whoever did not write the pack."""
        if isinstance(self.means, Cadence):
            return self.words.days(self.means)
        if self.means is None:
            return self.text
        barred = excepted(self.means)
        if barred is None:
            return self.words.says(self.means)
        pack = self.handed_over_to
        title = in_language(pack_names.title_of(pack)) if pack else ""
        return self._sentence(self.words.says(barred), title or pack)

    def _sentence(self, condition: str, pack: str) -> str:
        """What must not be so: where it is, who has the case or which way goes first."""
        if pack:
            sentence = _("not handed over to {pack}: it is not so that {condition}")
            if self.holds is False:
                sentence = _("handed over to {pack}, because {condition}")
            return sentence.format(pack=pack, condition=condition)

        sentence = _("no way before this one is possible: it is not so that {condition}")
        if self.holds is False:
            sentence = _("another way goes first, because {condition}")
        return sentence.format(condition=condition)


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
    words: PackWords

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
    words = words_of(version, case.currency)
    return [
        _why(version.pack, words, step, wanted, row, labels.get(row["subject_id"])) for row in rows
    ]


def _why(
    pack: str,
    words: PackWords,
    step: Step,
    wanted: list[engine_plan.Part],
    row: dict[str, Any],
    item: str | None,
) -> Why:
    """The parts of a step with what was found for them."""
    parts = []
    for number, part in enumerate(wanted):
        read = {name: row[f"f_{name}"] for name in part.facts}
        holds = row[f"p{number}"]
        means = part.node or step.cadence
        parts.append(Part(part.text, holds, read, means, words, part.barred, part.handed_over_to))
    fires = all(part.holds for part in parts)
    anchor = row["anchor"] if fires else None
    return Why(pack, step, row["subject_id"], item, fires, anchor, tuple(parts), words)
