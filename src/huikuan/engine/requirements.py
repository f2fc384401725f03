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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

FILE = Path(__file__).parents[1] / "packs" / "requirements.tsv"
COLUMNS = ("id", "requirement", "figures", "actor", "belongs", "dropped", "rule")
SUBJECTS_FILE = FILE.with_name("subjects.tsv")
SUBJECT_COLUMNS = ("subject", "title", "state")
KEY = "serves"
#: `done` stands today, `dropped` is forbidden; any other row belongs to a piece of work.
DONE = "done"
DROPPED = "dropped"
OPEN = "open"
CLOSED = "closed"
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


@dataclass(frozen=True)
class Subject:
    """A piece of work that brings demands. `state`: open, or closed once all of them stand."""

    subject: str
    title: str
    state: str

    @property
    def is_closed(self) -> bool:
        """Whether the work is finished, so that no demand may wait for it any more."""
        return self.state == CLOSED


@functools.cache
def subjects() -> Mapping[str, Subject]:
    """The pieces of work by their names. ValueError names a wrong line."""
    read: dict[str, Subject] = {}
    for number, cells in _rows(SUBJECTS_FILE, SUBJECT_COLUMNS):
        row = Subject(*cells)
        if row.subject in read or row.state not in (OPEN, CLOSED):
            raise ValueError(f"{SUBJECTS_FILE.name}:{number}: it stands twice, or a wrong state")
        read[row.subject] = row
    return read


@functools.cache
def shipped() -> Mapping[str, Requirement]:
    """Every demand by its id, in the order of the procedures. ValueError names a wrong line."""
    belongs = {DONE, DROPPED, *subjects()}
    read: dict[str, Requirement] = {}
    for number, cells in _rows(FILE, COLUMNS):
        row = Requirement(*cells)
        if row.id in read or row.belongs not in belongs:
            raise ValueError(f"{FILE.name}:{number}: the id stands twice, or belongs is unknown")
        read[row.id] = row
    return read


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """The lines of such a file below its head, each with its number."""
    lines = file.read_text(encoding="utf-8").splitlines()
    if tuple(lines[0].split("\t")) != columns:
        raise ValueError(f"{file.name}:1: the columns are {', '.join(columns)}")

    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise ValueError(f"{file.name}:{number}: {len(cells)} cells, not {len(columns)}")
        yield number, cells


def waiting_for_closed(rows: Iterable[Requirement]) -> list[str]:
    """Ids of demands that wait for a piece of work that is finished: nobody would bring them."""
    known = subjects()
    return [row.id for row in rows if row.belongs in known and known[row.belongs].is_closed]


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
