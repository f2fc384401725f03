"""Which roles the procedures of a house name, and which of them nobody there has."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import packs
from huikuan.casebook.models import PackVersion
from huikuan.engine.clock import ASKED
from huikuan.engine.moments import TIMED
from huikuan.engine.playbook import Playbook
from huikuan.people.models import Creditor, Organisation, User


def named(house: Organisation, on: dt.date) -> dict[str, list[str]]:
    """Code of a role → packs in force on the day for creditors of the house that name it.

    A deadline of what lies in no case, such as a batch, holds without a binding.
    """
    creditors = set(Creditor.objects.filter(organisation=house).values_list("pk", flat=True))
    if not creditors:
        return {}
    followed = {line.version_id for line in packs.follows(on) if line.creditor_id in creditors}

    found: dict[str, set[str]] = {}
    for version in packs.in_force(on):
        if version.kind != PackVersion.Kind.PLAYBOOK:
            continue
        try:
            book = packs.playbook_of(version)
        except packs.ChangedVersion:  # the doctor names it; the roles of the others are told
            continue
        for code in _codes(book, bound=version.pk in followed):
            found.setdefault(code, set()).add(version.pack)
    return {code: sorted(found[code]) for code in sorted(found)}


def _codes(book: Playbook, *, bound: bool) -> set[str]:
    """Every role of a procedure: of its clocks, of who does a step, of who approves one or a
    request of a room. Of a pack that nobody is bound to only those of batches.
    """
    codes = {clock.role for clock in book.clocks if bound or not TIMED[clock.per].case_column}
    if bound:
        chains = [*book.approvals.values(), *(step.chain for step in book.steps if step.chain)]
        codes |= {code for chain in chains for code in chain.roles}
        codes |= {step.role for step in book.steps}
    return codes - {"", ASKED}


def without_user(house: Organisation, on: dt.date) -> dict[str, list[str]]:
    """As `named`, of the roles that no active user has: their tasks would wait for nobody."""
    wanted = named(house, on)
    people = User.objects.filter(organisation=house, is_active=True)
    people = people.exclude(username__startswith="service.")
    held = set(people.values_list("roles__code", flat=True))
    return {code: names for code, names in wanted.items() if code not in held}
