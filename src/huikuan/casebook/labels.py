"""How people call a subject: the number of an invoice, the month of a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol

from django.db import connection

from huikuan.casebook import packs
from huikuan.casebook.models import Task
from huikuan.engine.subjects import STANDARD


class Labelled(Protocol):
    """A table whose rows people call by something: `label`, an expression over `row`."""

    @property
    def table(self) -> str:
        """Its name in SQL."""

    @property
    def row(self) -> str:
        """How SQL calls a row of it."""

    @property
    def label(self) -> str:
        """What people call a row."""


def labels_of(subject: str, ids: Collection[int]) -> dict[int, str]:
    """Id → label of subjects of one kind. Nothing for a case: what is said of it names it."""
    if subject == "case" or not ids:
        return {}

    return read_labels(STANDARD[subject], ids)


def read_labels(known: Labelled, ids: Collection[int]) -> dict[int, str]:
    """Id → label of the rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {known.row}.id, {known.label} FROM {known.table} {known.row}"
            f" WHERE {known.row}.id = ANY(%s)",
            [list(ids)],
        )
        return dict(cursor.fetchall())


def labels_of_all(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Kind and id → label, of subjects of several kinds; each kind is asked once."""
    ids: dict[str, set[int]] = {}
    for subject, key in subjects:
        ids.setdefault(subject, set()).add(key)

    return {
        (subject, key): label
        for subject, keys in ids.items()
        for key, label in labels_of(subject, keys).items()
    }


def add_labels(tasks: Iterable[Any]) -> None:
    """Gives each task, whose step is at hand, the label of its subject as `about`."""
    listed = list(tasks)
    labels = labels_of_all((task.step.subject, task.subject_id) for task in listed)
    for task in listed:
        task.about = labels.get((task.step.subject, task.subject_id), "")


def with_words(tasks: Iterable[Task]) -> list[Task]:
    """The tasks, whose steps are at hand: each with its step as the version that made it has it
    (`detail`), and with what it is about (`about`).
    """
    listed: list[Any] = list(tasks)
    add_labels(listed)
    for task in listed:
        task.detail = packs.step_of(task.pack_version_id, task.step.code)
    return listed


def label_sql(kind: str, key: str) -> str:
    """What people call a subject, as SQL; null for a case. `kind` and `key`: which one it is."""
    called = "".join(
        f" WHEN '{each.name}' THEN"
        f" (SELECT {each.label} FROM {each.table} {each.row} WHERE {each.row}.id = {key})"
        for each in STANDARD
        if each.name != "case"
    )
    return f"CASE {kind}{called} END"
