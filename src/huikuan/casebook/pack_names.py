"""What the conditions of a playbook read, by the names that reasons and explanations give it.

A reason of a task is kept as `name=value` lines. The names of facts are known everywhere; what a
step did before, windows and days on hold are named by the playbook that asks for them, and only it
knows the titles of its steps and outcomes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from huikuan.casebook import packs
from huikuan.casebook.models import PackVersion
from huikuan.engine.nodes import Node
from huikuan.engine.plan import values_read
from huikuan.engine.playbook import Playbook, Step
from huikuan.engine.texts import Text
from huikuan.engine.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Names:
    """The words of one playbook: its terms and facts, titles of steps and outcomes, and what each
    name in a reason of its tasks asks for.
    """

    title: Text
    vocabulary: Vocabulary
    steps: Mapping[str, Text]
    outcomes: Mapping[str, Text]
    values: Mapping[str, Node]


def of_version(version: PackVersion) -> Names:
    """The names of a stored playbook. ValueError where it cannot be read any more."""
    return _stored(version.pack, version.hash)


def of_book(book: Playbook, outcomes: Mapping[str, Text]) -> Names:
    """The names of a playbook that was just read."""
    return Names(
        book.pack.title,
        book.vocabulary,
        {step.id: step.title for step in book.steps},
        outcomes,
        {name: node for step in book.steps for name, node in _read_by(step, book).items()},
    )


def knowing(name: str) -> Names | None:
    """The newest stored playbook in whose reasons the name may stand: for whoever does not know
    which one made a task.
    """
    return next((names for names in _newest_first() if name in names.values), None)


def outcome_title(code: str) -> Text | None:
    """What an outcome is called, by the newest stored playbook that has it."""
    titles = (names.outcomes.get(code) for names in _newest_first())
    return next((title for title in titles if title is not None), None)


def title_of(pack: str) -> Text | None:
    """What a procedure is called, by the newest stored version of it."""
    return next((names.title for names in _newest_first() if names.vocabulary.pack == pack), None)


def _newest_first() -> Iterator[Names]:
    for _pk, pack, hash in reversed(packs.stored_playbooks()):
        try:
            yield _stored(pack, hash)
        except ValueError:
            # Another version tells it; that this one cannot be read is told by the plan.
            continue


def _read_by(step: Step, book: Playbook) -> dict[str, Node]:
    return values_read([step.when, *step.cadence.reads], book.vocabulary)


@functools.lru_cache(maxsize=64)
def _stored(pack: str, hash: str) -> Names:
    version = PackVersion(pack=pack, hash=hash)
    words = packs.words_of(version)
    outcomes = words.outcomes.codes() if words.outcomes else {}
    return of_book(packs.playbook_of(version), outcomes)
