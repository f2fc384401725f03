"""The scripts of the tasks at hand, each once, speaking of exactly the tasks that have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from huikuan.casebook import packs
from huikuan.casebook.models import ContactPoint
from huikuan.contacts.file import File
from huikuan.contacts.script_shown import Words
from huikuan.contacts.script_values import matter_of, values_of
from huikuan.engine.playbook import Step
from huikuan.engine.scripts import Script
from huikuan.people.models import User


class Asking(Protocol):
    """A task as far as its words go."""

    @property
    def pack_version_id(self) -> int:
        """Id of the version that made it."""

    @property
    def subject_id(self) -> int:
        """Id of the item, the statement or the case."""

    @property
    def step(self) -> Step:
        """Its step."""


@dataclass(frozen=True)
class Shared:
    """A script with the tasks that have it, the most urgent first."""

    script: Script
    tasks: list[Asking]


def words_of(
    tasks: Sequence[Asking], file: File, point: ContactPoint | None, speaker: User
) -> list[Words]:
    """Every script of the tasks, in the order in which they come."""
    return [
        Words(shared.script, values_of(file, point, speaker, matter_of(shared.tasks)))
        for shared in by_script(tasks)
    ]


def by_script(tasks: Sequence[Asking]) -> list[Shared]:
    """The tasks by their script; those without one are left out.

    A script is taken from the version that made the task, whatever is in force by now; where two
    versions have the same words they are said once.
    """
    found: list[Shared] = []
    for task in tasks:
        version = packs.version(task.pack_version_id)
        script = packs.words_of(version).scripts.get(task.step.script)
        if script is None:
            continue

        known = next((shared for shared in found if shared.script == script), None)
        if known is None:
            found.append(Shared(script, [task]))
        else:
            known.tasks.append(task)
    return found
