"""YAML read as text and typed by us.

PyYAML's own typing turns `21:00` into 1260, `on:` into True and `no` into False, and a duplicate key vanishes. Here
every scalar stays the string that was written, with its line and column (from 1); the reader that knows the field
gives the type. Refused: duplicate keys, anchors, aliases, tags, keys that are no plain text, a second document.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import yaml

from huikuan.lib.days import FIRST_YEAR
from huikuan.lib.problems import Problem, did_you_mean, problem

Problems = list[Problem]
#: How deep lists and mappings may stand in each other; what ships needs nine.
DEEPEST = 40
#: The largest number of the database's whole numbers (four bytes), where a field has no limit.
MOST = 2**31 - 1
#: The parser in C, ten times as fast, where PyYAML was built with it.
_QUICK = getattr(yaml, "CSafeLoader", None)


@dataclass(frozen=True, slots=True)
class Node:
    file: str
    line: int
    column: int

    def problem(self, code: str, **params: object) -> Problem:
        """A problem of the catalogue at this place."""
        return problem(code, params, file=self.file, line=self.line, column=self.column)


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """A value as written. `quoted` tells `"no"` from `no`."""

    text: str
    quoted: bool = False

    def __str__(self) -> str:
        return self.text

    @property
    def empty(self) -> bool:
        """Nothing was written after the colon or the dash."""
        return not self.text and not self.quoted


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    items: tuple[Node, ...]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Node:
        return self.items[index]


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    """Keys in the order of the file. A key that was given twice keeps its first value (and is a problem)."""

    entries: dict[str, Node]
    keys_at: dict[str, Scalar]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def __getitem__(self, key: str) -> Node:
        return self.entries[key]

    def get(self, key: str) -> Node | None:
        return self.entries.get(key)

    def items(self) -> Iterable[tuple[str, Node]]:
        return self.entries.items()

    def key_place(self, key: str) -> Scalar:
        """The key itself, where it stands."""
        return self.keys_at[key]


def read_text(path: Path, file: str) -> tuple[str | None, Problems]:
    """The text of a file without its byte order mark; None, with what is wrong, where it is none.

    `file`: how problems name it.
    """
    try:
        return path.read_bytes().decode("utf-8-sig"), []
    except OSError:
        return None, [problem("yaml.not_found", file=file)]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [problem("yaml.encoding", file=file, line=line)]


def load(source: Path | str, name: str | None = None) -> tuple[Node | None, Problems]:
    """Read a file (Path) or a text (str). Gives the tree, or None where there is none, and everything that is wrong
    with it.
    """
    file = name or (source.name if isinstance(source, Path) else "text")
    if isinstance(source, Path):
        read, problems = read_text(source, file)
        if read is None:
            return None, problems
        text = read
    else:
        text = source.removeprefix("\ufeff")
    if _QUICK is not None:
        builder = _Builder(file)
        try:
            return _not_empty(builder, builder.read(yaml.parse(text, Loader=_QUICK)))
        except (yaml.YAMLError, UnicodeEncodeError, _TooDeep):
            pass  # the other parser says better what is wrong
    return _read_slowly(text, file)


def _read_slowly(text: str, file: str) -> tuple[Node | None, Problems]:
    builder = _Builder(file)
    try:
        return _not_empty(builder, builder.read(yaml.parse(text, Loader=yaml.SafeLoader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
        in_braces = "flow mapping" in (error.context or "")
        code = "yaml.syntax_flow" if in_braces else "yaml.syntax"
        builder.problems.append(
            problem(code, {"detail": error.problem or error.context}, file=file, **where)
        )
        return None, builder.problems
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        builder.problems.append(
            problem("yaml.syntax", {"detail": error.reason}, file=file, line=line)
        )
        return None, builder.problems
    except _TooDeep as error:
        line, column = error.place
        detail = {"detail": "nested too deeply"}
        builder.problems.append(problem("yaml.syntax", detail, file=file, line=line, column=column))
        return None, builder.problems


def _not_empty(builder: _Builder, root: Node | None) -> tuple[Node | None, Problems]:
    if root is None and not builder.problems:
        builder.problems.append(problem("yaml.empty", file=builder.file))
    return root, builder.problems


class _TooDeep(Exception):
    """Lists and mappings stand deeper in each other than any file of ours needs."""

    def __init__(self, place: tuple[int, int]) -> None:
        super().__init__()
        self.place = place


class _Builder:
    """Builds the tree from the parser's events: the composer would follow aliases and forget where they stood."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: Problems = []
        self.depth = 0

    def read(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self._report("yaml.documents", event)
            elif not isinstance(
                event, (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)
            ):
                node = self._node(event, events)
                root = node if documents == 1 else root
        return None if isinstance(root, Scalar) and root.empty else root

    def _report(self, code: str, event: yaml.Event, **params: object) -> None:
        line, column = _place(event)
        self.problems.append(problem(code, params, file=self.file, line=line, column=column))

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event]) -> Node:
        line, column = _place(event)
        if getattr(event, "anchor", None):
            self._report("yaml.anchor", event)
        if getattr(event, "tag", None):
            self._report("yaml.tag", event)
        if isinstance(event, yaml.CollectionStartEvent):
            return self._collection(event, events)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(self.file, line, column, event.value, quoted=bool(event.style))
        return Scalar(self.file, line, column, "")  # an alias, reported above

    def _collection(self, event: yaml.CollectionStartEvent, events: Iterator[yaml.Event]) -> Node:
        """A list or a mapping, bounded before Python's own stack is."""
        line, column = _place(event)
        if self.depth == DEEPEST:
            raise _TooDeep((line, column))

        self.depth += 1
        node: Node
        if isinstance(event, yaml.MappingStartEvent):
            node = self._mapping(line, column, events, in_braces=bool(event.flow_style))
        else:
            node = Sequence(self.file, line, column, tuple(self._items(events)))
        self.depth -= 1
        return node

    def _items(self, events: Iterator[yaml.Event]) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, events)

    def _mapping(
        self, line: int, column: int, events: Iterator[yaml.Event], *, in_braces: bool
    ) -> Mapping:
        """`in_braces`: written as {…}, where a comma ends a text that has no quotation marks."""
        entries: dict[str, Node] = {}
        keys_at: dict[str, Scalar] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events)
            value = self._node(next(events), events)
            if not isinstance(key, Scalar):
                self.problems.append(key.problem("yaml.key"))
            elif in_braces and _is_rest_of_text(key, value, entries):
                self.problems.append(key.problem("yaml.comma", key=key.text))
                _join(entries, key)
            elif key.text == "<<" and not key.quoted:
                self.problems.append(key.problem("yaml.anchor"))
            elif key.text in entries:
                self.problems.append(
                    key.problem("yaml.duplicate_key", key=key.text, first=keys_at[key.text].line)
                )
            else:
                entries[key.text], keys_at[key.text] = value, key
        return Mapping(self.file, line, column, entries, keys_at)


def _is_rest_of_text(key: Scalar, value: Node, entries: dict[str, Node]) -> bool:
    """A key without a colon after a text: what a comma cut off, such as in {is: f(a, 1)}."""
    if not isinstance(value, Scalar) or not value.empty or not entries:
        return False
    is_word = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key.text)
    before = list(entries.values())[-1]
    return not is_word and isinstance(before, Scalar) and not before.quoted


def _join(entries: dict[str, Node], rest: Scalar) -> None:
    """The text as it was meant, so that the one comma is not several mistakes."""
    name = list(entries)[-1]
    before = entries[name]
    assert isinstance(before, Scalar)
    entries[name] = replace(before, text=f"{before.text}, {rest.text}")


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


# Typed readers: the value, or None with a problem added. They never raise.


def check_keys(
    node: Node | None, required: Iterable[str], optional: Iterable[str], problems: Problems
) -> bool:
    """Every required key is there, no key is unknown. Says so for each; False when `node` is no mapping or something
    is wrong.
    """
    mapping = as_mapping(node, problems)
    if mapping is None:
        return False
    before = len(problems)
    needed = list(required)
    known = [*needed, *optional]
    for key in mapping:
        if key not in known:
            near = did_you_mean(key, [option for option in known if option not in mapping] or known)
            place = mapping.key_place(key)
            if near:
                problems.append(place.problem("yaml.unknown_key_near", key=key, suggestion=near))
            else:
                problems.append(place.problem("yaml.unknown_key", key=key, known=", ".join(known)))
    problems.extend(
        mapping.problem("yaml.missing_key", key=key) for key in needed if key not in mapping
    )
    return len(problems) == before


def known_part(
    node: Node | None, required: Iterable[str], optional: Iterable[str], problems: Problems
) -> Mapping | None:
    """The mapping without the keys that nobody knows, so that one wrong key hides no other mistake.

    Says what `check_keys` says. A required key may be missing from what it gives: read with `get`.
    """
    mapping = as_mapping(node, problems)
    if mapping is None:
        return None
    known = [*required, *optional]
    check_keys(mapping, required, optional, problems)
    return replace(mapping, entries={key: mapping[key] for key in mapping if key in known})


def as_mapping(node: Node | None, problems: Problems) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    if node is not None:
        problems.append(node.problem("yaml.want_mapping"))
    return None


def as_sequence(node: Node | None, problems: Problems) -> Sequence | None:
    if isinstance(node, Sequence):
        return node
    if node is not None:
        problems.append(node.problem("yaml.want_sequence"))
    return None


def as_text(node: Node | None, problems: Problems, *, empty: bool = False) -> str | None:
    """The text as written. Nothing written is a problem unless `empty`. A key that is absent (None) gives None,
    silently: that a key is missing is said once, by `check_keys`.
    """
    if node is None:
        return None
    if isinstance(node, Scalar) and (empty or node.text):
        return node.text
    problems.append(node.problem("yaml.want_text"))
    return None


def as_int(
    node: Node | None, problems: Problems, *, minimum: int | None = None, maximum: int | None = None
) -> int | None:
    """A whole number in decimal digits, between the limits where they are given (both included).

    Without limits of its own it is one that the database can hold.
    """
    text = as_text(node, problems)
    if node is None or text is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        problems.append(node.problem("yaml.want_integer", value=text))
        return None
    number = int(text)
    if minimum is None and maximum is None:
        minimum, maximum = -MOST, MOST
    elif maximum is None:
        maximum = MOST
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        low, high = ("…" if minimum is None else minimum), ("…" if maximum is None else maximum)
        problems.append(node.problem("yaml.range", value=text, low=low, high=high))
        return None
    return number


def as_decimal(node: Node | None, problems: Problems) -> Decimal | None:
    """A decimal number, exact; never a float."""
    text = as_text(node, problems)
    if node is None or text is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,28}(\.[0-9]{1,12})?", text):
        problems.append(node.problem("yaml.want_decimal", value=text))
        return None
    return Decimal(text)


def as_bool(node: Node | None, problems: Problems) -> bool | None:
    """`true` or `false`; yes, no, on, off and 1 are not read."""
    text = as_text(node, problems)
    if node is None or text is None:
        return None
    if text not in ("true", "false"):
        problems.append(node.problem("yaml.want_bool", value=text))
        return None
    return text == "true"


def as_date(node: Node | None, problems: Problems) -> dt.date | None:
    """An ISO day, 2026-03-01."""
    text = as_text(node, problems)
    if node is None or text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        day = dt.date.fromisoformat(text)
        if day.year < FIRST_YEAR:
            raise ValueError(text)
        return day
    except ValueError:
        problems.append(node.problem("yaml.want_date", value=text))
        return None


Choice = TypeVar("Choice", bound=str)


def as_choice(node: Node | None, options: Iterable[Choice], problems: Problems) -> Choice | None:
    """One of the options, letter by letter."""
    text = as_text(node, problems)
    if node is None or text is None:
        return None
    known = list(options)
    for option in known:
        if option == text:
            return option
    near = did_you_mean(text, known)
    if near:
        problems.append(node.problem("yaml.choice_near", value=text, suggestion=near))
    else:
        problems.append(node.problem("yaml.choice", value=text, known=", ".join(known)))
    return None
