"""A request that nobody here can decide is told of at once, not found days later in a list."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.approvals.ask import deciders
from huikuan.approvals.kinds import RULES
from huikuan.casebook.models import Approval
from huikuan.people.models import User


def told(approval: Approval | None, text: str) -> tuple[str, bool]:
    """What to say to who asked, and whether somebody decides: `text`, or that nobody else can.

    The asker never decides, whatever roles they have, so in a small office this is soon true.
    """
    if approval is None or deciders(approval):
        return text, True
    right = RULES[approval.kind].decides.label
    sentence = _(
        "Asked for, but nobody else here can decide it: it needs a role with the right to {right}."
    )
    return sentence.format(right=right), False


def tell(request: HttpRequest, approval: Approval | None, text: str) -> None:
    """Shows it above the next page, as a warning where nobody decides."""
    sentence, somebody = told(approval, text)
    if somebody:
        messages.success(request, sentence)
    else:
        messages.warning(request, sentence)


def undecidable(approvals: Iterable[Approval]) -> set[int]:
    """Ids of the waiting requests whose right nobody else in the house has, by one query.

    Whether that other person sees the case is asked only when a request is made.
    """
    waiting = [one for one in approvals if one.status == Approval.Status.WAITING]
    if not waiting:
        return set()

    rights = {rule.decides for rule in RULES.values()}
    houses = {one.organisation_id for one in waiting}
    people = User.objects.with_roles().who_may(*rights)
    others = list(people.filter(organisation_id__in=houses, is_active=True))

    found = set()
    for one in waiting:
        right = RULES[one.kind].decides
        able = (user for user in others if user.organisation_id == one.organisation_id)
        if not any(user.may(right) and user.pk != one.act.actor_id for user in able):
            found.add(one.pk)
    return found
