"""Other ways to the same tasks, on a sample of the same cases: facts read row by row, conditions judged, tasks written in bulk.

Two judges: Python functions made from the playbook, as a programmer of a Django loop would write them, and the rules engine
zen with one expression for each step. Each must find the tasks that the plan found.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import packs
from huikuan.casebook.models import CaseSummary, PackVersion, PlanRun, Step, StepDone, Task
from huikuan.engine import history, vocabulary
from huikuan.engine.derive import derivation
from huikuan.engine.nodes import MEMORY, READS_HISTORY, Node
from huikuan.engine.playbook import Cadence, Playbook

PACK = "phone_collection"
BATCH = 2000
#: Facts of a case, days as ordinal numbers → the codes of the steps that fire.
Judge = Callable[[dict[str, Any]], list[str]]


def measure(on: dt.date, sample: int) -> dict[str, Any]:
    """Rows a second of each way on the first `sample` cases."""
    version = next(version for version in packs.in_force(on) if version.pack == PACK)
    book = packs.playbook_of(version)
    judges = {"django_loop": _python(book)}
    if find_spec("zen"):
        judges["zen_engine"] = _zen(book)
    wanted = Task.objects.filter(
        case_id__lte=sample, run_id__in=PlanRun.objects.filter(on=on).values("pk"), status="open"
    )
    expected = wanted.count()
    figures: dict[str, Any] = {"sample_cases": sample, "sample_tasks": expected}
    for name, judge in judges.items():
        seconds, tasks = _run(judge, version, book, on, sample)
        if tasks != expected:
            raise ValueError(f"{name} makes {tasks} tasks, the plan {expected}")
        figures[name] = {"seconds": round(seconds, 2), "rows_per_s": round(sample / seconds)}
    return figures


class _TakenBack(Exception):
    pass


def _run(
    judge: Judge, version: PackVersion, book: Playbook, on: dt.date, sample: int
) -> tuple[float, int]:
    """Seconds, and how many tasks were made; nothing is kept."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                'DELETE FROM casebook_task WHERE case_id <= %s AND run_id IN (SELECT id FROM casebook_planrun WHERE "on" = %s)',
                [sample, on],
            )
            began = time.perf_counter()
            made = 0
            batch: list[Task] = []
            for task in _tasks(judge, version, book, on, sample):
                batch.append(task)
                if len(batch) == BATCH:
                    made += len(Task.objects.bulk_create(batch, ignore_conflicts=True))
                    batch = []
            made += len(Task.objects.bulk_create(batch, ignore_conflicts=True))
            seconds = time.perf_counter() - began
            raise _TakenBack
    except _TakenBack:
        return seconds, made


def _tasks(
    judge: Judge, version: PackVersion, book: Playbook, on: dt.date, sample: int
) -> Iterator[Task]:
    run = PlanRun.objects.filter(on=on).latest("pk")
    ids = dict(Step.objects.filter(pack=PACK).values_list("code", "id"))
    steps = {step.id: step for step in book.steps}
    day = on.toordinal()
    bases = {code: _base(step.cadence, book) for code, step in steps.items()}
    given = {"on_day": day, "month_first": on.replace(day=1).toordinal()}
    remembered = _Memory(book, ids, on, sample)
    for row in CaseSummary.objects.filter(case_id__lte=sample).values().iterator(BATCH):
        facts: dict[str, Any] = {
            name: value.toordinal() if type(value) is dt.date else value
            for name, value in row.items()
        }
        facts |= given | remembered.of(row["case_id"])
        for code in judge(facts):
            step = steps[code]
            anchor = dt.date.fromordinal(_anchor(step.cadence, bases[code](facts), day))
            yield Task(
                organisation_id=facts["organisation_id"], creditor_id=facts["creditor_id"], run=run, pack_version=version,
                case_id=facts["case_id"], subject_id=facts["case_id"], step_id=ids[code], anchor=anchor, due_on=anchor + dt.timedelta(step.due.days),
                deadline_on=None if step.deadline is None else anchor + dt.timedelta(step.deadline.days),
                reason="\n".join(f"{name}={row.get(name, '')}" for name in step.own.facts()),
            )  # fmt: skip


def _base(cadence: Cadence, book: Playbook) -> Callable[[dict[str, Any]], int]:
    """The day from which a cadence counts, with the derived facts that it names worked out."""
    derived = {
        name: _compile(text) for name, text in _derived([cadence.base], book, PYTHON).items()
    }
    meaning = _compile(_value(cadence.base, PYTHON))

    def base(facts: dict[str, Any]) -> int:
        known = dict(facts)
        for name, value in derived.items():
            known[name] = value(known)
        day: int = meaning(known)
        return day

    return base


class _Memory:
    """What the playbook's conditions ask about steps that were done, for each case of the sample."""

    def __init__(self, book: Playbook, ids: dict[str, int], on: dt.date, sample: int) -> None:
        asked = [node for step in book.steps for node in _meant(step.when, book)]
        self._asked = {history.label(node): node for node in asked if node.op in READS_HISTORY}
        unknown = {node.op for node in self._asked.values()} - set(MEMORY)
        if unknown:
            raise ValueError(f"the other ways do not read {', '.join(sorted(unknown))}")

        self._days: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        steps = {ids[history.step_of(node)]: node for node in self._asked.values()}
        done = StepDone.objects.filter(
            step__in=steps, subject_id__lte=sample, valid_on__lte=on, void_at=None
        )
        for subject, step, day in done.values_list("subject_id", "step_id", "valid_on"):
            self._days[subject, history.step_of(steps[step])].append(day.toordinal())

    def of(self, case: int) -> dict[str, int | None]:
        """Label of each function → its value for the case, days as ordinal numbers."""
        found: dict[str, int | None] = {}
        for label, node in self._asked.items():
            days = self._days.get((case, history.step_of(node)), [])
            found[label] = _REMEMBERED[node.op](days)
        return found


_REMEMBERED: dict[str, Callable[[list[int]], int | None]] = {
    "times_done": len,
    "last_done": lambda days: max(days, default=None),
    "first_done": lambda days: min(days, default=None),
}


def _meant(node: Node, book: Playbook) -> Iterator[Node]:
    """Every piece of a condition and of the derived facts that it names."""
    yield from node.walk()
    for name in node.facts():
        fact = book.vocabulary.get(name)
        if fact and fact.expr:
            yield from _meant(derivation(book.vocabulary, name), book)


def _anchor(cadence: Cadence, base: int, on: int) -> int:
    for segment in sorted(cadence.segments, key=lambda segment: -segment.day):
        if base + segment.day <= on:
            age = on - base - segment.day
            return on - age % segment.every if segment.every else base + segment.day
    raise ValueError("no occurrence")


@dataclass(frozen=True)
class _Syntax:
    """How a language writes what the conditions need. `fact` holds {name}."""

    fact: str
    null: str
    nothing: str
    given: str
    choice: str
    options: tuple[str, str]


PYTHON = _Syntax(
    "f[{name!r}]", "{0} is None", "None", "{0} is not None", "({1} if {0} else {2})", ("(", ",)")
)
ZEN = _Syntax("{name}", "({0} == null)", "null", "({0} != null)", "({0} ? {1} : {2})", ("[", "]"))
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _holds(node: Node, to: _Syntax, wanted: bool = True) -> str:
    """Text that is true when the condition certainly is `wanted`: neither holds when something needed is unknown."""
    if node.op == "const":
        return (
            "true"
            if to is ZEN and node.value is wanted
            else str(node.value is wanted)
            if to is PYTHON
            else "false"
        )
    if node.op == "not":
        return _holds(node.parts[0], to, not wanted)
    if node.op in ("and", "or"):
        word = " and " if (node.op == "and") is wanted else " or "
        return "(" + word.join(_holds(part, to, wanted) for part in node.parts) + ")"
    if node.op == "known":
        return (to.given if wanted else to.null).format(_value(node.parts[0], to))
    if node.op == "if":
        test, then, other = node.parts
        return to.choice.format(
            _holds(test, to), _holds(then, to, wanted), _holds(other, to, wanted)
        )
    if node.op == "fact":
        return f"({to.given.format(_value(node, to))} and {_value(node, to)} == {str(wanted) if to is PYTHON else str(wanted).lower()})"
    parts = [_value(part, to) for part in node.parts]
    given = [
        to.given.format(text)
        for text, part in zip(parts, node.parts, strict=True)
        if _may_be_unknown(part)
    ]
    if node.op == "in":
        compared = f"{parts[0]} {'in' if wanted else 'not in'} {to.options[0]}{', '.join(parts[1:])}{to.options[1]}"
    else:
        compared = f"{parts[0]} {node.op if wanted else _OPPOSITE[node.op]} {parts[1]}"
    return "(" + " and ".join([*given, compared]) + ")"


def _value(node: Node, to: _Syntax) -> str:
    if node.op == "const":
        return repr(node.value) if node.type == "text" else str(node.value)
    if node.op == "fact":
        # A term of the pack is worked out beside the facts and has no column.
        fact = vocabulary.standard().get(str(node.value))
        column = fact.stored_as if fact else str(node.value)
        return to.fact.format(name=column)
    if node.op in READS_HISTORY:
        return to.fact.format(name=history.label(node))
    if node.op == "if":
        test, then, other = node.parts
        return to.choice.format(_holds(test, to), _value(then, to), _value(other, to))
    parts = [_value(part, to) for part in node.parts]
    known = [
        to.given.format(text)
        for text, part in zip(parts, node.parts, strict=True)
        if _may_be_unknown(part)
    ]
    worked_out = f"({parts[0]} {node.op} {parts[1]})"
    if not known:
        return worked_out
    return to.choice.format(" and ".join(known), worked_out, to.nothing)


def _may_be_unknown(node: Node) -> bool:
    """Whether the value depends on the case: figures of the procedure alone are always known."""
    return any(piece.op == "fact" or piece.op in READS_HISTORY for piece in node.walk())


def _texts(book: Playbook, to: _Syntax) -> tuple[dict[str, str], dict[str, str]]:
    """Texts of the derived facts that the steps need, and of each step's condition."""
    conditions = {
        step.id: Node("and", "bool", (step.when, _occurs(step.cadence))) for step in book.steps
    }
    derived = _derived(list(conditions.values()), book, to)
    return derived, {code: _holds(node, to) for code, node in conditions.items()}


def _derived(nodes: list[Node], book: Playbook, to: _Syntax) -> dict[str, str]:
    """Text of every derived fact that the nodes need, in the order of need."""
    derived: dict[str, str] = {}

    def need(node: Node) -> None:
        for name in node.facts():
            fact = book.vocabulary.get(name)
            if fact and fact.expr and name not in derived:
                meaning = derivation(book.vocabulary, name)
                need(meaning)
                derived[name] = _truth(meaning, to) if fact.type == "bool" else _value(meaning, to)

    for node in nodes:
        need(node)
    return derived


def _truth(node: Node, to: _Syntax) -> str:
    true, false = ("True", "False") if to is PYTHON else ("true", "false")
    return to.choice.format(
        _holds(node, to), true, to.choice.format(_holds(node, to, False), false, to.nothing)
    )


def _occurs(cadence: Cadence) -> Node:
    on = Node("fact", "date", value="on")
    windows = []
    for segment in cadence.segments:
        age = Node("-", "int", (on, cadence.base))
        parts = [Node(">=", "bool", (age, Node("const", "int", value=segment.day)))]
        if segment.until is not None:
            parts.append(Node("<=", "bool", (age, Node("const", "int", value=segment.until))))
        windows.append(Node("and", "bool", tuple(parts)))
    return Node("or", "bool", tuple(windows))


def _compile(text: str) -> Callable[[dict[str, Any]], Any]:
    return eval(f"lambda f: {text}")  # noqa: S307 - our own text


def _python(book: Playbook) -> Judge:
    derived, steps = (
        {name: _compile(text) for name, text in texts.items()} for texts in _texts(book, PYTHON)
    )

    def judge(facts: dict[str, Any]) -> list[str]:
        for name, value in derived.items():
            facts[name] = value(facts)
        return [code for code, fires in steps.items() if fires(facts)]

    return judge


def _zen(book: Playbook) -> Judge:
    import zen

    derived, steps = _texts(book, ZEN)
    nodes: list[dict[str, Any]] = [{"id": "in", "name": "in", "type": "inputNode"}]
    nodes += [_expressions(name, {name: text}, passes=True) for name, text in derived.items()]
    nodes += [
        _expressions("steps", steps, passes=False),
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    ids = [node["id"] for node in nodes]
    edges = [
        {"id": f"to {two}", "type": "edge", "sourceId": one, "targetId": two}
        for one, two in itertools.pairwise(ids)
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda facts: [
        code for code, fires in decision.evaluate(facts)["result"].items() if fires
    ]


def _expressions(name: str, texts: dict[str, str], *, passes: bool) -> dict[str, Any]:
    expressions = [
        {"id": f"{name} {key}", "key": key, "value": text} for key, text in texts.items()
    ]
    return {
        "id": name,
        "name": name,
        "type": "expressionNode",
        "content": {"expressions": expressions, "passThrough": passes},
    }
