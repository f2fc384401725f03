"""Place, end, propose and decide: who may, once, and nothing half done."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import people

from huikuan.approvals.ask import ask
from huikuan.casebook import facts, journal
from huikuan.casebook.models import Act, Approval, Hold, Notice
from huikuan.holds.decide import decide
from huikuan.holds.end import end
from huikuan.holds.entry import SCOPES, HoldEntry
from huikuan.holds.place import place
from huikuan.holds.propose import propose
from huikuan.holds.tests.conftest import AT, ON, Office, make_office

COMPLAINT = HoldEntry("complaint", "case", ON, "客户投诉")


def codes(found: object) -> list[str]:
    return [problem.code for problem in found.problems]  # type: ignore[attr-defined]


def proposed(office: Office, entry: HoldEntry = COMPLAINT) -> Approval:
    approval = propose(office.case.pk, entry, actor=office.collector, at=AT, contact_id=7).approval
    assert approval is not None
    return approval


def grant(approval: Approval, actor: object, **more: object):
    return decide(approval.pk, grant=True, reason="", actor=actor, at=AT, **more)  # type: ignore[arg-type]


def test_a_collector_proposes_and_cannot_set_or_end(office: Office) -> None:
    assert codes(place(office.case.pk, COMPLAINT, actor=office.collector, at=AT)) == ["hold.role"]
    hold = place(office.case.pk, COMPLAINT, actor=office.lead, at=AT).hold
    assert hold is not None
    assert codes(end(hold.pk, on=ON, reason="x", actor=office.collector, at=AT)) == ["hold.role"]


def test_a_proposal_names_the_talk_it_came_from_if_that_was_with_this_debtor(
    office: Office,
) -> None:
    talk = people.make_contact(office.case, AT.date())
    theirs = people.make_contact(people.make_case(), AT.date())
    for kind, contact, kept in (("complaint", talk, talk.pk), ("fraud_victim", theirs, None)):
        entry = HoldEntry(kind, "case", AT.date(), "投诉")
        approval = propose(
            office.case.pk, entry, actor=office.collector, at=AT, contact_id=contact.pk
        ).approval
        assert approval is not None and approval.subject["contact"] == kept


def test_a_proposal_holds_nothing_and_tells_those_who_decide(office: Office) -> None:
    approval = proposed(office)
    assert not Hold.objects.exists()
    assert approval.subject == {
        "kind": "complaint", "scope": "case", "item": None, "account": None, "from": "2026-11-23", "contact": None,
    }  # fmt: skip
    assert {notice.user for notice in Notice.objects.filter(kind="approval")} == {
        office.lead,
        office.manager,
    }
    assert codes(propose(office.case.pk, COMPLAINT, actor=office.collector, at=AT)) == [
        "hold.proposed"
    ]
    assert Approval.objects.count() == 1


def test_a_granted_proposal_holds_from_the_day_proposed(office: Office) -> None:
    approval = proposed(office, HoldEntry("complaint", "case", ON - dt.timedelta(3), "投诉"))
    decided = grant(approval, office.lead)
    hold = Hold.objects.get()
    assert decided.granted
    assert (hold.valid_on, hold.kind, hold.reason, hold.act) == (
        ON - dt.timedelta(3),
        "complaint",
        "投诉",
        decided.act,
    )
    assert Notice.objects.get(kind="decided").user == office.collector
    assert not facts.differences()


def test_granting_twice_holds_once(office: Office) -> None:
    approval = proposed(office)
    grant(approval, office.lead)
    assert codes(grant(approval, office.manager)) == ["approval.decided"]
    assert Hold.objects.count() == 1


def test_what_is_held_meanwhile_is_not_held_twice(office: Office) -> None:
    approval = proposed(office)
    place(office.case.pk, COMPLAINT, actor=office.lead, at=AT)
    assert grant(approval, office.manager).granted
    assert Hold.objects.count() == 1
    assert codes(place(office.case.pk, COMPLAINT, actor=office.lead, at=AT)) == ["hold.again"]
    assert codes(propose(office.case.pk, COMPLAINT, actor=office.collector, at=AT)) == [
        "hold.again"
    ]


def test_a_refusal_needs_a_reason_and_holds_nothing(office: Office) -> None:
    approval = proposed(office)
    assert codes(decide(approval.pk, grant=False, reason=" ", actor=office.lead, at=AT)) == [
        "approval.reason"
    ]
    decide(approval.pk, grant=False, reason="证据不足", actor=office.lead, at=AT)
    approval.refresh_from_db()
    assert (approval.status, approval.decision_reason) == ("refused", "证据不足")
    assert not Hold.objects.exists()


def test_nobody_decides_what_they_asked_for(office: Office) -> None:
    approval = propose(office.case.pk, COMPLAINT, actor=office.lead, at=AT).approval
    assert approval is not None
    assert codes(grant(approval, office.lead)) == ["approval.own"]
    assert codes(grant(approval, office.collector)) == ["approval.role"]
    assert not Hold.objects.exists()


def test_another_organisation_sees_and_decides_nothing(office: Office) -> None:
    stranger = people.make_user("manager", people.make_house("other"))
    hold = place(office.case.pk, COMPLAINT, actor=office.lead, at=AT).hold
    assert hold is not None
    approval = proposed(office, HoldEntry("ill", "person", ON, "住院"))
    assert codes(grant(approval, stranger)) == ["approval.unknown"]
    assert codes(place(office.case.pk, COMPLAINT, actor=stranger, at=AT)) == ["hold.case"]
    assert codes(propose(office.case.pk, COMPLAINT, actor=stranger, at=AT)) == ["hold.case"]
    assert codes(end(hold.pk, on=ON, reason="x", actor=stranger, at=AT)) == ["hold.unknown"]
    assert codes(place(office.case.pk, COMPLAINT, actor=people.make_user("quality"), at=AT)) == [
        "hold.read_only"
    ]


def from_a_talk(office: Office, scope: str = "item") -> Approval:
    """As a talk writes it, which may not know the item."""
    subject = {
        "kind": "dispute",
        "scope": scope,
        "item": None,
        "account": None,
        "from": "2026-11-23",
        "contact": 1,
    }
    act = journal.begin(office.collector, "contacts.record", at=AT)
    return ask("hold", act=act, case=office.case, subject=subject, reason="称已还", at=AT)


def test_the_item_of_a_dispute_is_said_at_the_decision_at_the_latest(office: Office) -> None:
    approval = from_a_talk(office)
    assert codes(grant(approval, office.lead)) == ["hold.item"]
    approval.refresh_from_db()
    assert approval.status == "waiting" and not Act.objects.filter(verb="approvals.grant").exists()
    assert grant(approval, office.lead, item_id=office.items[1].pk).granted
    assert Hold.objects.get().item == office.items[1]


def test_the_only_item_and_account_need_no_saying(office: Office) -> None:
    assert grant(from_a_talk(office, "account"), office.lead).granted
    people.make_payment(office.case, ON, 120_00, to=office.items[0].charges.get())
    facts.refresh([office.case.pk])
    assert grant(from_a_talk(office), office.lead).granted
    assert Hold.objects.get(scope="item").item == office.items[1]


def test_an_item_of_another_case_is_not_held(office: Office) -> None:
    other = people.make_case(items=[(ON, 100)])
    entry = HoldEntry("dispute", "item", ON, "x", item_id=other.items.get().pk)
    assert codes(place(office.case.pk, entry, actor=office.lead, at=AT)) == ["hold.item"]
    assert codes(grant(from_a_talk(office), office.lead, item_id=other.items.get().pk)) == [
        "hold.item"
    ]


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (HoldEntry("dispute", "case", ON, "x"), ["hold.scope"]),
        (HoldEntry("deceased", "case", ON, "x"), ["hold.scope"]),
        (HoldEntry("complaint", "case", ON + dt.timedelta(1), ""), ["hold.future", "hold.reason"]),
        (HoldEntry("complaint", "case", dt.date(1990, 1, 1), "x"), ["hold.before"]),
        (HoldEntry("complaint", "case", people.PLACED_ON - dt.timedelta(1), "x"), ["hold.before"]),
        (HoldEntry("x", "case", ON, "x"), ["hold.kind"]),
        (HoldEntry("dispute", "account", ON, "x"), ["hold.account"]),
    ],
)
def test_everything_wrong_is_said_at_once(
    office: Office, entry: HoldEntry, found: list[str]
) -> None:
    assert codes(place(office.case.pk, entry, actor=office.lead, at=AT)) == found
    assert not Hold.objects.exists()


def test_an_end_needs_a_day_within_the_hold_and_a_reason(office: Office) -> None:
    hold = place(office.case.pk, COMPLAINT, actor=office.lead, at=AT).hold
    assert hold is not None
    for on in (ON - dt.timedelta(1), ON + dt.timedelta(1)):
        assert codes(end(hold.pk, on=on, reason="", actor=office.lead, at=AT)) == [
            "hold.end_day",
            "hold.reason",
        ]
    assert end(hold.pk, on=ON, reason="已结", actor=office.lead, at=AT).hold is not None
    assert codes(end(hold.pk, on=ON, reason="已结", actor=office.lead, at=AT)) == ["hold.ended"]
    # It may begin anew.
    assert place(office.case.pk, COMPLAINT, actor=office.lead, at=AT).hold is not None


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["propose", "grant", "refuse", "place", "end"]), st.integers(0, 2)
        ),
        max_size=8,
    )
)
def test_whatever_is_clicked_in_whatever_order_nothing_stands_twice(
    office: Office, acts: list[tuple[str, int]]
) -> None:
    """Law: of one kind and reach at most one hold stands; every grant has one act; the facts are those of the history."""
    Hold.objects.all().delete()
    Approval.objects.all().delete()
    facts.refresh([office.case.pk])
    entries = [
        COMPLAINT,
        HoldEntry("ill", "person", ON, "住院"),
        HoldEntry("do_not_call", "case", ON, "要求"),
    ]
    for verb, number in acts:
        entry = entries[number]
        if verb == "propose":
            propose(office.case.pk, entry, actor=office.collector, at=AT)
        elif verb == "place":
            place(office.case.pk, entry, actor=office.lead, at=AT)
        elif verb == "end":
            for hold in Hold.objects.filter(kind=entry.kind)[:1]:
                end(hold.pk, on=ON, reason="x", actor=office.lead, at=AT)
        else:
            for approval in Approval.objects.order_by("pk"):
                decide(approval.pk, grant=verb == "grant", reason="x", actor=office.manager, at=AT)
    for kind in SCOPES:
        assert Hold.objects.filter(kind=kind, ended_on__isnull=True).count() <= 1
    granted = Approval.objects.filter(status="granted")
    assert granted.count() == granted.values("decided").distinct().count()
    assert not facts.differences()


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_hold_once() -> None:
    office = make_office()
    approval = proposed(office)
    together, answers = threading.Barrier(2), []

    def act(user: object) -> None:
        try:
            together.wait(timeout=20)
            answers.append(grant(approval, user).granted)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(user,)) for user in (office.lead, office.manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == [False, True]
    assert Hold.objects.count() == 1
    assert Notice.objects.filter(kind="decided").count() == 1


def test_a_company_cannot_die(office: Office) -> None:
    office.case.person.kind = "company"
    office.case.person.save()
    entry = HoldEntry("deceased", "person", ON, "同事来电告知")
    assert "hold.company" in codes(place(office.case.pk, entry, actor=office.lead, at=AT))
    bankrupt = HoldEntry("bankrupt", "person", ON, "法院公告")
    assert codes(place(office.case.pk, bankrupt, actor=office.lead, at=AT)) == []
