"""A room's sentences: its own catalogue before the common one, read by one function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import Problem


class Speak(Protocol):
    """The Problem with this code. `column` is a field of the form or a header of the file; KeyError for an unknown code."""

    def __call__(
        self,
        code: str,
        /,
        *,
        row: int | None = None,
        column: str | None = None,
        file: str | None = None,
        **params: object,
    ) -> Problem: ...


def speaker(*catalogues: Mapping[str, Entry]) -> Speak:
    """The room's `problem` function: the first catalogue that knows the code gives message, remedy and severity."""
    entries = {
        code: entry for catalogue in reversed(catalogues) for code, entry in catalogue.items()
    }

    def problem(
        code: str,
        /,
        *,
        row: int | None = None,
        column: str | None = None,
        file: str | None = None,
        **params: object,
    ) -> Problem:
        entry = entries[code]
        return Problem(
            code,
            entry.message,
            entry.remedy,
            params,
            file=file,
            row=row,
            column=column,
            severity=entry.severity,
        )

    return problem


class Refusal(ValueError):
    """A verb below the rooms cannot do what it was asked; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.code = problem.code
