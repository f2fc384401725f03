"""The contact rules in force, and the one question they compile to: made once for a combination of packs, then kept."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

from huikuan.casebook import packs
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


def in_force(on: dt.date, creditor_id: int) -> InForce:
    """The version of every limits pack that holds on the day for the cases of a creditor.

    No rules at all means that nothing is allowed.
    """
    rules = packs.holding(on).rules_for(creditor_id)
    return of_versions(tuple(version.pk for version in rules))


@functools.lru_cache(maxsize=64)
def of_versions(versions: tuple[int, ...]) -> InForce:
    return of_packs(tuple(packs.limits_of(packs.version(key)) for key in versions), versions)


def of_packs(read: tuple[limits.Limits, ...], versions: tuple[int, ...] = ()) -> InForce:
    rules = tuple(gate.in_order(read))
    pack_of = {rule.id: pack.pack.name for pack in read for rule in pack.rules}
    return InForce(versions, read, rules, tuple(gate.facts_of(read)), pack_of)


@functools.lru_cache(maxsize=64)
def act_sql(versions: tuple[int, ...]) -> str:
    """SQL of the question, from the first version's `compiled`, else compiled now and kept there."""
    rules = [packs.limits_of(packs.version(key)) for key in versions]
    others = [pack.pack.hash for pack in rules[1:]]
    first = PackVersion.objects.defer("content").get(pk=versions[0])
    return text(first, "act", others, lambda: gate.act_query(rules, vocabulary.standard()).sql)
