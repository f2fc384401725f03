"""Who may decide a request. Which kinds there are, and what each asks of who decides it, is said by
the rooms that carry them out (`web.room.RequestKind`).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from huikuan.casebook.models import Approval
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.ranks import may_approve, roles_approved_by
from huikuan.web import rooms


def may_decide(approval: Approval, user: User, ranks: Mapping[str, int] | None = None) -> bool:
    """Whether right or role of the user are enough for this request. That they did not ask for it
    themselves is another question. What no room carries out, nobody decides: it waits."""
    kind = rooms.requests().get(approval.kind)
    if kind is None:
        return False
    if kind.decides is None:
        return may_approve(approval.role, user, ranks)
    return user.may(kind.decides)


def decidable(user: User) -> Q:
    """The requests that right or role of the user are enough for, as a condition of a query."""
    kinds = rooms.requests().values()
    by_right = [one.kind for one in kinds if one.decides and user.may(one.decides)]
    by_role = [one.kind for one in kinds if one.decides is None]
    return Q(kind__in=by_right) | Q(kind__in=by_role, role__in=roles_approved_by(user))


def needed(approval: Approval) -> str:
    """What the decider must have, in words: a right, or a role."""
    kind = rooms.requests().get(approval.kind)
    if kind is not None and kind.decides is not None:
        return str(kind.decides.label)
    return roles.titles(approval.organisation_id).get(approval.role, "")
