"""What the procedures demand: packs/requirements.tsv, and the key `serves` that names its ids.

A step, a contact rule, an outcome, a script or a case of a specification may say which demands it
serves:

    serves: [P1.3.1, P1.3.2]

A pack of a house's own needs no ids. An id that nobody knows is found by `check_served` and by
nothing else, so that a stored version of a pack stays readable when an id is renamed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

FILE = Path(__file__).parents[1] / "packs" / "requirements.tsv"
COLUMNS = ("id", "requirement", "figures", "actor", "belongs", "dropped", "rule")
KEY = "serves"
#: `done` stands today, `dropped` is forbidden, the others are pieces of work to come.
BELONGS = (
    "done", "form", "agency", "files", "security", "gate", "acts", "property", "desk", "later",
    "dropped",
)  # fmt: skip
#: A script names its ids in a comment at the end of the sentence that serves them, or above its
#: first section where it serves them as a whole: <!-- serves: P1.3.1, P1.3.2 -->
_COMMENT = re.compile(r"\s*<!--\s*serves:\s*([^>]*?)\s*-->\s*$")


@dataclass(frozen=True)
class Requirement:
    """One demand that can be checked. dropped: what the source asks for, and `rule` forbids."""

    id: str
    requirement: str
    figures: str
    actor: str
    belongs: str
    dropped: str
    rule: str


@functools.cache
def shipped() -> Mapping[str, Requirement]:
    """Every demand by its id, in the order of the procedures. ValueError names a wrong line."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    if tuple(lines[0].split("\t")) != COLUMNS:
        raise ValueError(f"{FILE.name}:1: the columns are {', '.join(COLUMNS)}")

    read: dict[str, Requirement] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            raise ValueError(f"{FILE.name}:{number}: {len(cells)} cells, not {len(COLUMNS)}")
        row = Requirement(*cells)
        if row.id in read or row.belongs not in BELONGS:
            raise ValueError(f"{FILE.name}:{number}: the id stands twice, or belongs is unknown")
        read[row.id] = row
    return read


def served(node: yamlfile.Node | None, problems: list[Problem]) -> tuple[str, ...]:
    """The ids of a key `serves`, whether known or not. Nothing without the key."""
    listed = yamlfile.as_sequence(node, problems)
    if listed is None:
        return ()
    texts = [yamlfile.as_text(entry, problems) for entry in listed]
    return tuple(text for text in texts if text)


def ids_in_line(line: str) -> tuple[str, ...]:
    """The ids that a line of a script names in such a comment; none in any other line."""
    match = _COMMENT.search(line)
    if match is None:
        return ()
    return tuple(word for word in re.split(r"[,\s]+", match[1]) if word)


def without_ids(line: str) -> str:
    """The line without such a comment: what is said, or what advises."""
    return _COMMENT.sub("", line)


def check_served(files: Mapping[str, str]) -> list[Problem]:
    """A problem for each id in the files of a pack (name → text) that is no demand."""
    problems: list[Problem] = []
    for name, text in files.items():
        if name.endswith(".yaml"):
            root, _unreadable = yamlfile.load(text, name)
            problems += check_tree(root)
        elif name.endswith(".md"):
            problems += _check_script(name, text)
    return problems


def check_tree(root: yamlfile.Node | None) -> list[Problem]:
    """The same for one file that was read."""
    found = [node for node in _under_key(root) if isinstance(node, yamlfile.Scalar)]
    unknown = [node for node in found if node.text and node.text not in shipped()]
    return [_unknown(node.text, node.file, node.line, node.column) for node in unknown]


def _under_key(node: yamlfile.Node | None) -> Iterator[yamlfile.Node]:
    """The entries of every list that stands under the key, however deep."""
    if isinstance(node, yamlfile.Sequence):
        for entry in node:
            yield from _under_key(entry)

    if isinstance(node, yamlfile.Mapping):
        for key, value in node.items():
            if key == KEY and isinstance(value, yamlfile.Sequence):
                yield from value
            else:
                yield from _under_key(value)


def _check_script(name: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), 1):
        for word in ids_in_line(line):
            if word not in shipped():
                yield _unknown(word, name, number, line.find(word) + 1)


def _unknown(word: str, file: str, line: int, column: int) -> Problem:
    near = did_you_mean(word, shipped())
    remedy = _("did you mean {near}?") if near else _("the ids stand in docs/procedures.md")
    params = {"id": word, "near": near}
    message = _("{id} is no demand of a procedure")
    return Problem("requirement.unknown", message, remedy, params, file, line=line, column=column)
