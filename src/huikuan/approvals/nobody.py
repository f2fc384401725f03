"""A request that nobody here can decide is told of at once, not found days later in a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.approvals.who import answerable, is_near, needed
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, Notice
from huikuan.people.models import User


def told(approval: Approval | None, text: str) -> tuple[str, bool]:
    """What to say to who asked, and whether somebody decides: `text`, or that nobody else can.

    The asker never decides, whatever roles they have, so in a small office this is soon true.
    """
    if approval is None or _somebody_was_told(approval):
        return text, True
    if approval.role:
        sentence = _("Asked for, but nobody else here can decide it: it needs the role {role}.")
        return sentence.format(role=needed(approval)), False

    sentence = _(
        "Asked for, but nobody else here can decide it: it needs a role with the right to {right}."
    )
    return sentence.format(right=needed(approval)), False


def _somebody_was_told(approval: Approval) -> bool:
    """Whoever may answer got a notice when it was asked for."""
    told_of = Notice.objects.filter(
        user__organisation_id=approval.organisation_id, kind=Notice.Kind.APPROVAL
    )
    return told_of.filter(params__approval=approval.pk).exists()


def tell(request: HttpRequest, approval: Approval | None, text: str) -> None:
    """Shows it above the next page, as a warning where nobody decides."""
    sentence, somebody = told(approval, text)
    if somebody:
        messages.success(request, sentence)
    else:
        messages.warning(request, sentence)


def undecidable(approvals: Iterable[Approval], at: dt.datetime) -> set[int]:
    """Ids of the waiting requests which nobody else in the house may answer on the day.

    Whether that other person sees the case is asked only when a request is made.
    """
    waiting = {one.pk: one for one in approvals if one.status == Approval.Status.WAITING}
    if not waiting:
        return set()

    left = set(waiting)
    houses = {one.organisation_id: one.organisation for one in waiting.values()}
    people = User.objects.with_roles().filter(organisation_id__in=houses, is_active=True)
    for user in people.order_by("pk"):
        if not any(is_near(waiting[key], user) for key in left):
            continue
        on = day_of(houses[user.organisation_id], at)
        mine = Approval.objects.filter(
            answerable(user, on), pk__in=left, organisation_id=user.organisation_id
        )
        left -= set(mine.values_list("pk", flat=True))
        if not left:
            break
    return left
