"""Which names a batch may arrive under: the import finds the batch again by it."""

from __future__ import annotations

import unicodedata

from huikuan.intake.receive import NAME_LENGTH
from huikuan.intake.sentences import problem
from huikuan.lib.problems import Problem

#: What separates folders, here or on the machine of a creditor.
SEPARATORS = "/\\"
#: Control characters, line and paragraph separators, halves of a character, and signs that nobody
#: sees (a zero-width blank, a change of the direction of writing): no file is named so, and two
#: names that look the same are two.
UNNAMABLE = {"Cc", "Cf", "Zl", "Zp", "Cs"}


class WrongName(ValueError):
    """No file is found again by this name; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text())
        self.problem = problem


def name_problem(name: str) -> Problem | None:
    """Why no file is found again by this name; None where one is.

    A folder is no part of it: an import knows only the name of its file.
    """
    if not name.strip():
        return problem("arrival.name_empty")
    if any(unicodedata.category(character) in UNNAMABLE for character in name):
        return problem("arrival.name_characters")
    if name != name.strip():
        return problem("arrival.name_blanks")

    if any(separator in name for separator in SEPARATORS) or name in (".", ".."):
        return problem("arrival.name_path")
    if len(name) > NAME_LENGTH:
        return problem("arrival.name_long", {"most": NAME_LENGTH})
    return None
