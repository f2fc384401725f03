"""The vocabulary: every fact that a procedure or a contact rule may speak of, by its name."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from huikuan.engine.declared.act import ACT_FACTS
from huikuan.engine.declared.run import RUN_FACTS
from huikuan.engine.fact import Fact, Words
from huikuan.engine.nodes import Node
from huikuan.engine.subjects import STANDARD, Subjects

#: Changing the meaning of a fact changes this: compiled packs are kept by it.
VERSION = 7
#: Facts of the day itself, and of one act of contact. They belong to no subject of the book.
RUN = "run"
ACT = "act"


class Vocabulary:
    """Facts by name, and what a pack adds to them.

    `subjects` are those that a step may be about. Of a pack: its name, what its own named conditions
    and values mean (`terms`), and the subject of each of its steps, by the step's id. `given`: totals
    that a case of a specification may state instead of the rows that are counted. `together`: of a
    step with alternatives, the ids of all of them, which are one step to memory.
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        subjects: Subjects = STANDARD,
        terms: Mapping[str, Node] | None = None,
        pack: str = "",
        steps: Mapping[str, str] | None = None,
        given: Iterable[str] = (),
        together: Mapping[str, tuple[str, ...]] | None = None,
        unread: Iterable[str] = (),
    ) -> None:
        self._facts = {fact.name: fact for fact in facts}
        self.subjects = subjects
        self.terms = dict(terms or {})
        self.pack = pack
        self.steps = dict(steps or {})
        self.given = frozenset(given)
        self.together = dict(together or {})
        self.unread = frozenset(unread)

    def with_term(self, fact: Fact, meaning: Node) -> Vocabulary:
        """This vocabulary and one more name."""
        terms = {**self.terms, fact.name: meaning}
        own = (self.pack, self.steps, self.given, self.together, self.unread)
        return Vocabulary([*self, fact], self.subjects, terms, *own)

    def with_steps(
        self,
        pack: str,
        steps: Mapping[str, str],
        together: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Vocabulary:
        """This vocabulary in a pack with these steps, each with its subject."""
        own = (pack, steps, self.given, together, self.unread)
        return Vocabulary(self, self.subjects, self.terms, *own)

    def with_unread(self, names: Iterable[str]) -> Vocabulary:
        """This vocabulary, where these names are known and could not be read: what is wrong with
        them is told where they are written, and not once more where they are used.
        """
        own = (self.pack, self.steps, self.given, self.together, self.unread | set(names))
        return Vocabulary(self, self.subjects, self.terms, *own)

    def with_given(self, totals: Iterable[str]) -> Vocabulary:
        """This vocabulary, where these totals may be stated."""
        own = (self.pack, self.steps, totals, self.together, self.unread)
        return Vocabulary(self, self.subjects, self.terms, *own)

    def with_words(self, listed_in: str, words: Mapping[str, Words]) -> Vocabulary:
        """This vocabulary in a pack that lists these words for its facts."""
        facts = [
            replace(fact, options=words) if fact.words_of == listed_in else fact for fact in self
        ]
        own = (self.pack, self.steps, self.given, self.together, self.unread)
        return Vocabulary(facts, self.subjects, self.terms, *own)

    def with_any_words(self) -> Vocabulary:
        """This vocabulary as a stored version reads it: with words that a list has no more."""
        facts = [replace(fact, options={}) for fact in self]
        own = (self.pack, self.steps, self.given, self.together, self.unread)
        return Vocabulary(facts, self.subjects, self.terms, *own)

    def done_as(self, step: str) -> tuple[str, ...]:
        """The ids of the steps that count as this one when they are done."""
        return self.together.get(step, (step,))

    def get(self, name: str) -> Fact | None:
        return self._facts.get(name)

    def names(self) -> list[str]:
        return list(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def stored(self, subject: str) -> list[Fact]:
        """The stored facts of a subject, of the run or of an act."""
        return [fact for fact in self if fact.subject == subject and fact.is_stored]

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
