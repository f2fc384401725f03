"""Problems are data: a code, a place, a sentence and a remedy. They are collected and shown all at once, never raised
one by one.

Message and remedy are English templates (gettext msgids) with named parameters; they are translated where they are
shown: `problem.text(gettext)`. Nothing in this layer knows which language the reader wants.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from huikuan.lib.catalogue import CATALOGUE
from huikuan.lib.severity import Severity, gettext_noop

__all__ = [
    "Phrase",
    "Problem",
    "Severity",
    "did_you_mean",
    "gettext_noop",
    "problem",
]

Translate = Callable[[str], str]


class Phrase(str):
    """A parameter in words that are translated like the sentence in which it stands."""

    __slots__ = ()


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    `row` counts from 1 as the spreadsheet shows it, with `column` a header name; `line` counts from 1 in a text file,
    with `column` a number from 1. `value` is what was found: it may be personal data and does not belong in a log.
    """

    code: str
    message: str
    remedy: str = ""
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    file: str | None = None
    row: int | None = None
    column: str | int | None = None
    line: int | None = None
    value: str | None = None
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """`file:row:column` or `file:line:column`, as far as they are known."""
        parts = (self.file, self.line if self.line is not None else self.row, self.column)
        return ":".join(str(part) for part in parts if part is not None)

    def text(self, translate: Translate = _same) -> str:
        """The message, translated and filled in."""
        return _fill(self.message, self.params, translate)

    def remedy_text(self, translate: Translate = _same) -> str:
        """What to do about it, translated and filled in; empty when there is nothing to add."""
        return _fill(self.remedy, self.params, translate) if self.remedy else ""

    def at(self, **place: Any) -> Problem:
        """The same problem at another place (`file`, `row`, `column`, `line`, `value`, `severity`)."""
        return replace(self, **place)

    def as_dict(self, translate: Translate = _same) -> dict[str, object]:
        """For `--json` and for the problem report."""
        return {
            "code": self.code,
            "severity": self.severity,
            "place": self.place,
            "file": self.file,
            "row": self.row,
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "message": self.text(translate),
            "remedy": self.remedy_text(translate),
        }

    def __str__(self) -> str:
        sentence = "; ".join(part for part in (self.text(), self.remedy_text()) if part)
        return f"{self.place}: {sentence}" if self.place else sentence


def _fill(template: str, params: Mapping[str, object], translate: Translate) -> str:
    sentence = translate(template)
    if not params:
        return sentence.replace("{{", "{").replace("}}", "}")

    filled = {name: _in_words(value, translate) for name, value in params.items()}
    return sentence.format(**filled)


def _in_words(value: object, translate: Translate) -> object:
    """A phrase in the reader's language, several of them as a list; anything else as it is."""
    if isinstance(value, Phrase):
        return translate(value)
    if isinstance(value, tuple):
        return ", ".join(str(_in_words(part, translate)) for part in value)
    return value


class Refused(ValueError):
    """One value could not be read. Carries the code of the catalogue and its parameters; `.problem()` gives the
    Problem.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def problem(self, **place: Any) -> Problem:
        return problem(self.code, self.params, **place)


def problem(code: str, params: Mapping[str, object] | None = None, **place: Any) -> Problem:
    """The Problem of the catalogue (`huikuan.lib.catalogue`) with this code, filled with `params`, at this place.

    A code that the catalogue does not have is a mistake of ours and raises KeyError.
    """
    entry = CATALOGUE[code]
    place.setdefault("severity", entry.severity)
    return Problem(
        code=code, message=entry.message, remedy=entry.remedy, params=dict(params or {}), **place
    )


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """The option that the writer most likely meant, or None when nothing is near."""
    known = sorted(set(options))
    by_lower = {option.lower(): option for option in known}
    if word.lower() in by_lower:
        return by_lower[word.lower()]
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return near[0] if near else None
