"""A pack against its own specification: `tests/*.yaml`, run through the compiled query on the
database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext

from huikuan.engine import vocabulary
from huikuan.engine.limits import Limits
from huikuan.gate import specification as of_rules
from huikuan.lib.calendar import china
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning import specification
from huikuan.planning.load import Checked


@dataclass
class Specified:
    """How many cases came out as written, and a problem for each that did not or cannot be read."""

    cases: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, place: str, differences: list[str]) -> None:
        """Counts a case, or says how it differs."""
        if not differences:
            self.cases += 1
            return

        file, line = place.rsplit(":", 1)
        self.problems.append(
            Problem(
                "specification.case",
                _("'{name}' does not come out: {differences}"),
                "",
                {"name": name, "differences": "; ".join(differences)},
                f"tests/{file}",
                line=int(line),
            )
        )


def run(checked: Checked) -> Specified:
    """Runs every case of the pack's specification. A pack that cannot be read has none."""
    if checked.playbook is not None:
        return _of_playbook(checked)
    if checked.limits is not None:
        return _of_limits(checked, checked.limits)
    return Specified()


def _of_playbook(checked: Checked) -> Specified:
    """Facts → the steps that fire."""
    book = checked.playbook
    assert book is not None
    found = Specified()
    words = vocabulary.standard()
    calendar = china()
    sql = specification.query(book, words)

    for file in sorted((checked.folder / "tests").glob("*.yaml")):
        examples, unreadable = specification.read_examples(file, book, words)
        found.problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]
        for example in examples:
            due = specification.fired(example, sql, book.pack.name, calendar)
            found.add(example.name, example.place, list(_step_differences(example, due)))
    with connection.cursor() as cursor:
        specification.drop_tables(cursor)
    return found


def _step_differences(example: specification.Example, due: dict[str, dt.date]) -> Iterator[str]:
    """What fires and should not, what should and does not, and what is due on another day."""
    for step in sorted({*example.fires, *due}):
        wanted = example.fires.get(step)
        if step not in due:
            yield gettext("{step} does not fire").format(step=step)
        elif step not in example.fires:
            yield gettext("{step} fires, due {day}").format(step=step, day=due[step])
        elif wanted and wanted != due[step]:
            text = gettext("{step} is due {day}, not {wanted}")
            yield text.format(step=step, day=due[step], wanted=wanted)


def _of_limits(checked: Checked, rules: Limits) -> Specified:
    """An act and its facts → allowed or refused, by which rule, and from when."""
    found = Specified()
    words = vocabulary.standard()
    for file in sorted((checked.folder / "tests").glob("*.yaml")):
        examples, unreadable = of_rules.read_examples(file, words)
        found.problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]
        for example in examples:
            found.add(example.name, example.place, list(_rule_differences(example, rules)))
    return found


def _rule_differences(example: of_rules.Example, rules: Limits) -> Iterator[str]:
    """Where the answer of the rules is not the one that the case states."""
    answer = of_rules.judge(example, (rules,))
    rule = answer.rule.code if answer.rule else ""
    if answer.allowed and not example.allowed:
        yield gettext("it is allowed")
    if not answer.allowed and example.allowed:
        yield gettext("{rule} refuses it").format(rule=rule)
    if rule != example.rule:
        text = gettext("the rule is {rule}, not {wanted}")
        yield text.format(rule=rule or "-", wanted=example.rule or "-")

    warned = tuple(said.code for said in answer.warnings)
    if example.warns is not None and warned != example.warns:
        text = gettext("the warnings are {codes}, not {wanted}")
        yield text.format(codes=", ".join(warned), wanted=", ".join(example.warns))
    if example.earliest is not None:
        wanted = None if example.earliest == "none" else example.earliest
        if answer.earliest_at != wanted:
            text = gettext("it would be allowed from {moment}, not {wanted}")
            yield text.format(moment=answer.earliest_at or "-", wanted=wanted or "-")
