"""A hold is set: from which day, of what kind, and how far it reaches. Facts and gate follow in the same transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import Act, Case, Hold
from huikuan.clocks.refresh import refresh as refresh_clocks
from huikuan.holds.entry import HoldEntry, check
from huikuan.holds.sentences import problem
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right

#: Who sets and ends holds; the others propose.


@dataclass(frozen=True, slots=True)
class Placed:
    """The hold that was set or ended, or why nothing was written."""

    hold: Hold | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def place(case_id: int, entry: HoldEntry, *, actor: User, at: dt.datetime) -> Placed:
    """Sets a hold at once. The same hold a second time changes nothing and says so."""
    case = find_case(case_id, actor)
    if case is None or not actor.may_write:
        return Placed(None, (problem("hold.read_only" if case else "hold.case"),))
    if not actor.may(Right.DECIDE_HOLDS):
        return Placed(None, (problem("hold.role"),))
    if found := list(check(entry, case, day_of(case.organisation, at))):
        return Placed(None, tuple(found))
    lock_debtor(case)
    if before := standing(entry, case):
        return Placed(None, (problem("hold.again", since=before.valid_on),))
    return Placed(
        write(entry, case, journal.begin(actor, "holds.place", at=at, reason=entry.reason), at)
    )


def find_case(case_id: int, actor: User) -> Case | None:
    return visible_cases(actor).select_related("organisation").filter(pk=case_id).first()


def standing(entry: HoldEntry, case: Case) -> Hold | None:
    """A hold of this kind and reach that has not ended."""
    same = Hold.objects.filter(kind=entry.kind, scope=entry.scope, ended_on__isnull=True)
    if entry.scope == Hold.Scope.PERSON:
        return same.filter(case__person_id=case.person_id).first()
    reach: dict[str, Any] = {"item_id": _item(entry), "account_id": _account(entry)}
    return same.filter(case=case, **reach).first()


def write(entry: HoldEntry, case: Case, act: Act, at: dt.datetime) -> Hold:
    """The row and the new facts. The caller holds the lock and has checked the entry."""
    hold = Hold.objects.create(
        **journal.columns(case, act, on=entry.on, at=at),
        case=case,
        kind=entry.kind,
        scope=entry.scope,
        item_id=_item(entry),
        account_id=_account(entry),
        reason=entry.reason.strip()[:300],
    )
    refresh(hold, act, at)
    return hold


def _item(entry: HoldEntry) -> int | None:
    return entry.item_id if entry.scope == Hold.Scope.ITEM else None


def _account(entry: HoldEntry) -> int | None:
    return entry.account_id if entry.scope == Hold.Scope.ACCOUNT else None


def refresh(hold: Hold, act: Act, at: dt.datetime) -> None:
    """The facts and the clocks of every case that the hold reaches."""
    cases = Case.objects.filter(person_id=hold.case.person_id)
    reached = cases if hold.scope == Hold.Scope.PERSON else cases.filter(pk=hold.case_id)
    ids = list(reached.values_list("pk", flat=True))
    facts.refresh(ids, wrote={"casebook_hold"})
    refresh_clocks({"case": ids}, by=act, at=at)
