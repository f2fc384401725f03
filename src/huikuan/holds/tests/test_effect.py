"""A hold stops exactly what it reaches, in the facts and at the gate, from its day to its end."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import CaseSummary, ItemSummary, PackVersion
from huikuan.gate.check import check
from huikuan.holds.end import end
from huikuan.holds.entry import SCOPES, HoldEntry
from huikuan.holds.place import place
from huikuan.holds.tests.conftest import AT, ON, Office


def held(office: Office, kind: str, scope: str, **more: object):
    placed = place(
        office.case.pk, HoldEntry(kind, scope, ON, "有依据", **more), actor=office.lead, at=AT
    )
    assert placed.hold is not None, placed.problems
    assert not facts.differences()
    return placed.hold


def test_a_dispute_holds_its_item_and_nothing_else(
    office: Office, packs: list[PackVersion]
) -> None:
    held(office, "dispute", "item", item_id=office.items[0].pk)
    assert [office.may_call(item) for item in office.items] == [False, True]
    assert office.may_call()
    assert list(ItemSummary.objects.order_by("pk").values_list("held", "disputed")) == [
        (True, True),
        (False, False),
    ]
    assert CaseSummary.objects.get(pk=office.case.pk).held_from is None
    held(office, "dispute", "item", item_id=office.items[1].pk)
    assert not office.may_call()
    assert office.rule() == "CN-DISPUTE"


def test_a_held_account_holds_its_items(office: Office, packs: list[PackVersion]) -> None:
    account = office.case.accounts.get()
    other = people.make_account(office.case)
    free = people.make_item(office.case, dt.date(2026, 9, 3), 100)
    free.account = other
    free.save()
    facts.refresh([office.case.pk])
    held(office, "dispute", "account", account_id=account.pk)
    assert [office.may_call(item) for item in [*office.items, free]] == [False, False, True]


@pytest.mark.parametrize("kind", ["represented", "deceased", "bankrupt", "minor", "ill"])
def test_what_is_true_of_the_person_stops_the_person(
    office: Office, packs: list[PackVersion], kind: str
) -> None:
    second = people.make_case(
        office.case.person, product="loan", told_on=people.PLACED_ON, items=[(ON, 100)]
    )
    facts.refresh([second.pk])
    assert (office.may_call() and office.may_call(case=second)) or kind  # both open before
    hold = held(office, kind, "person")
    for case in (office.case, second):
        summary = CaseSummary.objects.get(pk=case.pk)
        assert (summary.held_from, summary.hold_kind) == (ON, kind)
    assert office.rule() == "CN-HOLD" and not office.may_call(case=second)
    assert end(hold.pk, on=ON, reason="误报", actor=office.lead, at=AT).hold is not None
    assert office.may_call()
    assert CaseSummary.objects.get(pk=second.pk).held_from is None


def test_a_complaint_stops_its_case_only(office: Office, packs: list[PackVersion]) -> None:
    held(office, "complaint", "case")
    assert not office.may_call()
    assert office.rule() == "CN-HOLD"


def test_do_not_call_stops_calls_and_statutory_letters_go_on(
    office: Office, packs: list[PackVersion]
) -> None:
    held(office, "do_not_call", "case")
    assert not office.may_call()

    def letter(purpose: str) -> bool:
        act = {"purpose": purpose, "actor": office.manager, "at": AT, "record": False}
        return check(office.case, office.address, "letter", **act).allowed  # type: ignore[arg-type]

    assert letter("statutory")
    assert not letter("collect")


def test_the_end_is_the_first_day_without_it(office: Office, packs: list[PackVersion]) -> None:
    placed = place(
        office.case.pk,
        HoldEntry("complaint", "case", ON - dt.timedelta(5), "投诉"),
        actor=office.lead,
        at=AT,
    )
    assert placed.hold is not None
    assert end(placed.hold.pk, on=ON, reason="已处理", actor=office.lead, at=AT).hold is not None
    assert office.may_call()
    yesterday = AT - dt.timedelta(1)
    assert not check(
        office.case,
        office.point,
        "call",
        actor=office.manager,
        at=yesterday,
        style="interactive",
        record=False,
    ).allowed
    assert not facts.differences()


def test_every_kind_has_its_reach() -> None:
    assert SCOPES["dispute"] == ("item", "account")
    assert all(
        SCOPES[kind] == ("person",)
        for kind in ("deceased", "minor", "bankrupt", "ill", "represented")
    )
