"""Reads the lists of a pack: lists.yaml, words of a procedure that are neither step nor deadline.

lists:
  - id: filter_classes
    title: {zh: 案件分类, en: Classes of cases}
    serves: [P4.6.8]
    entries:
      - {code: ready, title: {zh: 可直接催收, en: ready to be called}}
      - {code: sample, title: {zh: 复核比例, en: share looked at again}, value: 10}

Which lists a room asks for, its page says. A pack may have others, which nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from huikuan.engine import requirements
from huikuan.engine.options import POINT_SOURCES
from huikuan.engine.texts import Text, both_languages
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

FILE = "lists.yaml"
#: What an entry may mean to the page that reads its list.
NEEDED = "needed"
COMPLETE = "complete"
FOR_LEAD = "lead"
OF_CLIENT = "client"
#: Id of a list → the only words that it may have, for the page shows something of its own of each.
CODES: Mapping[str, tuple[str, ...]] = {
    "filter_fields": (
        "name",
        "identity",
        "born",
        "region",
        "product",
        "placed",
        "accounts",
        "amounts",
        "due",
        "phones",
        "addresses",
        "others",
        "details",
    ),
}
#: Id of a list that a page reads → what its entries may mean. Of other lists nobody reads it.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "filter_fields": (NEEDED,),
    "filter_classes": (COMPLETE, FOR_LEAD),
    "look_up_kinds": (OF_CLIENT,),
    "look_up_bases": tuple(POINT_SOURCES),
}
#: Reads a whole number or the name of a parameter.
Figure = Callable[[yamlfile.Node | None], int | None]


@dataclass(frozen=True)
class Entry:
    """A word of a list. `value`: a figure with it; `means`: a word of the program's own."""

    code: str
    title: Text
    value: int | None = None
    means: str = ""


@dataclass(frozen=True)
class WordList:
    """The words that a procedure has for one thing, in its order."""

    id: str
    title: Text
    entries: tuple[Entry, ...]
    serves: tuple[str, ...] = ()
    line: int = 0

    def entry(self, code: str) -> Entry | None:
        """The word of this code."""
        return next((entry for entry in self.entries if entry.code == code), None)


def read_lists(
    files: Mapping[str, str], figure: Figure, problems: list[Problem]
) -> Mapping[str, WordList]:
    """The lists of a pack by id; none where it has no such file. Wrong ones are left out."""
    if FILE not in files:
        return {}

    root, found = yamlfile.load(files[FILE], FILE)
    problems += found
    node = yamlfile.known_part(root, ("lists",), (), problems)
    if node is None:
        return {}
    listed: dict[str, WordList] = {}
    for part in yamlfile.as_sequence(node.get("lists"), problems) or ():
        read = _list(part, figure, problems)
        if read is not None and read.id in listed:
            _twice(part, read.id, problems)
        elif read is not None:
            listed[read.id] = read
    return listed


def _list(node: yamlfile.Node, figure: Figure, problems: list[Problem]) -> WordList | None:
    """One list; None where it has no name."""
    keys = ("id", "title", "entries")
    part = yamlfile.known_part(node, keys, (requirements.KEY,), problems)
    if part is None:
        return None

    name = yamlfile.as_text(part.get("id"), problems)
    title = both_languages(part.get("title"), problems)
    serves = requirements.served(part.get(requirements.KEY), problems)
    entries = tuple(_entries(part.get("entries"), name or "", figure, problems))
    if not name:
        return None
    return WordList(name, title, entries, serves, part.line)


def _entries(
    node: yamlfile.Node | None, listed: str, figure: Figure, problems: list[Problem]
) -> Iterator[Entry]:
    """Each entry once. `listed`: id of the list, which may bind its words and their meanings."""
    codes: set[str] = set()
    for written in yamlfile.as_sequence(node, problems) or ():
        part = yamlfile.known_part(written, ("code", "title"), ("value", "means"), problems)
        if part is None:
            continue
        code = _code(part.get("code"), listed, problems)
        if not code:
            continue
        if code in codes:
            _twice(written, code, problems)
            continue

        codes.add(code)
        value = None
        if "value" in part:
            value = figure(part["value"])
        means = ""
        if "means" in part:
            means = yamlfile.as_choice(part["means"], MEANINGS.get(listed, ()), problems) or ""
        yield Entry(code, both_languages(part.get("title"), problems), value, means)


def _code(node: yamlfile.Node | None, listed: str, problems: list[Problem]) -> str | None:
    """The word; one of a closed list must be known."""
    if listed in CODES:
        return yamlfile.as_choice(node, CODES[listed], problems)
    return yamlfile.as_text(node, problems)


def _twice(node: yamlfile.Node, name: str, problems: list[Problem]) -> None:
    message = _("{name} stands twice in this list")
    problem = Problem("lists.twice", message, _("give one of them another code"), {"name": name})
    problems.append(problem.at(file=node.file, line=node.line, column=node.column))
