"""Taking a grant back before anything was done with it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from huikuan.approvals.decide import Decided
from huikuan.approvals.sentences import problem
from huikuan.approvals.silent import tell_asker
from huikuan.casebook import journal, packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.calls import NOT_STARTED
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import Approval, ApprovalAnswer, PhoneCall
from huikuan.casebook.together import still_standing
from huikuan.gate import reserve
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.ranks import may_act, may_take_back_of

#: A task of the request is still to be done, as it stood when it was asked for.
_TO_BE_DONE = """EXISTS (
    SELECT 1 FROM casebook_task t
    WHERE t.case_id = casebook_approval.case_id AND t.status = 'open'
        AND casebook_approval.covers ->> t.id::text = t.standing::text
)"""


def may_take_back(approval: Approval, user: User) -> bool:
    """Whether the grant is this user's to take back: they gave it, or stand above who gave it."""
    if not may_act(user):
        return False
    granters = {
        answer.station: answer.act.actor for answer in approval.answers.all() if _said_yes(answer)
    }
    if not granters:
        return False
    last = granters[max(granters)]
    return user in granters.values() or may_take_back_of(last, user)


def _said_yes(answer: ApprovalAnswer) -> bool:
    return answer.kind in (ApprovalAnswer.Kind.AGREED, ApprovalAnswer.Kind.GRANTED)


def is_unused(approval: Approval) -> bool:
    """Whether nothing was done with it: only the grant of a step waits for its act."""
    if approval.status != Approval.Status.GRANTED or approval.kind != Approval.Kind.STEP:
        return False
    return still_standing(approval)


def unused_of(user: User) -> QuerySet[Approval]:
    """Grants to which the user agreed and with which nothing was done, the newest first."""
    answered = ApprovalAnswer.objects.filter(act__actor=user).values("approval")
    granted = Approval.objects.filter(
        status=Approval.Status.GRANTED,
        kind=Approval.Kind.STEP,
        pk__in=answered,
    )
    to_be_done = RawSQL(_TO_BE_DONE, [], output_field=BooleanField())  # noqa: S611 (a constant)
    granted = granted.filter(to_be_done)
    mine = granted.filter(case__in=visible_cases(user).values("pk"))
    return mine.order_by("-decided__at", "-pk")


def _call_under_way(approval: Approval) -> bool:
    """Whether a call of the case rests on the grant and is not recorded yet.

    A call does not name its task; one that began after the grant may be the act that it allowed.
    """
    assert approval.decided is not None
    step = packs.step_of(approval.subject["pack_version"], approval.subject["step"])
    if step.action != "call":
        return False
    calls = PhoneCall.objects.filter(
        case_id=approval.case_id or 0, started_at__gte=approval.decided.at, contact=None
    )
    return calls.exclude(cause=NOT_STARTED).exists()


@transaction.atomic
def take_back(approval_id: int, *, reason: str, actor: User, at: dt.datetime) -> Decided:
    """Takes a grant back: the act that it allowed is refused from now on. Needs a reason.

    Acts on the case wait meanwhile, and it waits for those under way: of the two that come at once
    one finds what the other did.
    """
    mine = Approval.objects.filter(pk=approval_id, case__in=visible_cases(actor).values("pk"))
    found = mine.select_related("case__person", "case__organisation").first()
    if found is None or found.case is None:
        return Decided(None, problems=(problem("approval.unknown"),))
    # In the order of every act: the person, the debtor's cases, then the request's own row.
    reserve.lock(found.case)
    lock_debtor(found.case)
    approval = _locked(approval_id)

    hindrance = _hindrance(approval, reason, actor)
    if hindrance is not None:
        return Decided(approval, problems=(hindrance,))

    act = journal.begin(actor, "approvals.take_back", at=at, reason=reason)
    approval.status = Approval.Status.TAKEN_BACK
    approval.taken_back = act
    approval.taken_back_reason = reason.strip()[:300]
    approval.save(update_fields=["status", "taken_back", "taken_back_reason"])
    tell_asker(approval, at)
    return Decided(approval, act)


def _locked(approval_id: int) -> Approval:
    rows = Approval.objects.select_for_update(of=("self",))
    related = rows.select_related("act__actor", "case", "decided__actor", "task", "organisation")
    return related.get(pk=approval_id)


def _hindrance(approval: Approval, reason: str, actor: User) -> Problem | None:
    """Why this grant is not taken back, or not by this user."""
    if approval.status != Approval.Status.GRANTED:
        return problem("approval.not_granted", status=approval.get_status_display())
    if not may_take_back(approval, actor):
        return problem("approval.not_yours_to_take")
    if not is_unused(approval) or _call_under_way(approval):
        return problem("approval.used")
    if not reason.strip():
        return problem("approval.take_back_reason", column="reason")
    return None
