"""A version of the office's own is signed by a manager: its content, never its name.

A signed version may come into force. Before signing its specification is run, so that nobody
signs a procedure that does not do what its own examples say.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.models import PackVersion
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.roles import known_codes
from huikuan.planning import load, specified
from huikuan.planning.activate import activate, may_activate


class NotApproved(Exception):
    """The pack was not approved."""


class MayNotApprove(NotApproved):
    """Only a manager of the house approves packs; an agency works by those of its principal."""


class PackHasErrors(NotApproved):
    """The pack has errors; correct what `huikuan check` names and approve it then."""


class PackChanged(NotApproved):
    """The files have changed since you looked; look at the pack again, then approve it."""


class SpecificationFails(NotApproved):
    """The pack does not do what its specification says: huikuan check --specifications"""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def may_approve(user: User) -> bool:
    """Who signs is who says what is in force."""
    return may_activate(user)


def approve(
    name: str, seen: str | None, *, actor: User, at: dt.datetime, activated: bool = True
) -> PackVersion:
    """Signs the pack's files as they are, and puts them in force in the signer's house from the day
    that they name.

    `seen` is the hash of what the signer looked at; None for whatever the files say now.
    `activated` False: signed only, to be activated later or for a part of the cases. Signing
    twice changes nothing, neither the signature nor what is in force. Raises NotApproved;
    KeyError for an unknown pack.
    """
    checked = load.check(name, load.folders()[name], known_codes())
    if not may_approve(actor):
        raise MayNotApprove
    if checked.pack is None or any(problem.severity == "error" for problem in checked.problems):
        raise PackHasErrors
    if seen is not None and seen != checked.pack.hash:
        raise PackChanged

    # Before the transaction: no lock is held while the cases run.
    failures = specified.failures(checked)
    if failures:
        raise SpecificationFails(failures)
    return _sign(checked, actor, at, activated)


@transaction.atomic
def _sign(checked: load.Checked, actor: User, at: dt.datetime, activated: bool) -> PackVersion:
    """Writes the signature, and the activation that goes with it."""
    stored = load.store(checked, at=at)
    version = PackVersion.objects.select_for_update().defer("content", "compiled").get(pk=stored.pk)
    if version.approved_by:
        return version

    reason = f"{checked.name} {version.version} {version.hash[:12]}"
    journal.begin(actor, "planning.approve", at=at, reason=reason)
    version.approved_by = actor.username
    version.save(update_fields=["approved_by"])
    if activated:
        activate(version, actor=actor, at=at)
    return version
