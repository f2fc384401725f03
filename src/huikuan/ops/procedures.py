"""Where each demand of the procedures is met: docs/procedures.md, made from what names its id.

Steps, contact rules, outcomes, scripts and cases of the packs that ship name the ids that they
serve. What is met by the program itself stands in packs/places.tsv: id, kind, address; a `test`
shows what no case of a specification can. An address that leads nowhere is a problem.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

import huikuan
from huikuan.engine import (
    clock_cases,
    outcomes,
    requirements,
    scripts,
    times_cases,
    vocabulary,
)
from huikuan.engine.limits import Rule
from huikuan.engine.playbook import Playbook
from huikuan.engine.requirements import Requirement
from huikuan.gate import specification as gate_specification
from huikuan.ops import cli
from huikuan.planning import load, specification

PLACES = requirements.FILE.with_name("places.tsv")
COLUMNS = ("id", "kind", "address")
#: A place of this kind is no place but shows that the demand is met.
TEST = "test"
BEGIN = "<!-- procedures: begin -->"
END = "<!-- procedures: end -->"
WIDTH = 118
#: So many cases are named for a demand; of the others only their number.
CASES_NAMED = 6
PROCEDURES = {
    "P1": "Phone collection 电话催收流程",
    "P2": "Credit-card judicial collection 信用卡司法催收",
    "P3": "Complaints 投诉管理",
    "P4": "Agency operating rules 催收流程操作细则",
    "P5": "Receivables 账款催收",
    "P6": "The collector's day 催收员日常工作",
    "P7": "Telephone craft 电话催收技巧",
    "P8": "Commercial-property fees 费用催收",
    "P9": "Phone-collection training 电话催收培训",
    "P10": "Working standard 催收工作流程及规范",
    "P11": "Call effectiveness 电催技巧",
    "P12": "Collection ladders 催收制度流程",
    "P13": "Property-service fees 物业服务费催收",
    "X": "Across all of them",
}
#: Laws that a row may name in the place of a contact rule; an article may follow.
LAWS = (
    "Civil Code art. ",
    "Civil Procedure Law",
    "Criminal Procedure Law",
    "PIPL art. ",
    "GB/T 45251-2025",
    "CBA guideline on consumer-loan collection",
)


@dataclass
class Met:
    """Where a demand is met, and the cases that show it."""

    places: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)


def collect() -> tuple[dict[str, Met], list[str]]:
    """Demand → where it is met; and every address of places.tsv that leads nowhere."""
    met: dict[str, Met] = defaultdict(Met)
    for folder in sorted(load.SHIPPED.glob("*/pack.yaml")):
        name = folder.parent.name
        for served, place in _of_pack(name):
            for code in served:
                met[code].places.append(f"{name}: {place}")
        for served, case in _cases(name):
            for code in served:
                met[code].cases.append(case)

    return met, _add_places(met)


def _add_places(met: dict[str, Met]) -> list[str]:
    """Adds what places.tsv says; the lines of it that lead nowhere."""
    wrong: list[str] = []
    for code, kind, address in _places():
        shown = _address(kind, address)
        if shown is None or code not in requirements.shipped():
            wrong.append(f"{PLACES.name}: {code} {kind} {address}")
        elif kind == TEST:
            met[code].cases.append(shown)
        else:
            met[code].places.append(shown)
    return wrong


def _of_pack(name: str) -> Iterator[tuple[Sequence[str], str]]:
    """What of a pack serves which demands."""
    checked = load.check(name, load.SHIPPED / name)
    if checked.limits:
        for rule in checked.limits.rules:
            yield rule.serves, f"rule {rule.id}"
    if checked.playbook is None:
        return

    yield from _of_playbook(checked.playbook)
    files = checked.playbook.pack.files
    read, _problems = scripts.read_scripts(files)
    for script in read.values():
        yield script.serves, f"script {script.id}"
    codes, _problems = outcomes.read_outcomes(files, list(read))
    for outcome in codes or ():
        yield outcome.serves, f"outcome {outcome.who}.{outcome.code}"


def _of_playbook(book: Playbook) -> Iterator[tuple[Sequence[str], str]]:
    """What of a playbook serves which demands."""
    for step in book.steps:
        yield step.serves, f"step {step.id}"
    for clock in book.clocks:
        yield clock.serves, f"clock {clock.id}"
    for words in book.lists.values():
        yield words.serves, f"list {words.id}"
    for time in book.times.named.values():
        yield time.serves, f"time {time.name}"
    if book.times.retry is not None:
        yield book.times.retry.serves, "retry"


def _cases(name: str) -> Iterator[tuple[Sequence[str], str]]:
    """The cases of a pack's specification. Of a series of days the name stands once."""
    words = vocabulary.standard()
    book = load.check(name, load.SHIPPED / name).playbook
    named: dict[str, Sequence[str]] = {}

    folder = load.SHIPPED / name / "tests"
    of_queues = folder / specification.QUEUES
    for file in [*sorted(folder.glob("*.yaml")), *sorted(of_queues.glob("*.yaml"))]:
        for title, serves in _read(file, book, words):
            named.setdefault(title.partition(" · ")[0], serves)
    if book is not None:
        for case in clock_cases.of_folder(load.SHIPPED / name, book.clocks)[0]:
            named.setdefault(case.name, case.serves)
        for of_times in times_cases.of_folder(load.SHIPPED / name, book)[0]:
            named.setdefault(of_times.name, of_times.serves)

    for title, serves in named.items():
        yield serves, title


def _read(
    file: Path, book: Playbook | None, words: vocabulary.Vocabulary
) -> Iterator[tuple[str, Sequence[str]]]:
    if book is None:
        for act in gate_specification.read_examples(file, words)[0]:
            yield act.name, act.serves
        return

    read = specification.read_examples
    if file.parent.name == specification.QUEUES:
        read = specification.read_queued
    for example in read(file, book, words)[0]:
        yield example.name, example.serves


def _places() -> Iterator[tuple[str, str, str]]:
    lines = PLACES.read_text(encoding="utf-8").splitlines()
    if tuple(lines[0].split("\t")) != COLUMNS:
        raise ValueError(f"{PLACES.name}:1: the columns are {', '.join(COLUMNS)}")
    for line in lines[1:]:
        code, kind, address = line.split("\t")
        yield code, kind, address


def _address(kind: str, address: str) -> str | None:
    """The place in words; None when there is no such place."""
    if kind == TEST:
        return f"test {address}" if _is_test(address) else None
    if kind == "page":
        route = _routes().get(address)
        return f"page /{route}" if route is not None else None

    known: Mapping[str, Iterable[str]] = {
        "command": cli.names(),
        "table": [model._meta.db_table for model in apps.get_models()],
        "fact": vocabulary.standard().names(),
    }
    if kind == "file":
        there = (Path(huikuan.__file__).parent / address).exists()
    else:
        there = address in known.get(kind, ())
    return f"{kind} {address}" if there else None


def _is_test(address: str) -> bool:
    """Whether there is this test: FILE::NAME. An installed package has no tests to look for."""
    name, _colons, test = address.partition("::")
    package = Path(huikuan.__file__).parent
    root = package.parents[1]
    if not (root / "tests").is_dir():
        return True

    file = root / name
    return file.is_file() and f"def {test}(" in file.read_text(encoding="utf-8")


def _routes() -> dict[str, str]:
    """Name of each page, with its room before it, → its address."""
    return dict(_walk(get_resolver().url_patterns, "", ""))


def _walk(
    patterns: Iterable[URLPattern | URLResolver], room: str, before: str
) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else room
            yield from _walk(pattern.url_patterns, inner, route)
        elif pattern.name:
            yield f"{room}{pattern.name}", route


def without_a_place(met: Mapping[str, Met]) -> list[str]:
    """Demands that stand today, and of which nobody says where."""
    done = [row.id for row in requirements.shipped().values() if row.belongs == requirements.DONE]
    return [code for code in done if not (code in met and met[code].places)]


def dropped_by_nothing(rows: Iterable[Requirement]) -> list[str]:
    """What a row names as the rule that forbids a demand, and is neither a rule nor a law."""
    rules = {
        rule.id
        for folder in load.SHIPPED.glob("*/rules.yaml")
        for rule in _rules(folder.parent.name)
    }

    found = []
    for row in rows:
        named = [part.strip() for part in row.rule.split(";")] if row.dropped else []
        unknown = [part for part in named if part not in rules and not part.startswith(LAWS)]
        found += [f"{requirements.FILE.name}: {row.id} {part or row.dropped}" for part in unknown]

    return found


def _rules(name: str) -> Sequence[Rule]:
    limits = load.check(name, load.SHIPPED / name).limits
    return limits.rules if limits else ()


def page(met: Mapping[str, Met]) -> str:
    """The part of docs/procedures.md between its marks."""
    parts: list[str] = []
    current = ""
    for row in requirements.shipped().values():
        procedure = row.id.partition(".")[0]
        if procedure != current:
            current = procedure
            parts += [f"## {procedure} {PROCEDURES[procedure]}", ""]
        parts += [*entry(row, met.get(row.id, Met())), ""]
    return "\n".join(parts).rstrip()


def entry(row: Requirement, met: Met) -> list[str]:
    """One demand: what it says, where it is met, which cases show it."""
    facts = ", ".join(part for part in (row.actor, row.figures) if part)
    lines = _wrapped(f"**{row.id}** {row.requirement} *({facts})*", "")

    if met.places:
        lines += _wrapped("where: " + "; ".join(dict.fromkeys(met.places)), "- ")
    if met.cases:
        lines += _wrapped("cases: " + _some(met.cases), "- ")

    subject = requirements.subjects().get(row.belongs)
    if subject is not None:
        whole = "whole with" if met.places else "later, with"
        lines += _wrapped(f"{whole} {subject.title}", "- ")
    if row.dropped:
        lines += _wrapped(f"dropped, by {row.rule}: the source {row.dropped}", "- ")
    return lines


def _some(cases: Sequence[str]) -> str:
    shown = "; ".join(cases[:CASES_NAMED])
    rest = len(cases) - CASES_NAMED
    return f"{shown}; and {rest} more" if rest > 0 else shown


def _wrapped(text: str, mark: str) -> list[str]:
    indent = " " * len(mark)
    return textwrap.wrap(
        text, WIDTH, initial_indent=mark, subsequent_indent=indent, break_long_words=False
    )


def updated(text: str, met: Mapping[str, Met]) -> str:
    """The page with the part between its two marks made anew. ValueError when a mark is missing."""
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{page(met)}\n\n{END}{after}"
