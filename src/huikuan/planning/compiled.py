"""The queries of playbooks in force, compiled at most once."""

from __future__ import annotations

from huikuan.casebook import packs
from huikuan.casebook.compiled import text
from huikuan.casebook.models import PackVersion
from huikuan.engine import gate, plan, playbook


def plan_sql(version: PackVersion, in_force: list[PackVersion]) -> str:
    """The plan query of a playbook under these contact rules; compiled at most once for this combination."""
    rules = [packs.limits_of(version) for version in in_force]

    hashes = [pack.pack.hash for pack in rules]

    def compile() -> str:
        book = packs.playbook_of(version).of_cases
        return plan.plan_sql(book, gate.day_gate(rules), judged_by=hashes)

    return text(version, "plan", hashes, compile)


def explain_sql(version: PackVersion, step: playbook.Step) -> str:
    """The explanation query of one step."""
    words = packs.playbook_of(version).vocabulary
    return text(version, f"explain.{step.id}", [], lambda: plan.explain_sql(step, words))
