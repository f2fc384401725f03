"""The contact rules in force, and the one question they compile to: made once for a combination of packs, then kept."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from huikuan.casebook.compiled import text
from huikuan.casebook.models import PackVersion
from huikuan.engine import gate, limits, vocabulary


@dataclass(frozen=True)
class InForce:
    """The rule packs of a day: their version ids, and the rules in the order in which they are named."""

    versions: tuple[int, ...]
    packs: tuple[limits.Limits, ...]
    rules: tuple[limits.Rule, ...]
    facts: tuple[str, ...]
    pack_of: dict[str, str]


def in_force(on: dt.date) -> InForce:
    """The newest version of every limits pack that holds on the day. No rules at all means that nothing is allowed."""
    newest = (
        PackVersion.objects.filter(kind=PackVersion.Kind.LIMITS, effective_from__lte=on)
        .order_by("pack", "-effective_from", "-id")
        .distinct("pack")
        .values_list("pk", flat=True)
    )
    return of_versions(tuple(newest))


@functools.lru_cache(maxsize=64)
def of_versions(versions: tuple[int, ...]) -> InForce:
    return of_packs(tuple(_read(version) for version in versions), versions)


def of_packs(packs: tuple[limits.Limits, ...], versions: tuple[int, ...] = ()) -> InForce:
    rules = tuple(gate.in_order(packs))
    pack_of = {rule.id: pack.pack.name for pack in packs for rule in pack.rules}
    return InForce(versions, packs, rules, tuple(gate.facts_of(packs)), pack_of)


@functools.lru_cache(maxsize=64)
def _read(version: int) -> limits.Limits:
    """A stored version never changes, so it is read once in the life of the process."""
    content = PackVersion.objects.values_list("content", flat=True).get(pk=version)
    rules, problems = limits.read_limits(content, vocabulary.standard())
    if rules is None:
        raise ValueError(f"pack version {version} cannot be read: {problems[0]}")
    return rules


@functools.lru_cache(maxsize=64)
def act_sql(versions: tuple[int, ...]) -> str:
    """SQL of the question, from the first version's `compiled`, else compiled now and kept there."""
    packs = [_read(version) for version in versions]
    first = PackVersion.objects.defer("content").get(pk=versions[0])
    others = [pack.pack.hash for pack in packs[1:]]
    return text(first, "act", others, lambda: gate.act_query(packs, vocabulary.standard()).sql)
