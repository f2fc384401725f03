"""A script as a page shows it: values filled in, blanks named by what belongs there.

In a call what concerns the debt comes only after the identity check, to the debtor alone. Beside
the form of any other step the script stands whole, with the words of its message or letter.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language

from huikuan.engine.mail_text import TEXT
from huikuan.engine.scripts import VARIABLES, Line, Objection, Part, Script, Version

#: Variables that the form itself fills in while one talks.
LIVE = {"next_contact_on": "next", "pay_by": "promise"}
_MARK = "\ue000"
_MARKED = re.compile(f"{_MARK}([a-z_]+){_MARK}")


@dataclass(frozen=True)
class Piece:
    """Part of a line: text, or a blank named by what belongs there.

    `live`: the fields that fill it in.
    """

    text: str
    blank: str = ""
    live: str = ""


@dataclass(frozen=True)
class ShownLine:
    """A line that is said or written, or advice to the caller."""

    said: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class ShownObjection:
    """What the other side may say, found by its number."""

    number: int
    title: str
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True)
class ShownPart:
    """A part with its heading."""

    tag: str
    title: str
    lines: tuple[ShownLine, ...]
    objections: tuple[ShownObjection, ...]


@dataclass(frozen=True)
class ShownScript:
    """`before` is read at once; `after` only once the identity was confirmed.

    `missing`: what the book does not know.
    """

    title: str
    before: tuple[ShownPart, ...]
    after: tuple[ShownPart, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """A script with the values of what it speaks of."""

    script: Script
    values: Mapping[str, str]


def language() -> str:
    """The reader's, as scripts name it."""
    if (get_language() or "zh").startswith("zh"):
        return "zh"
    return "en"


def spoken(words: Sequence[Words], *, verifies: bool) -> ShownScript | None:
    """What is said in one talk about everything at hand, the most urgent first; None without words.

    The first script opens and closes; of the others comes what they say of their matter, and the
    objections that the first does not know. Parts of the debt go to the debtor alone (`verifies`),
    after the identity check; of a script for others they are left out, whatever the file says.
    """
    if not words:
        return None

    versions = [_filled(each) for each in words]
    parts = _joined(versions)
    before = [part for part in parts if not _hidden(part)]
    after = []
    if verifies:
        after = [part for part in parts if _hidden(part)]

    numbers = itertools.count(1)
    return ShownScript(
        versions[0].title,
        tuple(_part(part, numbers) for part in before),
        tuple(_part(part, numbers) for part in after),
        _missing([*before, *after], but=LIVE),
    )


def whole(words: Words) -> ShownScript:
    """Every part of a script, for a person who does the step on a page or outside."""
    version = _filled(words)
    return _shown(version, version.parts)


def objections(words: Sequence[Words]) -> tuple[ShownObjection, ...]:
    """What the other side may say, with the answers: to prepare a talk. Each title once."""
    parts = [part for each in words for part in _filled(each).parts]
    by_title: dict[str, Objection] = {}
    for part in parts:
        for objection in part.objections:
            by_title.setdefault(objection.title, objection)
    return tuple(
        ShownObjection(number, each.title, _lines(each.lines))
        for number, each in enumerate(by_title.values(), 1)
    )


def beside_mail(words: Words) -> ShownScript:
    """The parts beside the mail, where the page shows the mail itself as it leaves."""
    version = _filled(words)
    return _shown(version, [part for part in version.parts if part.tag != TEXT])


def _shown(version: Version, parts: Sequence[Part]) -> ShownScript:
    numbers = itertools.count(1)
    shown = tuple(_part(part, numbers) for part in parts)
    return ShownScript(version.title, shown, (), _missing(parts))


def _filled(words: Words) -> Version:
    """The script in the reader's language; blanks are marked by the name of what belongs there."""
    return words.script.render(words.values, language(), blank=_marked).version


def _marked(name: str) -> str:
    return f"{_MARK}{name}{_MARK}"


def _joined(versions: Sequence[Version]) -> list[Part]:
    """The spoken parts of the first version, with the others' words after its own of the debt."""
    first = _for_a_talk(versions[0])
    others = [part for version in versions[1:] for part in _for_a_talk(version)]
    if not others:
        return first

    own_debt = [number for number, part in enumerate(first) if part.tag == "debt"]
    # Without a part of the debt the others' words come last: they must stand after the check.
    place = own_debt[-1] + 1 if own_debt else len(first)
    debts = [part for part in others if part.tag == "debt"]
    joined = [*first[:place], *debts, *first[place:]]

    known = {objection.title for part in first for objection in part.objections}
    for part in others:
        new = tuple(each for each in part.objections if each.title not in known)
        known |= {each.title for each in new}
        if new:
            joined.append(replace(part, lines=(), objections=new))
    return joined


def _for_a_talk(version: Version) -> list[Part]:
    """The parts without the words of a mail; where there are no others, these are the talk's."""
    silent = ("text", "advice")
    if any(part.tag not in silent for part in version.parts):
        return [part for part in version.parts if part.tag != "text"]

    # A mail tells of the debt, so it comes after the check like every word of it.
    parts = []
    for part in version.parts:
        told = part
        if part.tag == "text":
            told = replace(part, tag="debt")
        parts.append(told)
    return parts


def _missing(parts: Sequence[Part], but: Collection[str] = ()) -> tuple[str, ...]:
    """What the person fills in, in words."""
    names = dict.fromkeys(name for part in parts for name in _blanks(part))
    return tuple(label(name) for name in names if name not in but)


def _hidden(part: Part) -> bool:
    return part.after_identity or part.tag == "debt"


def _part(part: Part, numbers: Iterator[int]) -> ShownPart:
    objections = tuple(
        ShownObjection(next(numbers), each.title, _lines(each.lines)) for each in part.objections
    )
    return ShownPart(part.tag, part.title, _lines(part.lines), objections)


def _lines(lines: tuple[Line, ...]) -> tuple[ShownLine, ...]:
    return tuple(ShownLine(line.said, tuple(_pieces(line.text))) for line in lines)


def _pieces(text: str) -> Iterator[Piece]:
    for number, part in enumerate(_MARKED.split(text)):
        if number % 2:
            yield Piece("", label(part), LIVE.get(part, ""))
        elif part:
            yield Piece(part)


def _blanks(part: Part) -> Iterator[str]:
    for line in part.all_lines():
        yield from _MARKED.findall(line.text)


def label(name: str) -> str:
    """What belongs in the blank of a variable, in the reader's language."""
    variable = VARIABLES[name]
    if language() == "zh":
        return variable.zh
    return variable.en
