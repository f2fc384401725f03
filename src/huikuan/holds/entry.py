"""What somebody wants to be held, and what stands in its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext

from huikuan.casebook.models import Account, Case, Hold, Item, Person
from huikuan.holds.sentences import problem
from huikuan.lib.problems import Problem

#: Characters of a reason.
MOST_REASON = 300
_K, _S = Hold.Kind, Hold.Scope
_PERSON = (_S.PERSON,)
#: How far a hold of each kind may reach, the usual scope first. A dispute holds what is disputed and nothing else;
#: what is true of a human being stops the human being.
SCOPES: dict[str, tuple[str, ...]] = {
    _K.DISPUTE: (_S.ITEM, _S.ACCOUNT),
    _K.COMPLAINT: (_S.CASE, _S.ITEM, _S.ACCOUNT, _S.PERSON),
    _K.DECEASED: _PERSON,
    _K.MINOR: _PERSON,
    _K.BANKRUPT: _PERSON,
    _K.ILL: _PERSON,
    _K.FRAUD_VICTIM: (_S.CASE, _S.ITEM, _S.ACCOUNT, _S.PERSON),
    _K.REPRESENTED: _PERSON,
    _K.PLAN: (_S.CASE, _S.ACCOUNT),
    _K.DO_NOT_CALL: (_S.CASE, _S.PERSON),
}
#: What only a human being can be: no company dies, falls ill or is under age.
OF_HUMAN_BEINGS = frozenset({_K.DECEASED, _K.MINOR, _K.ILL, _K.FRAUD_VICTIM})


def kinds_for(person: Person) -> list[tuple[str, str]]:
    """Kinds of hold that fit the debtor, with their titles."""
    kinds = [(kind.value, str(kind.label)) for kind in _K]
    if person.kind != Person.Kind.COMPANY:
        return kinds
    return [(kind, title) for kind, title in kinds if kind not in OF_HUMAN_BEINGS]


def scopes_for(person: Person) -> list[tuple[str, str]]:
    """How far a hold may reach, in the words that fit the debtor."""
    return [(scope.value, reach_of(scope, person)) for scope in _S]


def reach_of(scope: str, person: Person) -> str:
    """A reach in words: of a company it is the customer with all their cases, not a human being."""
    if scope == _S.PERSON and person.kind == Person.Kind.COMPANY:
        return gettext("the customer, all cases")
    return str(_S(scope).label)


@dataclass(frozen=True, slots=True)
class HoldEntry:
    """A hold from the local day `on`. `item_id`, `account_id`: what a hold of that scope reaches."""

    kind: str
    scope: str
    on: dt.date
    reason: str = ""
    item_id: int | None = None
    account_id: int | None = None

    @classmethod
    def of(cls, subject: Mapping[str, Any], reason: str) -> HoldEntry:
        """What a request asks for: {"kind", "scope", "item", "account", "from"}, the last as 2026-11-24."""
        on = dt.date.fromisoformat(subject["from"])
        return cls(
            subject["kind"],
            subject["scope"],
            on,
            reason,
            subject.get("item"),
            subject.get("account"),
        )

    def subject(self, contact_id: int | None) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "scope": self.scope,
            "item": self.item_id,
            "account": self.account_id,
            "from": self.on.isoformat(),
            "contact": contact_id,
        }


def check(entry: HoldEntry, case: Case, today: dt.date) -> Iterator[Problem]:
    """Everything that is wrong with an entry that somebody makes by hand."""
    if entry.kind not in SCOPES:
        yield problem("hold.kind", column="kind", value=entry.kind)
        return
    is_company = case.person.kind == Person.Kind.COMPANY
    if is_company and entry.kind in OF_HUMAN_BEINGS:
        yield problem("hold.company", column="kind", kind=_K(entry.kind).label)
    if entry.scope not in SCOPES[entry.kind]:
        labels = dict(scopes_for(case.person))
        allowed = ", ".join(labels[scope] for scope in SCOPES[entry.kind])
        yield problem(
            "hold.scope",
            column="scope",
            scope=labels.get(entry.scope, entry.scope),
            allowed=allowed,
        )
    yield from target(entry, case)
    if entry.on > today:
        yield problem("hold.future", column="on")
    placed_on = first_placed(case, entry.scope)
    if entry.on < placed_on:
        yield problem("hold.before", column="on", placed=placed_on)
    if not entry.reason.strip():
        yield problem("hold.reason", column="reason")
    elif len(entry.reason.strip()) > MOST_REASON:
        yield problem("hold.reason_long", column="reason", most=MOST_REASON)


def first_placed(case: Case, scope: str) -> dt.date:
    """The day from which there is something to hold: of a person the first case with us."""
    if scope != _S.PERSON:
        return case.placed_on
    cases = Case.objects.filter(organisation=case.organisation, person=case.person)
    found = cases.aggregate(first=Min("placed_on"))
    first: dt.date = found["first"]
    return first


def target(entry: HoldEntry, case: Case) -> Iterator[Problem]:
    """Whether the item or account is said and belongs to the case."""
    if (
        entry.scope == _S.ITEM
        and not Item.objects.filter(pk=entry.item_id or 0, case=case).exists()
    ):
        yield problem("hold.item", column="item")
    if (
        entry.scope == _S.ACCOUNT
        and not Account.objects.filter(pk=entry.account_id or 0, case=case).exists()
    ):
        yield problem("hold.account", column="account")
