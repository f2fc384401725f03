"""A refusal is not shopped around, and a grant that was not used can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.approvals.again import AskedAgain
from huikuan.approvals.ask import ask
from huikuan.approvals.shown import ANSWERS, RELATED, shown
from huikuan.approvals.step import ask_for, decide
from huikuan.approvals.take_back import take_back
from huikuan.casebook import journal
from huikuan.casebook.models import Approval, Notice
from huikuan.holds.entry import HoldEntry
from huikuan.holds.propose import propose
from huikuan.people.models import Role, User
from huikuan.planning.done import done
from huikuan.planning.note import note
from tests import people
from tests.test_step_approval import Office, office, procedures

__all__ = ["office", "procedures"]
pytestmark = pytest.mark.django_db


def codes(done_: Any) -> list[str]:
    return [found.code for found in done_.problems]


def refused(office: Office, reason: str = "多次联系未果") -> Approval:
    asked = ask_for(office.review.pk, reason=reason, actor=office.room.collector, at=timezone.now())
    assert asked.approval is not None, asked.problems
    assert office.decide(asked.approval, grant=False)
    return asked.approval


def again(office: Office, reason: str, actor: User | None = None) -> Any:
    asker = actor or office.room.collector
    return ask_for(office.review.pk, reason=reason, actor=asker, at=timezone.now())


def something_happens(office: Office) -> None:
    people.make_contact(office.room.case, office.room.today, recorded_at=timezone.now())


# --- asking again


def test_what_was_refused_is_not_asked_of_the_next_manager(office: Office) -> None:
    people.make_user("manager", office.room.collector.organisation)
    refused(office)
    assert codes(again(office, "再申请一次")) == ["approval.nothing_new"]
    assert codes(again(office, "换个人来问", office.room.colleague)) == ["approval.nothing_new"]
    assert Approval.objects.filter(status="waiting").count() == 0


def test_a_note_of_ones_own_is_nothing_new(office: Office) -> None:
    refused(office)
    asker = office.room.collector
    note(office.room.case.pk, "note", "请再审", actor=asker, at=timezone.now())
    assert codes(again(office, "再申请一次")) == ["approval.nothing_new"]


@pytest.mark.parametrize("reason", ["多次联系未果", "  多次 联系未果 "])
def test_what_is_new_needs_a_new_reason(reason: str, office: Office) -> None:
    refused(office)
    something_happens(office)
    assert codes(again(office, reason)) == ["approval.same_reason"]


def test_something_new_is_asked_with_the_refusal_beside_it(office: Office) -> None:
    first = refused(office)
    something_happens(office)
    second = again(office, "今天已联系上，客户同意").approval
    assert second is not None

    assert (second.again_after, second.changed) == (first, ["contact"])
    assert (second.role, second.chain) == (first.role, first.chain)
    rows = Approval.objects.select_related(*RELATED).prefetch_related(*ANSWERS)
    (row,) = shown([rows.get(pk=second.pk)], office.manager, timezone.now())
    assert row.earlier is not None
    assert (row.earlier.by, row.earlier.reason) == (str(office.manager), "暂缓")
    assert [str(word) for word in row.earlier.new] != []

    client = Client()
    client.force_login(office.manager)
    page = client.get(reverse("approvals:inbox")).content.decode()
    assert "曾被驳回" in page
    assert "暂缓" in page


def test_every_room_asks_the_same(office: Office) -> None:
    """Here the hold; a room that forgets to ask fails and writes nothing."""
    case = office.room.case
    lead = people.make_user("team_lead", case.organisation, team=office.room.collector.team)
    entry = HoldEntry("complaint", "case", on=office.room.today, reason="客户投诉")
    asked = propose(case.pk, entry, actor=office.room.collector, at=timezone.now()).approval
    assert asked is not None
    from huikuan.holds.decide import decide as decide_hold

    decide_hold(asked.pk, grant=False, reason="无依据", actor=lead, at=timezone.now())
    found = propose(case.pk, entry, actor=office.room.collector, at=timezone.now())
    assert codes(found) == ["approval.nothing_new", "approval.same_reason"]

    act = journal.begin(office.room.collector, "tests", at=timezone.now())
    with pytest.raises(AskedAgain):
        ask(
            "hold",
            act=act,
            case=case,
            subject=entry.subject(None),
            reason="客户投诉",
            at=timezone.now(),
        )


def test_another_hold_is_another_request(office: Office) -> None:
    case = office.room.case
    lead = people.make_user("team_lead", case.organisation, team=office.room.collector.team)
    entry = HoldEntry("complaint", "case", on=office.room.today, reason="客户投诉")
    asked = propose(case.pk, entry, actor=office.room.collector, at=timezone.now()).approval
    assert asked is not None
    from huikuan.holds.decide import decide as decide_hold

    decide_hold(asked.pk, grant=False, reason="无依据", actor=lead, at=timezone.now())
    other = HoldEntry("represented", "person", on=office.room.today, reason="客户投诉")
    found = propose(case.pk, other, actor=office.room.collector, at=timezone.now())
    assert found.approval is not None
    assert found.approval.again_after is None


# --- taking back


def finish(office: Office) -> Any:
    return done(office.review.pk, text="已看", actor=office.room.collector, at=timezone.now())


def test_whoever_granted_takes_back_and_the_act_is_refused(office: Office) -> None:
    grant = office.grant(office.review)
    taken = take_back(grant.pk, reason="情况有变", actor=office.manager, at=timezone.now())
    assert taken.act is not None and taken.approval is not None
    assert (taken.approval.status, taken.act.verb) == ("taken_back", "approvals.take_back")

    assert codes(finish(office)) == ["done.approval_taken_back"]
    told = Notice.objects.filter(user=office.room.collector, kind="decided").order_by("pk").last()
    assert told is not None
    assert told.params["status"] == "taken_back"


def test_it_is_asked_again_like_after_a_refusal(office: Office) -> None:
    grant = office.grant(office.review)
    take_back(grant.pk, reason="情况有变", actor=office.manager, at=timezone.now())
    assert codes(again(office, "再申请一次")) == ["approval.nothing_new_since_grant"]
    something_happens(office)
    asked = again(office, "客户今天同意").approval
    assert asked is not None
    assert office.decide(asked, grant=True)
    assert finish(office).saved


def test_it_needs_a_reason_and_somebody_who_may(office: Office) -> None:
    grant = office.grant(office.review)
    house = office.room.collector.organisation
    equal = people.make_user("manager", house)
    lead = people.make_user("team_lead", house, team=office.room.collector.team)
    for other in (equal, lead, office.room.collector):
        found = take_back(grant.pk, reason="x", actor=other, at=timezone.now())
        assert codes(found) == ["approval.not_yours_to_take"], other.username

    without = take_back(grant.pk, reason=" ", actor=office.manager, at=timezone.now())
    assert codes(without) == ["approval.take_back_reason"]
    above = people.make_user("general_manager", house)
    assert take_back(grant.pk, reason="x", actor=above, at=timezone.now()).act is not None


def test_what_was_done_is_not_taken_back(office: Office) -> None:
    grant = office.grant(office.review)
    assert finish(office).saved
    found = take_back(grant.pk, reason="x", actor=office.manager, at=timezone.now())
    assert codes(found) == ["approval.used"]
    grant.refresh_from_db()
    assert grant.status == "granted"


def test_only_a_grant_is_taken_back(office: Office) -> None:
    first = refused(office)
    found = take_back(first.pk, reason="x", actor=office.manager, at=timezone.now())
    assert codes(found) == ["approval.not_granted"]


def test_the_page_takes_back_and_offers_it_only_to_whoever_may(office: Office) -> None:
    grant = office.grant(office.review)
    address = reverse("approvals:take_back", args=[grant.pk])
    theirs = Client()
    theirs.force_login(office.room.collector)
    assert address not in theirs.get(reverse("approvals:inbox")).content.decode()
    theirs.post(address, {"reason": "x"})
    grant.refresh_from_db()
    assert grant.status == "granted"

    ours = Client()
    ours.force_login(office.manager)
    assert address in ours.get(reverse("approvals:inbox")).content.decode()
    case = reverse("case", args=[office.room.case.number])
    assert address in ours.get(case).content.decode()
    answer = ours.post(address, {"reason": "情况有变"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    grant.refresh_from_db()
    assert (grant.status, grant.taken_back_reason) == ("taken_back", "情况有变")


# --- a rank without rights


def test_a_role_with_a_rank_and_no_rights_decides_nothing(office: Office) -> None:
    """The verb says what the page says: whoever only looks does not decide."""
    house = office.room.collector.organisation
    Role.objects.create(
        organisation=house,
        code="adviser",
        title_zh="顾问",
        title_en="adviser",
        wall="house",
        rank=9,
        rights=["see_money"],
    )
    adviser = people.make_user("adviser", house)
    asked = again(office, "多次联系未果").approval
    assert asked is not None
    found = decide(asked.pk, grant=True, reason="", actor=adviser, at=timezone.now())
    assert codes(found) == ["approval.role"]
    assert not Notice.objects.filter(user=adviser).exists()

    client = Client()
    client.force_login(adviser)
    address = reverse("approvals:decide_step", args=[asked.pk])
    assert client.post(address, {"grant": "yes"}).status_code == 403


def test_somebody_who_has_left_decides_nothing(office: Office) -> None:
    asked = again(office, "多次联系未果").approval
    assert asked is not None
    office.manager.is_active = False
    office.manager.save()
    found = decide(asked.pk, grant=True, reason="", actor=office.manager, at=timezone.now())
    assert found.act is None
    assert codes(found) == ["approval.unknown"], "who has left sees no case"
