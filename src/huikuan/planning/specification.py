"""A pack's own specification: facts → the steps that fire, in the field's words. `specification_run` asks them.

given: {is_open: true, has_phone: true}
cases:
  - name: 逾期第 3 天，两天一次催收
    on: 2026-03-04
    facts: {item_due_on: 2026-03-01, item_open: 100.00}
    fires: {chase_email: 2026-03-04, chase_call: 2026-03-04}
  - name: 逾期第 3 天前后逐日
    serves: [P5.pay.3]
    facts: {item_due_on: 2026-03-01, item_open: 100.00}
    days:
      2026-03-01: []
      2026-03-02: [chase_email, chase_call]

What may be said of a step that fires stands in `planning/expected.py`. In `tests/queues/*.yaml` cases
say in the same form in which queues of the work list a case stands, `queues` in place of `fires`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from huikuan.casebook import facts
from huikuan.engine import requirements
from huikuan.engine.fact import Fact, Subject
from huikuan.engine.nodes import MINOR_UNITS
from huikuan.engine.playbook import Playbook
from huikuan.engine.vocabulary import ACT, RUN, Vocabulary, standard
from huikuan.lib import yamlfile
from huikuan.lib.days import add_months
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning import example_history
from huikuan.planning.expected import ANY, Expected, read_fires

_FIRST_DAY = dt.date(2000, 1, 1)
#: Further items of a case have its number and so many times this as theirs: no case has it.
_FURTHER_ITEM = 1_000_000
#: Whose the case is, and its product and currency where a specification gives none.
CREDITOR = 1
PRODUCT = "p"
CURRENCY = "CNY"
#: The key and the folder of cases about queues.
QUEUES = "queues"
#: Column → value.
Row = dict[str, object]
#: Of what is never unknown, by type.
EMPTY: Row = {"boolean": False, "integer": 0, "bigint": 0, "date": _FIRST_DAY, "text": ""}


@dataclass(frozen=True)
class Example:
    """One case of a specification.

    facts: column → value of the stored facts that are given; totals: name → value of those that are
    stated instead of being counted; holds: those of the case; items: what is given
    of each further item. serves: the demands that it shows. fires: step → what is
    expected of it; of a case about queues, the queues in which it stands.
    """

    name: str
    place: str
    on: dt.date
    facts: dict[str, object]
    fires: dict[str, Expected]
    serves: tuple[str, ...] = ()
    contacts: example_history.Days = field(default_factory=dict)
    done: example_history.Days = field(default_factory=dict)
    totals: dict[str, object] = field(default_factory=dict)
    holds: Sequence[example_history.Held] = ()
    items: Sequence[Row] = ()


@dataclass(frozen=True)
class Answer:
    """What the cases of a file expect: under which key, and how it is read."""

    key: str
    read: Callable[[yamlfile.Node, list[Problem]], dict[str, Expected]]


def read_examples(
    file: Path, book: Playbook, vocabulary: Vocabulary
) -> tuple[list[Example], list[Problem]]:
    """The cases of one file, and everything that is wrong with it."""

    def fires(node: yamlfile.Node, problems: list[Problem]) -> dict[str, Expected]:
        return read_fires(node, book, problems)

    return _read(file, file.name, Answer("fires", fires), book, vocabulary)


def read_queued(
    file: Path, book: Playbook, vocabulary: Vocabulary
) -> tuple[list[Example], list[Problem]]:
    """The cases of one file about queues, and everything that is wrong with it."""

    def queues(node: yamlfile.Node, problems: list[Problem]) -> dict[str, Expected]:
        listed = yamlfile.as_sequence(node, problems) or ()
        named = [yamlfile.as_choice(entry, tuple(book.queues), problems) for entry in listed]
        return {name: ANY for name in named if name}

    return _read(file, f"{QUEUES}/{file.name}", Answer(QUEUES, queues), book, vocabulary)


def _read(
    file: Path, name: str, answer: Answer, book: Playbook, vocabulary: Vocabulary
) -> tuple[list[Example], list[Problem]]:
    problems: list[Problem] = []
    root, found = yamlfile.load(file, name)
    problems += found
    if root is None or not yamlfile.check_keys(root, ("cases",), ("given",), problems):
        return [], problems
    node = yamlfile.as_mapping(root, problems)
    assert node is not None

    problems += requirements.check_tree(root)
    given = _facts(node.get("given"), vocabulary, problems)
    listed = yamlfile.as_sequence(node["cases"], problems)
    examples: list[Example] = []
    for entry in listed or ():
        examples += _examples(entry, given, answer, book, vocabulary, problems)
    return ([] if problems else examples), problems


def _examples(
    entry: yamlfile.Node,
    given: dict[Fact, object],
    answer: Answer,
    book: Playbook,
    vocabulary: Vocabulary,
    problems: list[Problem],
) -> list[Example]:
    """One case; with `days` in place of `on` and `fires`, the same facts on several days, one case a day."""
    in_days = isinstance(entry, yamlfile.Mapping) and "days" in entry
    when = ("days",) if in_days else ("on", answer.key)
    optional = ("facts", "items", "contacts", "done", "holds", requirements.KEY)
    if not yamlfile.check_keys(entry, ("name", *when), optional, problems):
        return []
    node = yamlfile.as_mapping(entry, problems)
    assert node is not None

    stated = {**given, **_facts(node.get("facts"), vocabulary, problems)}
    case = Example(
        name=yamlfile.as_text(node["name"], problems) or "",
        place=f"{node.file}:{node.line}",
        on=_FIRST_DAY,
        facts={fact.stored_as: value for fact, value in stated.items() if not fact.total},
        fires={},
        serves=requirements.served(node.get(requirements.KEY), problems),
        contacts=example_history.read_contacts(node.get("contacts"), problems),
        done=example_history.read_done(node.get("done"), book, problems),
        totals={fact.name: value for fact, value in stated.items() if fact.total},
        holds=example_history.read_holds(node.get("holds"), problems),
        items=_items(node.get("items"), vocabulary, problems),
    )
    if not in_days:
        on = yamlfile.as_date(node["on"], problems)
        fires = answer.read(node[answer.key], problems)
        return [replace(case, on=on, fires=fires)] if on else []

    days = yamlfile.as_mapping(node["days"], problems)
    examples = []
    for key, value in days.items() if days else ():
        day = yamlfile.as_date(days.key_place(key), problems) if days else None
        fires = answer.read(value, problems)
        if day:
            name = f"{case.name} · {day}"
            place = f"{value.file}:{value.line}"
            examples.append(replace(case, name=name, place=place, on=day, fires=fires))
    return examples


def _facts(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> dict[Fact, object]:
    """The facts of a case that are given: stored ones, and totals."""
    mapping = yamlfile.as_mapping(node, problems)
    read: dict[Fact, object] = {}
    if mapping is None:
        return read

    may_be_given = {fact.name: fact for fact in vocabulary if _may_be_given(fact)}
    for name, value in mapping.items():
        if name in may_be_given:
            fact = may_be_given[name]
            read[fact] = _typed(fact, value, problems)
        else:
            problems.append(_not_given(name, mapping.key_place(name), list(may_be_given)))
    return read


def _items(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> list[Row]:
    """What is given of each item beside the first, whose facts stand among those of the case."""
    listed = yamlfile.as_sequence(node, problems) or ()
    read = [_facts(entry, vocabulary, problems) for entry in listed]
    return [{fact.stored_as: value for fact, value in facts.items()} for facts in read]


def _may_be_given(fact: Fact) -> bool:
    """Facts of the book that do not follow from others. The rows under a total may be stated too,
    and then the total follows from them."""
    return not fact.expr and fact.subject not in (RUN, ACT)


def _not_given(name: str, place: yamlfile.Node, known: list[str]) -> Problem:
    near = did_you_mean(name, known)
    message = _("{name} is not a fact that can be given; what is derived from others follows")
    remedy = ""
    if near:
        remedy = _("did you mean {near}?")
    params = {"name": name, "near": near}
    problem = Problem("specification.fact", message, remedy, params, place.file)
    return problem.at(line=place.line, column=place.column)


def _typed(fact: Fact, node: yamlfile.Node, problems: list[Problem]) -> object:
    if isinstance(node, yamlfile.Scalar) and node.text == "none":
        return None
    if fact.type == "date":
        return yamlfile.as_date(node, problems)
    if fact.type == "bool":
        return yamlfile.as_bool(node, problems)
    if fact.type == "int":
        return yamlfile.as_int(node, problems)
    if fact.type == "money":
        return int((yamlfile.as_decimal(node, problems) or Decimal(0)) * MINOR_UNITS)
    return (
        yamlfile.as_choice(node, tuple(fact.options), problems)
        if fact.options
        else yamlfile.as_text(node, problems)
    )


def rows(example: Example, case_id: int = 1) -> Iterator[tuple[Subject, Row]]:
    """The case, one of each of its subjects, and further items, as rows of the fact tables.

    A fact that is given stands, `product` too; what must be known and is not given is empty.
    """
    given = {**example_history.held_facts(example.holds, example.on), **example.facts}
    for subject in facts.of_cases():
        yield subject, _row(subject, given, case_id)

    item = standard().subjects["item"]
    for number, own in enumerate(example.items, start=1):
        key = case_id + number * _FURTHER_ITEM
        yield item, {**_row(item, own, case_id), item.key: key}


def _row(subject: Subject, given: Row, case_id: int) -> Row:
    """One row of a subject. Its own id is that of the case."""
    columns = subject.columns()
    row: Row = {column.name: EMPTY[column.sql_type] for column in columns if column.always}
    row |= {column.name: given[column.name] for column in columns if column.name in given}
    row |= {"case_id": case_id, subject.key: case_id, "last_event_on": _FIRST_DAY}

    if subject.name == "case":
        row |= {
            "creditor_id": CREDITOR,
            "product": given.get("product", PRODUCT),
            "currency": given.get("currency", CURRENCY),
        }
    if subject.name == "item":
        follows = _follows(row)
        row |= {name: value for name, value in follows.items() if name not in given}
    if subject.name == "statement" and "month_from_on" not in given:
        month = row["stated_month"]
        assert isinstance(month, dt.date)
        row["month_from_on"] = add_months(month, 1)
    return row


def _follows(item: Row) -> Row:
    """What the history would say of an item besides."""
    return {"disputed": item.get("disputed_on") is not None}
