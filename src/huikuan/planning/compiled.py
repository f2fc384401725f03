"""Compiled packs: SQL text kept with the version, so that no day and no process compiles it again."""
from __future__ import annotations

import functools
from dataclasses import dataclass

import ibis

from huikuan.casebook.models import PackVersion
from huikuan.engine import gate, limits, plan, playbook, vocabulary


@dataclass(frozen=True)
class Book:
    """A playbook in force with its version."""

    version: PackVersion
    playbook: playbook.Playbook


#: By content, not by row: equal files mean equal packs. (pack hash, key of the combination) → SQL.
_texts: dict[tuple[str, str], str] = {}


@functools.lru_cache(maxsize=64)
def _read(version_id: int, hash: str) -> playbook.Playbook:
    content = PackVersion.objects.get(pk=version_id).content
    book, problems = playbook.read_playbook(content, vocabulary.standard(), stored=True)
    if book is None:
        raise ValueError(f"pack version {version_id} cannot be read: {problems[0]}")
    return book


@functools.lru_cache(maxsize=64)
def _read_limits(version_id: int, hash: str) -> limits.Limits:
    content = PackVersion.objects.get(pk=version_id).content
    rules, problems = limits.read_limits(content, vocabulary.standard())
    if rules is None:
        raise ValueError(f"pack version {version_id} cannot be read: {problems[0]}")
    return rules


def book(version: PackVersion) -> Book:
    return Book(version, _read(version.pk, version.hash))


@functools.lru_cache(maxsize=64)
def _version(version_id: int) -> PackVersion:
    return PackVersion.objects.get(pk=version_id)


def step_of(version_id: int, code: str) -> playbook.Step:
    """The step as the version that made a task has it. A stored version never changes, so it may be remembered."""
    return book(_version(version_id)).playbook.step(code)


def rules(version: PackVersion) -> limits.Limits:
    return _read_limits(version.pk, version.hash)


def plan_sql(book: Book, in_force: list[PackVersion]) -> str:
    """The plan query of a playbook under these contact rules; compiled at most once for this combination."""
    packs = [rules(version) for version in in_force]
    key = ":".join(["plan", str(vocabulary.VERSION), "postgres", ibis.__version__, *(p.pack.hash[:12] for p in packs)])
    if (book.version.hash, key) in _texts:
        return _texts[book.version.hash, key]
    stored = book.version.compiled.get(key)
    if stored is None:
        stored = plan.plan_sql(book.playbook, vocabulary.standard(), gate.day_gate(packs))
        book.version.compiled = {**book.version.compiled, key: stored}
        PackVersion.objects.filter(pk=book.version.pk).update(compiled=book.version.compiled)
    _texts[book.version.hash, key] = str(stored)
    return str(stored)


@functools.lru_cache(maxsize=1024)
def _explain(version_id: int, code: str) -> str:
    return plan.explain_sql(step_of(version_id, code), vocabulary.standard())


def explain_sql(version: PackVersion, step: playbook.Step) -> str:
    """The explanation query of one step."""
    return _explain(version.pk, step.id)
