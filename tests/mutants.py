"""Changed copies of a playbook, each with one thing altered, and whether its specification notices.

A figure is moved by one unit; a role, a channel, an addressee or an approval is exchanged; a part
of a condition is negated or left out; a step is taken out. What a specification does not notice,
it does not specify.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from huikuan.engine import plan, words
from huikuan.engine.nodes import Node
from huikuan.engine.playbook import Playbook, Step, read_playbook
from huikuan.engine.vocabulary import Vocabulary
from huikuan.people.roles import shipped_codes
from huikuan.planning import specification_run
from huikuan.planning.expected import Fired, differences
from huikuan.planning.specification import Example

#: A whole or decimal number that is no part of a word.
FIGURE = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w'])")
DAYS = ("due", "deadline")
#: What a word is exchanged for: the next one of its list.
EXCHANGED = {
    "role": shipped_codes(),
    "action": tuple(words.ACTIONS),
    "addressee": words.ADDRESSEES,
    "approval": shipped_codes(),
}
Tree = dict[str, Any]


@dataclass(frozen=True)
class Mutant:
    """What was altered: the value at a path, taken away where there is none.

    step: the code of the step or rule. taken_out: that step or rule is gone as a whole.
    """

    what: str
    tree: Tree
    path: tuple[str | int, ...]
    value: str | Sequence[str] | Tree | None
    step: str = ""
    taken_out: bool = False

    def text(self) -> str:
        """The file with it."""
        changed = copy.deepcopy(self.tree)
        node: Any = changed
        for key in self.path[:-1]:
            node = node[key]
        if self.value is None:
            del node[self.path[-1]]
        else:
            node[self.path[-1]] = self.value
        return yaml.safe_dump(changed, allow_unicode=True, sort_keys=False, width=100_000)


def mutants(text: str) -> list[Mutant]:
    """Every mutant of playbook.yaml."""
    tree = yaml.load(text, yaml.BaseLoader)  # every value a text
    return [*_of_the_book(tree), *_of_steps(tree)]


def _of_the_book(tree: Tree) -> Iterator[Mutant]:
    """Named figures and guards: what they change reaches many steps."""
    for name, value in tree.get("parameters", {}).items():
        for other in moved(value):
            yield _mutant(tree, f"parameter {name} {other}", ("parameters", name), other)
    for name, value in tree.get("guards", {}).items():
        for what, altered in conditions(value):
            yield _mutant(tree, f"guard {name}: {what}", ("guards", name), altered)
    for name, term in tree.get("terms", {}).items():
        for what, altered in conditions(term["is"]):
            yield _mutant(tree, f"term {name}: {what}", ("terms", name, "is"), altered)


def _of_steps(tree: Tree) -> Iterator[Mutant]:
    for number, step in enumerate(tree["steps"]):
        code = step["id"]
        place = ("steps", number)
        for key in DAYS:
            for value in moved(step.get(key)):
                yield _mutant(tree, f"{code}: {key} {value}", (*place, key), value)
        for key, known in EXCHANGED.items():
            if key in step:
                other = known[(known.index(step[key]) + 1) % len(known)]
                yield _mutant(tree, f"{code}: {key} {other}", (*place, key), other)
        for what, altered in conditions(step["when"]):
            yield _mutant(tree, f"{code}: {what}", (*place, "when"), altered)
        yield from _of_cadence(tree, code, place, step.get("cadence"))
        yield _without(tree, number)


def _of_cadence(
    tree: Tree, code: str, place: tuple[str | int, ...], cadence: Tree | None
) -> Iterator[Mutant]:
    if cadence is None:
        return

    for number, segment in enumerate(cadence["occurs"]):
        for key, value in segment.items():
            for other in moved(value):
                path = (*place, "cadence", "occurs", number, key)
                yield _mutant(tree, f"{code}: {number} {key} {other}", path, other)
    for what, altered in _figures(cadence["from"]):
        yield _mutant(tree, f"{code}: from {what}", (*place, "cadence", "from"), altered)


def moved(value: str | None) -> list[str]:
    """A whole number one unit up and one down; nothing of any other text."""
    if value is None or not re.fullmatch(r"-?\d+", value):
        return []
    return [str(int(value) + 1), str(int(value) - 1)]


def conditions(text: str) -> Iterator[tuple[str, str]]:
    """Each figure moved; each part that must hold negated, and left out."""
    yield from _figures(text)
    parts = _parts(text)
    for number, part in enumerate(parts):
        others = [f"({other})" for at, other in enumerate(parts) if at != number]
        yield f"not ({part})", " and ".join([*others, f"not ({part})"])
        if others:
            yield f"without {part}", " and ".join(others)


def _figures(text: str) -> Iterator[tuple[str, str]]:
    for match in FIGURE.finditer(text):
        for value in moved(match[0]):
            altered = text[: match.start()] + value + text[match.end() :]
            yield f"{match[0]} to {value} in {text}", altered


def _parts(text: str) -> list[str]:
    """The parts that must all hold."""
    tree = ast.parse(f"({text})", mode="eval").body
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return [ast.unparse(value) for value in tree.values]
    return [ast.unparse(tree)]


def _mutant(tree: Tree, what: str, path: Sequence[str | int], value: str) -> Mutant:
    return Mutant(what, tree, tuple(path), value)


def _without(tree: Tree, number: int) -> Mutant:
    code = tree["steps"][number]["id"]
    return Mutant(f"{code}: taken out", tree, ("steps", number), None, code, taken_out=True)


@dataclass(frozen=True)
class Specified:
    """A playbook with the cases of its specification, which stand prepared in the database."""

    files: Mapping[str, str]
    book: Playbook
    examples: Sequence[Example]
    vocabulary: Vocabulary

    def read(self, mutant: Mutant) -> Playbook | None:
        """The mutant as a playbook; None when no such playbook can be written."""
        files = {**self.files, "playbook.yaml": mutant.text()}
        book, _problems = read_playbook(files, self.vocabulary, stored=True)
        return book

    def notices(self, mutant: Mutant) -> bool:
        """Whether a case fails: of a step that is taken out, one that names what it serves."""
        if mutant.taken_out:
            return self._misses(self.book.step(mutant.step))

        book = self.read(mutant)
        if book is None:
            return True
        before = {step.id: _meaning(step, self.book) for step in self.book.steps}
        altered = [step for step in book.steps if _meaning(step, book) != before[step.id]]
        return any(self._fails(step, book) for step in altered)

    def _misses(self, step: Step) -> bool:
        return any(
            step.id in example.fires and set(step.serves) & set(example.serves)
            for example in self.examples
        )

    def _fails(self, step: Step, book: Playbook) -> bool:
        """Whether a case expects something else of this step. The other steps are as they were."""
        alone = replace(book, steps=(step,))
        answers = self._answers(alone)
        for example, fired in zip(self.examples, answers, strict=True):
            wanted = {code: one for code, one in example.fires.items() if code == step.id}
            if any(differences(wanted, fired, alone)):
                return True
        return False

    def _answers(self, book: Playbook) -> list[dict[str, Fired]]:
        sql = plan.plan_sql(specification_run.with_stated(book, self.examples))
        return specification_run.fired_all(sql, book.pack.name, len(self.examples))


def _meaning(step: Step, book: Playbook) -> tuple[Step, list[Node]]:
    """The step without what only says where it stands in the file, and what its terms mean."""
    terms = book.vocabulary.terms
    named = [terms[name] for name in step.when.facts() if name in terms]
    return replace(step, line=0), named
