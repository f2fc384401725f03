"""Which roles the procedures of a house name, and which of them nobody there has."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import packs
from huikuan.engine.playbook import Playbook
from huikuan.people.models import Creditor, Organisation, User


def named(house: Organisation, on: dt.date) -> dict[str, list[str]]:
    """Code of a role → packs in force on the day for creditors of the house that name it."""
    creditors = set(Creditor.objects.filter(organisation=house).values_list("pk", flat=True))
    followed = {line.version_id for line in packs.follows(on) if line.creditor_id in creditors}

    found: dict[str, set[str]] = {}
    for version in packs.in_force(on):
        if version.pk not in followed:
            continue
        for code in _codes(packs.playbook_of(version)):
            found.setdefault(code, set()).add(version.pack)
    return {code: sorted(found[code]) for code in sorted(found)}


def _codes(book: Playbook) -> set[str]:
    """Every role of a procedure: who does a step, who approves one or a request of a room."""
    chains = [*book.approvals.values(), *(step.chain for step in book.steps if step.chain)]
    approving = {code for chain in chains for code in chain.roles}
    return approving | {step.role for step in book.steps}


def without_user(house: Organisation, on: dt.date) -> dict[str, list[str]]:
    """As `named`, of the roles that no active user has: their tasks would wait for nobody."""
    wanted = named(house, on)
    people = User.objects.filter(organisation=house, is_active=True)
    people = people.exclude(username__startswith="service.")
    held = set(people.values_list("roles__code", flat=True))
    return {code: names for code, names in wanted.items() if code not in held}
