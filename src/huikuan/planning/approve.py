"""A pack of the user's own comes into force when a manager has signed it. What is signed is a content, never a name."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.models import PackVersion
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.people.roles import known_codes
from huikuan.planning import load


class NotApproved(Exception):
    """The pack was not approved."""


class MayNotApprove(NotApproved):
    """Only a manager or general manager of the house approves packs; an agency works by the packs of its principal."""


class PackHasErrors(NotApproved):
    """The pack has errors; correct what `huikuan check` names and approve it then."""


class PackChanged(NotApproved):
    """The files have changed since you looked; look at the pack again and approve what it says now."""


def may_approve(user: User) -> bool:
    """Packs hold for the whole installation, so an agency that works for a principal signs none."""
    organisation = user.organisation
    return (
        user.is_active
        and user.may(Right.SIGN_PACKS)
        and organisation is not None
        and organisation.principal_id is None
    )


@transaction.atomic
def approve(name: str, seen: str | None, *, actor: User, at: dt.datetime) -> PackVersion:
    """Signs the pack's files as they are; `seen` is the hash of what the signer looked at, None for whatever they say now.

    Signing twice changes nothing. Raises NotApproved; KeyError for an unknown pack.
    """
    checked = load.check(name, load.folders()[name], known_codes())
    if not may_approve(actor):
        raise MayNotApprove
    if checked.pack is None or any(problem.severity == "error" for problem in checked.problems):
        raise PackHasErrors
    if seen is not None and seen != checked.pack.hash:
        raise PackChanged
    stored = load.store(checked, at=at)
    version = PackVersion.objects.select_for_update().defer("content", "compiled").get(pk=stored.pk)
    if not version.approved_by:
        journal.begin(
            actor, "planning.approve", at=at, reason=f"{name} {version.version} {version.hash[:12]}"
        )
        version.approved_by = actor.username
        version.save(update_fields=["approved_by"])
    return version
