"""A request that nobody here can decide is told of at once, not found days later in a list."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.approvals.ask import deciders
from huikuan.approvals.kinds import may_decide, needed
from huikuan.casebook.models import Approval
from huikuan.people import roles
from huikuan.people.models import User


def told(approval: Approval | None, text: str) -> tuple[str, bool]:
    """What to say to who asked, and whether somebody decides: `text`, or that nobody else can.

    The asker never decides, whatever roles they have, so in a small office this is soon true.
    """
    if approval is None or deciders(approval):
        return text, True
    if approval.role:
        sentence = _("Asked for, but nobody else here can decide it: it needs the role {role}.")
        return sentence.format(role=needed(approval)), False

    sentence = _(
        "Asked for, but nobody else here can decide it: it needs a role with the right to {right}."
    )
    return sentence.format(right=needed(approval)), False


def tell(request: HttpRequest, approval: Approval | None, text: str) -> None:
    """Shows it above the next page, as a warning where nobody decides."""
    sentence, somebody = told(approval, text)
    if somebody:
        messages.success(request, sentence)
    else:
        messages.warning(request, sentence)


def undecidable(approvals: Iterable[Approval]) -> set[int]:
    """Ids of the waiting requests for which nobody else in the house has the right or the role.

    Whether that other person sees the case is asked only when a request is made.
    """
    waiting = [one for one in approvals if one.status == Approval.Status.WAITING]
    if not waiting:
        return set()

    houses = {one.organisation_id for one in waiting}
    people = list(User.objects.with_roles().filter(organisation_id__in=houses, is_active=True))
    of_roles = {one.organisation_id for one in waiting if one.role}
    ranks = {house: roles.ranks(house) for house in of_roles}

    found = set()
    for one in waiting:
        house = one.organisation_id
        others = (
            user for user in people if user.organisation_id == house and user.pk != one.act.actor_id
        )
        if not any(may_decide(one, user, ranks.get(house)) for user in others):
            found.add(one.pk)
    return found
