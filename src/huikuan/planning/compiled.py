"""Packs in force, read and compiled."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from huikuan.casebook.compiled import text
from huikuan.casebook.models import PackVersion
from huikuan.engine import gate, limits, plan, playbook, vocabulary


@dataclass(frozen=True)
class Book:
    """A playbook in force with its version."""

    version: PackVersion
    playbook: playbook.Playbook


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
    others = [pack.pack.hash for pack in packs]
    return text(book.version, "plan", others, lambda: _compile(book, packs))


def _compile(book: Book, packs: list[limits.Limits]) -> str:
    return plan.plan_sql(book.playbook, vocabulary.standard(), gate.day_gate(packs))


def explain_sql(version: PackVersion, step: playbook.Step) -> str:
    """The explanation query of one step."""
    return text(version, f"explain.{step.id}", [], lambda: plan.explain_sql(step, vocabulary.standard()))
