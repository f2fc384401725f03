"""What each step is, on whatever day it fires, written out a second time in a pack's specification.

Cases show when a step fires. Who does it, what it records, who may not do it, where it stands in
the list and which words are shown are no matter of a day: `tests/steps/*.yaml` says them once, and
never takes them from the playbook, so that a change of the one without the other is noticed.

figures: {handover_note_days: 14}     parameters that the program itself reads, and no step
requires: [oldest_due_on]             what every case should have
promise_amounts: [overdue]            what is suggested for a promise
approvals:                            who decides a kind of request
  complaint.waiver: complaints up to 200 CNY, then manager; within 1 working_days, otherwise next
penalties: {fetched: score 2}         what a missed deadline lets somebody propose
extensions:                           by whom a deadline is made longer, and up to when
  fetched: 3 hours by supply_chain; reason within 1 hours
lists:                                words that rooms read, each with its figure and meaning
  filter_sample: share 10
steps:
  month_check:
    {action: statement, addressee: house, role: team_lead, priority: 20, records: checked,
     checks: submitted}
  hold_review: {action: review, addressee: house, role: team_lead, priority: 60}

What is not written the step does not have: no approval, no script; it does not ask for payment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from huikuan.engine import words
from huikuan.engine.chain import Chain
from huikuan.engine.clock import Extension, Length
from huikuan.engine.lists import WordList
from huikuan.engine.playbook import USUAL_AMOUNTS, Playbook, Step
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.planning.expected import Difference, check_step

FOLDER = "tests/steps"
#: The same, seen from the folder of all cases.
PLACE = "steps"
_REQUIRED = ("action", "addressee", "role", "priority")
_WORDS = ("approval", "records", "checks", "script", "purpose")
_FLAGS = ("dunning", "together")
_LISTS = ("requires", "promise_amounts")
#: Of each the table has a mapping: what it is about → what is said of it.
_MAPPINGS = ("approvals", "penalties", "extensions", "lists")
_OF_BOOK = ("figures", *_MAPPINGS, *_LISTS)
#: Key → what is said of a step; empty where it has nothing of the kind.
Said = Mapping[str, str | int | bool]


@dataclass(frozen=True)
class Line:
    """A step of the table, and where it stands."""

    step: str
    place: str
    said: Said


@dataclass(frozen=True)
class Figure:
    """A parameter with its value, and where it stands."""

    name: str
    place: str
    wanted: Decimal


@dataclass(frozen=True)
class Whole:
    """What is said of the procedure as a whole: facts that it names, or who decides a request."""

    name: str
    place: str
    wanted: str


@dataclass(frozen=True)
class Table:
    """What a pack's folder says of its steps, its figures and itself."""

    lines: tuple[Line, ...] = ()
    figures: tuple[Figure, ...] = ()
    wholes: tuple[Whole, ...] = ()


def said_of(step: Step) -> Said:
    """The same of a step of the playbook."""
    purpose = step.purpose
    if purpose == words.QUIET_PURPOSES[0]:
        # The usual one, which a step has when it says nothing.
        purpose = ""

    return {
        "action": step.action,
        "addressee": step.addressee,
        "role": step.role,
        "priority": step.priority,
        "approval": step.approval,
        "records": step.records,
        "checks": step.checks,
        "script": step.script,
        "purpose": purpose,
        "dunning": step.dunning,
        "together": step.together,
    }


def differences(line: Line, book: Playbook) -> Iterator[Difference]:
    """Everything that the step is otherwise than written."""
    found = said_of(book.step(line.step))
    for key, wanted in line.said.items():
        if found[key] != wanted:
            yield Difference(line.step, key, wanted, found[key])


def said_of_book(book: Playbook) -> Mapping[str, str]:
    """What the playbook itself says as a whole: name → words."""
    said = {
        "requires": ", ".join(book.requires),
        "promise_amounts": ", ".join(book.promise_amounts),
    }
    for key, found in _mappings_of(book).items():
        said |= {f"{key}.{name}": text for name, text in found.items()}
    return said


def _mappings_of(book: Playbook) -> Mapping[str, Mapping[str, str]]:
    """What is said of each request, deadline and list, by the key of the table."""
    clocks = {clock.id: clock for clock in book.clocks}

    return {
        "approvals": {kind: _in_words(chain) for kind, chain in book.approvals.items()},
        "penalties": {
            name: f"{clock.penalty.kind} {clock.penalty.points}"
            for name, clock in clocks.items()
            if clock.penalty is not None
        },
        "extensions": {
            name: _extension(clock.extension)
            for name, clock in clocks.items()
            if clock.extension is not None
        },
        "lists": {name: _entries(listed) for name, listed in book.lists.items()},
    }


def _extension(extension: Extension) -> str:
    """Up to when, by whom, and until when the reason must be there."""
    text = f"{_length(extension.at_most)} by {', '.join(extension.by)}"
    if extension.reason_within is not None:
        text += f"; reason within {_length(extension.reason_within)}"
    return text


def _length(length: Length) -> str:
    return f"{length.amount} {length.unit}"


def _entries(listed: WordList) -> str:
    """The words in their order, each with its figure and its meaning."""
    parts = []
    for entry in listed.entries:
        text = entry.code
        if entry.value is not None:
            text += f" {entry.value}"
        if entry.means:
            text += f" means {entry.means}"
        parts.append(text)
    return ", ".join(parts)


def _in_words(chain: Chain) -> str:
    """Who decides, up to which amounts, and what follows where nobody answers in time."""
    text = chain.text
    if chain.answer_within is not None:
        text += f"; within {chain.answer_within.count} {chain.answer_within.unit}"
    if chain.otherwise:
        text += f", otherwise {chain.otherwise}"
    return text


def without_word(table: Table, book: Playbook) -> list[str]:
    """What the playbook says as a whole and the table does not; none where there is no table."""
    if not table.lines:
        return []
    usual = {"requires": "", "promise_amounts": ", ".join(USUAL_AMOUNTS)}
    named = {whole.name for whole in table.wholes}
    said = said_of_book(book)
    return [name for name in said if name not in named and said[name] != usual.get(name)]


def without_line(table: Table, book: Playbook) -> list[Step]:
    """The steps of which the table says nothing; none where there is no table."""
    named = {line.step for line in table.lines}
    return [step for step in book.steps if table.lines and step.id not in named]


# --- reading --------------------------------------------------------------------------------------


def of_folder(folder: Path, book: Playbook) -> tuple[Table, list[Problem]]:
    """The table of a pack's folder, and everything that is wrong with it."""
    lines: list[Line] = []
    figures: list[Figure] = []
    wholes: list[Whole] = []
    problems: list[Problem] = []

    for file in sorted((folder / FOLDER).glob("*.yaml")):
        root, unreadable = yamlfile.load(file, f"{PLACE}/{file.name}")
        problems += unreadable
        node = yamlfile.known_part(root, (), ("steps", *_OF_BOOK), problems)
        if node is not None:
            lines += _lines(node.get("steps"), book, problems)
            figures += _figures(node.get("figures"), book, problems)
            wholes += _wholes(node, book, problems)

    return Table(tuple(lines), tuple(figures), tuple(wholes)), problems


def _lines(node: yamlfile.Node | None, book: Playbook, problems: list[Problem]) -> Iterator[Line]:
    """What is written of each step; a line with a mistake is left out."""
    mapping = yamlfile.as_mapping(node, problems)
    if mapping is None:
        return

    for step, value in mapping.items():
        before = len(problems)
        check_step(step, mapping.key_place(step), book, problems)
        part = yamlfile.known_part(value, _REQUIRED, (*_WORDS, *_FLAGS), problems)
        if part is None:
            continue
        said = _said(part, problems)
        if len(problems) == before:
            yield Line(step, f"{value.file}:{value.line}", said)


def _said(part: yamlfile.Mapping, problems: list[Problem]) -> Said:
    """What is written, and of what is not: that the step has nothing of the kind."""
    said: dict[str, str | int | bool] = {
        "action": yamlfile.as_choice(part.get("action"), words.ACTIONS, problems) or "",
        "addressee": yamlfile.as_choice(part.get("addressee"), words.ADDRESSEES, problems) or "",
        "role": yamlfile.as_text(part.get("role"), problems) or "",
        "priority": yamlfile.as_int(part.get("priority"), problems) or 0,
    }

    for key in _WORDS:
        said[key] = yamlfile.as_text(part.get(key), problems) or ""
    for key in _FLAGS:
        said[key] = yamlfile.as_bool(part.get(key), problems) or False
    return said


def _figures(
    node: yamlfile.Node | None, book: Playbook, problems: list[Problem]
) -> Iterator[Figure]:
    mapping = yamlfile.as_mapping(node, problems)
    if mapping is None:
        return

    for name, value in mapping.items():
        place = mapping.key_place(name)
        known = yamlfile.as_choice(place, tuple(book.parameters), problems)
        wanted = yamlfile.as_decimal(value, problems)
        if known is not None and wanted is not None:
            yield Figure(name, f"{place.file}:{place.line}", wanted)


def _wholes(node: yamlfile.Mapping, book: Playbook, problems: list[Problem]) -> Iterator[Whole]:
    """What is written of the procedure as a whole; what is not written may be anything."""
    for key in _LISTS:
        value = node.get(key)
        listed = yamlfile.as_sequence(value, problems)
        if value is not None and listed is not None:
            named = [yamlfile.as_text(entry, problems) or "" for entry in listed]
            yield Whole(key, f"{value.file}:{value.line}", ", ".join(named))

    known = _mappings_of(book)
    for key in _MAPPINGS:
        yield from _mapped(key, node.get(key), tuple(known[key]), problems)


def _mapped(
    key: str, node: yamlfile.Node | None, known: tuple[str, ...], problems: list[Problem]
) -> Iterator[Whole]:
    """What is written of each request, deadline or list of the procedure."""
    mapping = yamlfile.as_mapping(node, problems)
    if mapping is None:
        return

    for name, value in mapping.items():
        place = mapping.key_place(name)
        is_known = yamlfile.as_choice(place, known, problems) is not None
        wanted = yamlfile.as_text(value, problems)
        if is_known and wanted is not None:
            yield Whole(f"{key}.{name}", f"{place.file}:{place.line}", wanted)
