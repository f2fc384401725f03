"""Figures of law with which the facts of the book count: packs/law.yaml.

A fact is folded once for all packs, so a figure that it needs cannot come from one of them. It is
text all the same, with its clause and the day on which that was last read.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from huikuan.engine.texts import Text, both_languages
from huikuan.engine.words import CONFIDENCES
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

FILE = Path(__file__).parents[1] / "packs" / "law.yaml"
_KEYS = ("title", "clause", "source", "confidence", "checked", "values")


@dataclass(frozen=True)
class Figure:
    """A figure with its dated values, the earliest first: (first day, value)."""

    name: str
    title: Text
    clause: str
    source: str
    confidence: str
    checked: dt.date
    values: tuple[tuple[dt.date, int], ...]

    def sql(self, day: str) -> str:
        """The value in force on a day, which is an expression of SQL. Null before the first one."""
        newest_first = reversed(self.values)
        lines = [f"WHEN {day} >= DATE '{start}' THEN {value}" for start, value in newest_first]
        return f"(CASE {' '.join(lines)} END)"


@functools.cache
def shipped() -> Mapping[str, Figure]:
    """Every figure by its name. ValueError names a wrong line: the file is our own."""
    figures, problems = read_law(FILE.read_text(encoding="utf-8"))
    if problems:
        raise ValueError("; ".join(f"{problem.place}: {problem.text()}" for problem in problems))
    return figures


def read_law(text: str) -> tuple[dict[str, Figure], list[Problem]]:
    """The figures of such a file by their names, and everything that is wrong with it."""
    return read_named(text, FILE.name, _figure)


Read = TypeVar("Read")


def read_named(
    text: str, file: str, read: Callable[[str, yamlfile.Node, list[Problem]], Read | None]
) -> tuple[dict[str, Read], list[Problem]]:
    """What the entries of a file say, by their names, and everything that is wrong with it.

    `read` makes one entry of its name and node; None where it says what is missing.
    """
    problems: list[Problem] = []
    root, unreadable = yamlfile.load(text, file)
    problems += unreadable
    listed = yamlfile.as_mapping(root, problems)

    found: dict[str, Read] = {}
    for name, entry in (listed or {}).items():
        one = read(name, entry, problems)
        if one is not None:
            found[name] = one
    return found, problems


def _figure(name: str, entry: yamlfile.Node, problems: list[Problem]) -> Figure | None:
    """One figure; None where a key is missing, which is among the problems then."""
    node = yamlfile.known_part(entry, _KEYS, (), problems)
    if node is None or any(key not in node for key in _KEYS):
        return None

    return Figure(
        name=name,
        title=both_languages(node["title"], problems),
        clause=yamlfile.as_text(node["clause"], problems) or "",
        source=yamlfile.as_text(node["source"], problems) or "",
        confidence=yamlfile.as_choice(node["confidence"], CONFIDENCES, problems) or "",
        checked=yamlfile.as_date(node["checked"], problems) or dt.date.min,
        values=_values(node["values"], problems),
    )


def _values(node: yamlfile.Node, problems: list[Problem]) -> tuple[tuple[dt.date, int], ...]:
    """The dated lines of a figure, which must stand in the order of their days."""
    lines = []
    for entry in yamlfile.as_sequence(node, problems) or ():
        parts = yamlfile.known_part(entry, ("from", "value"), (), problems)
        if parts is None or len(parts) < 2:
            continue
        start = yamlfile.as_date(parts["from"], problems)
        value = yamlfile.as_int(parts["value"], problems)
        if start is not None and value is not None:
            lines.append((start, value))

    days = [start for start, _value in lines]
    if not lines or days != sorted(set(days)):
        message = _(
            "a figure has at least one value, and its values stand in the order of their days"
        )
        place = {"file": node.file, "line": node.line, "column": node.column}
        problems.append(Problem("law.values", message, "", {}, **place))  # type: ignore[arg-type]
    return tuple(lines)
