"""A proposed hold is granted and set from the day proposed, or refused: once, by somebody else than who proposed it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction

from huikuan.approvals import decide as approvals
from huikuan.approvals.decide import Decided
from huikuan.casebook.access import visible_cases
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import Approval, Case, Hold, ItemSummary
from huikuan.holds.entry import HoldEntry, target
from huikuan.holds.place import standing, write
from huikuan.lib.problems import Problem
from huikuan.people.models import User

KINDS = (str(Approval.Kind.HOLD),)


class _Stop(Exception):
    """It cannot be carried out as asked: the grant is taken back with everything else."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def decide(
    approval_id: int,
    *,
    grant: bool,
    reason: str,
    actor: User,
    at: dt.datetime,
    item_id: int | None = None,
    account_id: int | None = None,
) -> Decided:
    """Decides, and carries a grant out in the same transaction. A second time changes nothing.

    A proposal out of a talk may not say which item or account: then `item_id` or `account_id` says it here; the only one
    there is needs no saying. What is held meanwhile by another hand stays as it is.
    """
    try:
        with transaction.atomic():
            asked = _asked(approval_id, actor)
            if asked is not None:
                # Before the request's own row, as everywhere: the debtor's cases first.
                lock_debtor(asked)
            decided = approvals.decide(
                approval_id, kinds=KINDS, grant=grant, reason=reason, actor=actor, at=at
            )
            if decided.granted:
                _carry_out(decided, item_id, account_id, at)
            return decided
    except _Stop as stop:
        return Decided(Approval.objects.get(pk=approval_id), problems=stop.problems)


@transaction.atomic
def withdraw(approval_id: int, *, actor: User, at: dt.datetime) -> Decided:
    """The proposer takes the proposal back while it waits; nothing was held yet."""
    return approvals.withdraw(approval_id, kinds=KINDS, actor=actor, at=at)


def _asked(approval_id: int, actor: User) -> Case | None:
    return (
        visible_cases(actor)
        .filter(approvals=approval_id, approvals__kind=Approval.Kind.HOLD)
        .first()
    )


def _carry_out(
    decided: Decided, item_id: int | None, account_id: int | None, at: dt.datetime
) -> None:
    approval, act = decided.approval, decided.act
    assert approval is not None and approval.case is not None and act is not None
    entry = _completed(
        HoldEntry.of(approval.subject, approval.reason), approval.case, item_id, account_id
    )
    if problems := list(target(entry, approval.case)):
        raise _Stop(problems)
    if standing(entry, approval.case) is None:
        write(entry, approval.case, act, at)


def _completed(
    entry: HoldEntry, case: Case, item_id: int | None, account_id: int | None
) -> HoldEntry:
    """The entry with the item or account that was said at the decision, or that is the only one open."""
    if entry.scope == Hold.Scope.ITEM and entry.item_id is None:
        items = ItemSummary.objects.filter(case=case, open_minor__gt=0).values_list(
            "pk", flat=True
        )[:2]
        return replace(entry, item_id=item_id or _only(list(items)))
    if entry.scope == Hold.Scope.ACCOUNT and entry.account_id is None:
        accounts = case.accounts.values_list("pk", flat=True)[:2]
        return replace(entry, account_id=account_id or _only(list(accounts)))
    return entry


def _only(ids: list[int]) -> int | None:
    return ids[0] if len(ids) == 1 else None
