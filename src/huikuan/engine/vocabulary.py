"""The vocabulary: every fact that a procedure or a contact rule may speak of, by its name."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from huikuan.engine.declared.act import ACT_FACTS
from huikuan.engine.declared.run import RUN_FACTS
from huikuan.engine.fact import Fact
from huikuan.engine.subjects import STANDARD, Subjects

#: Changing the meaning of a fact changes this: compiled packs are kept by it.
VERSION = 4
#: Facts of the day itself, and of one act of contact. They belong to no subject of the book.
RUN = "run"
ACT = "act"


class Vocabulary:
    """Facts by name. `subjects` are those that a step may be about."""

    def __init__(self, facts: Iterable[Fact], subjects: Subjects = STANDARD) -> None:
        self._facts = {fact.name: fact for fact in facts}
        self.subjects = subjects

    def get(self, name: str) -> Fact | None:
        return self._facts.get(name)

    def names(self) -> list[str]:
        return list(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def stored(self, subject: str) -> list[Fact]:
        """The stored facts of a subject, of the run or of an act."""
        return [fact for fact in self if fact.subject == subject and not fact.expr]

    def seen_from(self, subject: str) -> frozenset[str]:
        """Whose facts a step about this subject may read: its own, its ancestors', the day's."""
        lineage = [one.name for one in self.subjects.lineage(subject)]
        return frozenset([*lineage, RUN])


def of_subjects(subjects: Subjects) -> Vocabulary:
    """The vocabulary of these subjects, with the facts of the day and of an act of contact."""
    facts = [replace(fact, subject=RUN) for fact in RUN_FACTS]
    for subject in subjects:
        facts += [replace(fact, subject=subject.name) for fact in subject.facts()]
    facts += [replace(fact, subject=ACT) for fact in ACT_FACTS]
    return Vocabulary(facts, subjects)


@functools.cache
def standard() -> Vocabulary:
    """The vocabulary that ships."""
    return of_subjects(STANDARD)
