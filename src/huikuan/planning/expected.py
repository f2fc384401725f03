"""What a case of a specification expects of a step that fires.

fires: [first_call]                      the step fires, due on any day
fires: {first_call: 2026-03-02}          and is due on this day
fires:
  first_call:                            and all that is written here comes out
    due: 2026-03-02
    deadline: 2026-03-04
    role: collector
    action: call
    addressee: debtor
    approval: none
    charge: 36.00                        posted when it is done, after the approval
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from huikuan.engine.nodes import MINOR_UNITS
from huikuan.engine.playbook import Playbook, Step
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

DAYS = ("due", "deadline")
CHARGE = "charge"
WORDS = ("role", "action", "addressee", "approval")
NONE = "none"


@dataclass(frozen=True)
class Fired:
    """When a step that fires is to be done, by when at the latest, and what it charges then."""

    due: dt.date
    deadline: dt.date | None
    charge_minor: int | None = None


@dataclass(frozen=True)
class Expected:
    """What is written of a step: key → value. What is not written may be anything."""

    values: Mapping[str, dt.date | str | int | None]

    @property
    def due(self) -> dt.date | None:
        """The day on which it is due, where one is written."""
        day = self.values.get("due")
        return day if isinstance(day, dt.date) else None


ANY = Expected({})


def read_fires(node: yamlfile.Node, book: Playbook, problems: list[Problem]) -> dict[str, Expected]:
    """Step → what is expected of it, from a list of steps or a mapping."""
    if isinstance(node, yamlfile.Sequence):
        for entry in node:
            check_step(str(entry), entry, book, problems)
        return {str(entry): ANY for entry in node}

    mapping = yamlfile.as_mapping(node, problems)
    if mapping is None:
        return {}
    for step in mapping:
        check_step(step, mapping.key_place(step), book, problems)
    return {step: _expected(value, problems) for step, value in mapping.items()}


def check_step(step: str, place: yamlfile.Node, book: Playbook, problems: list[Problem]) -> None:
    """A step that the playbook lacks is a misspelling, said where it stands."""
    known = [one.id for one in book.steps]
    if step in known:
        return

    near = did_you_mean(step, known)
    remedy = ""
    if near:
        remedy = _("did you mean {near}?")
    problem = Problem(
        "specification.step",
        _("the playbook has no step {step}"),
        remedy,
        {"step": step, "near": near},
        place.file,
    )
    problems.append(problem.at(line=place.line, column=place.column))


def _expected(node: yamlfile.Node, problems: list[Problem]) -> Expected:
    """A day alone is the day on which the step is due."""
    if not isinstance(node, yamlfile.Mapping):
        return Expected({"due": yamlfile.as_date(node, problems)})
    if not yamlfile.check_keys(node, (), (*DAYS, *WORDS, CHARGE), problems):
        return ANY

    values: dict[str, dt.date | str | int | None] = {}
    for key, value in node.items():
        if isinstance(value, yamlfile.Scalar) and value.text == NONE:
            values[key] = None
        elif key in DAYS:
            values[key] = yamlfile.as_date(value, problems)
        elif key == CHARGE:
            amount = yamlfile.as_decimal(value, problems) or Decimal(0)
            values[key] = int(amount * MINOR_UNITS)
        else:
            values[key] = yamlfile.as_text(value, problems)
    return Expected(values)


@dataclass(frozen=True)
class Difference:
    """One thing that does not come out: what was written of it, and what there is."""

    step: str
    key: str
    wanted: object
    found: object


def differences(
    expected: Mapping[str, Expected], fired: Mapping[str, Fired], book: Playbook
) -> Iterator[Difference]:
    """Everything that is otherwise than written. Key 'fires': the step fires or is silent."""
    steps = {step.id: step for step in book.steps}
    for code in sorted({*expected, *fired}):
        if code not in fired or code not in expected:
            yield Difference(code, "fires", code in expected, code in fired)
            continue

        found = _values(fired[code], steps[code])
        for key, wanted in expected[code].values.items():
            if wanted != found[key]:
                yield Difference(code, key, wanted, found[key])


def _values(fired: Fired, step: Step) -> dict[str, object]:
    return {
        "due": fired.due,
        "deadline": fired.deadline,
        "role": step.role,
        "action": step.action,
        "addressee": step.addressee,
        "approval": step.approval or None,
        CHARGE: fired.charge_minor,
    }
