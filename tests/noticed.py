"""Whether the specification of a pack notices an altered copy: what `check --specifications` says.

Asked cheaply: the cases stand prepared in the database, an altered step runs alone, and one of
which only the words are others does not run at all.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

from huikuan.engine import clock_cases, outcomes, plan, scripts, talk_cases, vocabulary
from huikuan.engine.nodes import Node
from huikuan.engine.outcomes import Outcomes
from huikuan.engine.playbook import Playbook, Step, read_playbook
from huikuan.lib.calendar import china
from huikuan.planning import load, specification, specification_run, step_table
from huikuan.planning.expected import Expected, Fired, differences
from huikuan.planning.pack_files import texts_of
from huikuan.planning.specification import Example
from tests.mutants import Mutant

Said = TypeVar("Said")
#: What of a step changes nothing of when it fires, and until when it is to be done.
WORDS = frozenset({
    "title", "source", "line", "serves", "law", "when_text", "cadence_text", "action", "addressee",
    "role", "chain", "dunning", "purpose", "priority", "together", "script", "records", "checks",
    "preference",
})  # fmt: skip


@dataclass(frozen=True, eq=False)
class Specified:
    """A pack with its specification. `prepare` puts the cases into the database first."""

    files: Mapping[str, str]
    book: Playbook
    examples: Sequence[Example]
    queued: Sequence[Example]
    table: step_table.Table
    talks: talk_cases.Table
    clocked: Sequence[clock_cases.ClockCase] = ()

    def prepare(self) -> None:
        """The cases of steps, then those of queues, in tables of this connection."""
        specification_run.prepare([*self.examples, *self.queued], china(), self.book)

    def notices(self, mutant: Mutant) -> bool:
        """Whether something of the specification does not come out."""
        files = {**self.files, mutant.file: mutant.text()}
        if mutant.file == outcomes.FILE:
            return self._notices_talks(_outcomes_of(files), self.book)
        if mutant.taken_out:
            return self._misses(self.book.step(mutant.step))

        book, _problems = read_playbook(files, vocabulary.standard(), stored=True)
        # What cannot be read is refused by the check itself.
        return book is None or self._notices_book(book)

    def _notices_book(self, book: Playbook) -> bool:
        if any(figure.wanted != book.parameters[figure.name] for figure in self.table.figures):
            return True

        said = step_table.said_of_book(book)
        if any(said.get(whole.name) != whole.wanted for whole in self.table.wholes):
            return True
        if self._notices_talks(self.outcomes, book) or self._notices_clocks(book):
            return True

        if any(any(step_table.differences(line, book)) for line in self.table.lines):
            return True
        if _queues_of(book) != _queues_of(self.book) and self._fails_queue(book):
            return True
        return any(self._fails(step, book) for step in self._altered(book))

    def _altered(self, book: Playbook) -> list[Step]:
        """The steps that mean something else, or of which the words are others."""
        before = {step.id: _whole(step, self.book) for step in self.book.steps}
        return [step for step in book.steps if _whole(step, book) != before[step.id]]

    def _fails(self, step: Step, book: Playbook) -> bool:
        """Whether a case expects something else of this step. The other steps are as they were."""
        alone = replace(book, steps=(step,))
        if _decides(step, book) == _decides(self.book.step(step.id), self.book):
            answers = [_of_step(fired, step.id) for fired in self.fired]
        else:
            answers = self._answers(alone)
        pairs = zip(self.examples, answers, strict=True)
        return any(_differs(_of_step(example.fires, step.id), a, alone) for example, a in pairs)

    def _fails_queue(self, book: Playbook) -> bool:
        """Whether a case stands in other queues than it says."""
        book = specification_run.with_stated(book, self.queued)
        stands = specification_run.queues_all(book, len(self.examples) + len(self.queued))
        of_queued = stands[len(self.examples) :]
        pairs = zip(self.queued, of_queued, strict=True)
        return any(set(example.fires) != queues for example, queues in pairs)

    def _notices_talks(self, found: Outcomes | None, book: Playbook) -> bool:
        if found is None:
            # An altered file that cannot be read is refused; a pack without the file has no talks.
            return outcomes.FILE in self.files
        parts = talk_cases.parts(self.talks, found, book.parameters)
        return any(part.differences for part in parts)

    def _notices_clocks(self, book: Playbook) -> bool:
        """Whether a clock comes out otherwise: its figures may be parameters of the book."""
        if book.clocks == self.book.clocks:
            return False
        clocks = {clock.id: clock for clock in book.clocks}
        return any(any(clock_cases.differences(case, clocks, china())) for case in self.clocked)

    def _misses(self, step: Step) -> bool:
        """Whether a case that names one of the step's ids comes out with the step, and not without.

        The other steps stand as they were, so what fires without it is what fired less the step.
        """
        without = replace(self.book, steps=tuple(s for s in self.book.steps if s.id != step.id))
        for example, fired in zip(self.examples, self.fired, strict=True):
            if not set(step.serves) & set(example.serves):
                continue
            less = {code: one for code, one in fired.items() if code != step.id}
            comes_out = not _differs(example.fires, fired, self.book)
            if comes_out and _differs(example.fires, less, without):
                return True
        return False

    @functools.cached_property
    def outcomes(self) -> Outcomes | None:
        """The outcomes of the pack as it is."""
        return _outcomes_of(self.files)

    @functools.cached_property
    def fired(self) -> list[dict[str, Fired]]:
        """What fires in each case of the pack as it is; asked once."""
        return self._answers(self.book)

    def _answers(self, book: Playbook) -> list[dict[str, Fired]]:
        sql = plan.plan_sql(specification_run.with_stated(book, self.examples))
        count = len(self.examples) + len(self.queued)
        return specification_run.fired_all(sql, book.pack.name, count)[: len(self.examples)]


@functools.cache
def specification_of(pack: str) -> Specified:
    """A pack that ships, with all that its specification says."""
    folder = load.SHIPPED / pack
    files = texts_of(folder)
    book, problems = read_playbook(files, vocabulary.standard())
    assert book is not None, [str(problem) for problem in problems]

    examples: list[Example] = []
    for file in _cases(folder / "tests"):
        examples += specification.read_examples(file, book, book.vocabulary)[0]
    queued: list[Example] = []
    for file in _cases(folder / "tests" / specification.QUEUES):
        queued += specification.read_queued(file, book, book.vocabulary)[0]

    table, _of_table = step_table.of_folder(folder, book)
    talks, _of_talks = talk_cases.of_folder(folder)
    clocked, _of_clocks = clock_cases.of_folder(folder, book.clocks)
    return Specified(files, book, tuple(examples), tuple(queued), table, talks, tuple(clocked))


def _cases(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _outcomes_of(files: Mapping[str, str]) -> Outcomes | None:
    return outcomes.read_outcomes(files, scripts.ids(files))[0]


def _differs(wanted: Mapping[str, Expected], fired: Mapping[str, Fired], book: Playbook) -> bool:
    return any(True for _difference in differences(wanted, fired, book))


def _of_step(said: Mapping[str, Said], step: str) -> dict[str, Said]:
    return {code: one for code, one in said.items() if code == step}


def _whole(step: Step, book: Playbook) -> object:
    """The step without what only says where it stands in the file, and what its terms mean."""
    return replace(step, line=0), _terms_of([step.when, *step.cadence.reads], book)


def _decides(step: Step, book: Playbook) -> object:
    """What decides on when it fires."""
    own = {each.name: getattr(step, each.name) for each in fields(step) if each.name not in WORDS}
    return own, _terms_of([step.when, *step.cadence.reads], book)


def _queues_of(book: Playbook) -> object:
    return book.queues, _terms_of(book.queues.values(), book)


def _terms_of(nodes: Iterable[Node], book: Playbook) -> dict[str, Node]:
    """What the terms mean that these conditions name, and those that these terms name in turn."""
    terms = book.vocabulary.terms
    found: dict[str, Node] = {}
    for node in nodes:
        named = {name: terms[name] for name in node.facts() if name in terms}
        found |= named | _terms_of(named.values(), book)
    return found
