"""A breach that was recorded stands, whatever is entered later, until somebody lifts it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import Act, Breach, Case, CaseEvent, Clock, Notice
from huikuan.clocks.lift import lift
from huikuan.clocks.refresh import refresh
from huikuan.clocks.watch import record_breaches
from huikuan.holds.decide import decide
from huikuan.holds.end import end
from huikuan.holds.entry import HoldEntry
from huikuan.holds.place import place
from huikuan.holds.propose import propose
from huikuan.ops.made_once import made_once
from huikuan.people.models import Organisation, User
from huikuan.planning.event import EventEntry, event
from tests import people
from tests.clocks.conftest import ON, at, make_case_of_pack, put_in_force

WHY = "告知当日已完成，次日补录"


TOLD = """clocks:
  - id: told
    title: {zh: 两日内告知, en: Told within two days}
    source: own 1
    per: case
    starts: placed
    stops: told
    within: {days: 2}
    role: collector
    pauses: complaint
"""


@made_once
def case(house: Organisation) -> Case:
    put_in_force(TOLD)
    return make_case_of_pack()


@made_once
def lead(house: Organisation) -> User:
    return people.make_user("team_lead", house)


@made_once
def manager(house: Organisation) -> User:
    return people.make_user("manager", house)


@made_once
def missed(case: Case) -> Clock:
    """The debtor had to be told by the end of the second day; nobody did."""
    assert record_breaches(at(9, days=3)) == 1
    return Clock.objects.get(kind="told")


@made_once
def explained(missed: Clock, lead: User) -> Clock:
    """The lead enters on the fourth day that the debtor was told on the second."""
    entered = EventEntry("told", ON + dt.timedelta(1))
    assert event(missed.subject_id, entered, actor=lead, at=at(10, days=3)).event
    return missed


def lifted(clock: Clock, actor: User, reason: str = WHY) -> tuple[bool, list[str]]:
    """Whether it was lifted, and the codes of what was against it."""
    done = lift(clock.pk, reason=reason, actor=actor, at=at(11, days=3))
    return done.done, [each.code for each in done.problems]


# it stands


def test_an_entry_of_a_past_day_explains_it_and_it_stands(explained: Clock, lead: User) -> None:
    breach = Breach.objects.get()
    assert breach.lifted_at is None
    assert breach.explained_at == at(10, days=3)
    assert breach.explained_by is not None
    assert breach.explained_by.actor == lead


def test_a_hold_of_a_past_day_explains_it_and_it_stands(missed: Clock, manager: User) -> None:
    entry = HoldEntry("complaint", "case", ON, "投诉")
    hold = place(missed.subject_id, entry, actor=manager, at=at(10, days=3)).hold
    assert hold is not None
    breach = Breach.objects.get()
    assert (breach.explained_at, breach.lifted_at) == (at(10, days=3), None)

    # The hold ends as if it had never been: the deadline was missed after all.
    assert end(hold.pk, on=ON, reason="误登", actor=manager, at=at(12, days=3)).hold
    assert record_breaches(at(13, days=3)) == 0
    breach.refresh_from_db()
    assert (breach.explained_at, breach.explained_by, breach.lifted_at) == (None, None, None)

    # That it was explained, by whom and until when, stays to be read.
    former = breach.explanations.get()
    assert (former.explained_at, former.ended_at) == (at(10, days=3), at(13, days=3))
    assert former.explained_by is not None and former.explained_by.actor == manager


def test_working_it_out_again_does_not_change_who_explained_it(explained: Clock) -> None:
    before = list(Breach.objects.values())
    refresh({"case": [explained.subject_id]}, at=at(12, days=3))
    assert list(Breach.objects.values()) == before


# who lifts it


@pytest.mark.parametrize("granted_by_lead", [True, False])
def test_neither_who_asked_for_what_explains_it_nor_who_granted_it_lifts_it(
    missed: Clock, lead: User, manager: User, granted_by_lead: bool
) -> None:
    """Who wrote the reason and the day of a hold is as near to it as who said yes."""
    asker, decider = (manager, lead) if granted_by_lead else (lead, manager)
    wanted = HoldEntry("complaint", "case", ON, "投诉")
    asked = propose(missed.subject_id, wanted, actor=asker, at=at(10, days=3)).approval
    assert asked is not None
    granted = decide(asked.pk, grant=True, reason="属实", actor=decider, at=at(10, 30, days=3))
    assert granted.problems == ()
    assert Breach.objects.get().explained_at == at(10, 30, days=3)

    assert lifted(missed, manager) == (False, ["clock.lift_own_entry"])
    others = people.make_user("general_manager", missed.organisation)
    assert lifted(missed, others) == (True, [])


def test_somebody_else_with_the_right_lifts_it(explained: Clock, manager: User) -> None:
    assert lifted(explained, manager) == (True, [])
    breach = Breach.objects.get()
    assert breach.lifted_at == at(11, days=3)
    assert breach.lifted_by is not None
    assert (breach.lifted_by.actor, breach.lifted_by.reason) == (manager, WHY)


def test_a_second_time_changes_nothing(explained: Clock, manager: User) -> None:
    lifted(explained, manager)
    before = list(Breach.objects.values())
    assert lifted(explained, manager) == (False, ["clock.no_breach"])
    assert list(Breach.objects.values()) == before
    assert Act.objects.filter(verb="clocks.lift").count() == 1


def test_what_is_not_explained_is_not_lifted(missed: Clock, manager: User) -> None:
    assert lifted(missed, manager) == (False, ["clock.not_explained"])


def test_without_a_reason_nothing_is_lifted(explained: Clock, manager: User) -> None:
    assert lifted(explained, manager, " ") == (False, ["clock.lift_reason"])


def test_who_entered_the_explanation_does_not_lift_it(missed: Clock, manager: User) -> None:
    entered = EventEntry("told", ON + dt.timedelta(1))
    assert event(missed.subject_id, entered, actor=manager, at=at(10, days=3)).event
    assert lifted(missed, manager) == (False, ["clock.lift_own_entry"])


def test_who_answered_for_it_does_not_lift_it(
    explained: Clock, manager: User, house: Organisation
) -> None:
    Breach.objects.update(role="manager")
    assert lifted(explained, manager) == (False, ["clock.lift_own_role"])
    assert lifted(explained, people.make_user("quality_supervision", house)) == (True, [])


def test_a_lead_has_no_right_to_lift_it(explained: Clock, lead: User) -> None:
    assert lifted(explained, lead) == (False, ["clock.lift_right"])


def test_another_house_finds_nothing(explained: Clock) -> None:
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    assert lifted(explained, stranger) == (False, ["clock.unknown"])


def test_what_is_missed_again_is_a_breach_of_its_own(explained: Clock, manager: User) -> None:
    lifted(explained, manager)
    CaseEvent.objects.filter(case=explained.subject_id, kind="told").delete()
    refresh({"case": [explained.subject_id]}, at=at(12, days=3))
    assert record_breaches(at(12, 1, days=3)) == 1
    assert Breach.objects.filter(lifted_at=None).count() == 1
    assert Breach.objects.count() == 2


# it is found


def told_of(clock: Clock) -> list[User]:
    """Who got the notice that its breach is explained."""
    notices = Notice.objects.filter(kind="explained", params__clock=clock.pk)
    return [notice.user for notice in notices.order_by("pk")]


def test_whoever_may_lift_it_is_told_once(
    missed: Clock, lead: User, manager: User, house: Organisation
) -> None:
    quality = people.make_user("quality_supervision", house)
    people.make_user("manager", people.make_house("elsewhere"))
    entered = EventEntry("told", ON + dt.timedelta(1))
    assert event(missed.subject_id, entered, actor=manager, at=at(10, days=3)).event
    # The manager entered what explains it, the lead has no right to lift it.
    assert told_of(missed) == [quality]

    refresh({"case": [missed.subject_id]}, at=at(12, days=3))
    assert told_of(missed) == [quality]


def test_the_notice_leads_to_it(missed: Clock, lead: User, manager: User) -> None:
    entered = EventEntry("told", ON + dt.timedelta(1))
    assert event(missed.subject_id, entered, actor=lead, at=at(10, days=3)).event
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(manager)
    page = client.get(reverse("notices")).content.decode()
    assert "逾时已说明，待撤销：两日内告知" in page
    notice = Notice.objects.get(user=manager, kind="explained")
    answer = client.get(reverse("notice_open", args=[notice.pk]))
    assert answer["Location"] == reverse("clocks:clock", args=[missed.pk])


@pytest.mark.parametrize("start_taken_back", [False, True])
def test_it_counts_as_missed_in_the_list_until_it_is_lifted(
    explained: Clock, manager: User, start_taken_back: bool
) -> None:
    if start_taken_back:
        Clock.objects.update(void_at=at(11, days=3))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(manager)

    def listed(state: str) -> bool:
        page = client.get(f"{reverse('clocks:list')}?state={state}").content.decode()
        return reverse("clocks:clock", args=[explained.pk]) in page

    states = ("missed", "explained", "met")
    assert [listed(state) for state in states] == [True, True, False]
    assert "有 1 项逾时已说明" in client.get(reverse("clocks:list")).content.decode()

    assert lifted(explained, manager) == (True, [])
    assert [listed(state) for state in states] == [False, False, not start_taken_back]
    assert "项逾时已说明" not in client.get(reverse("clocks:list")).content.decode()


# the page


def page_of(clock: Clock, user: User) -> tuple[Client, str, str]:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    address = reverse("clocks:clock", args=[clock.pk])
    return client, reverse("clocks:lift", args=[clock.pk]), client.get(address).content.decode()


def test_the_page_says_who_explained_it_and_lets_the_manager_lift_it(
    explained: Clock, lead: User, manager: User
) -> None:
    client, address, page = page_of(explained, manager)
    assert f'action="{address}"' in page
    case_page = reverse("case", args=[Case.objects.get().number])
    for text in ("已说明，待撤销", str(lead), "撤销逾时", case_page):
        assert text in page, text

    answer = client.post(address, {"reason": WHY}, follow=True).content.decode()
    assert WHY in answer
    assert f'action="{address}"' not in answer


def test_a_form_without_a_reason_says_so_and_lifts_nothing(explained: Clock, manager: User) -> None:
    client, address, _page = page_of(explained, manager)
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.get(address).status_code == 405
    assert Breach.objects.get().lifted_at is None


def test_who_may_not_lift_it_has_no_form(explained: Clock, lead: User) -> None:
    client, address, page = page_of(explained, lead)
    assert f'action="{address}"' not in page
    assert client.post(address, {"reason": WHY}).status_code == 403
    assert Breach.objects.get().lifted_at is None


def test_a_deadline_whose_start_was_taken_back_can_still_be_read_and_lifted(
    explained: Clock, manager: User
) -> None:
    Clock.objects.filter(pk=explained.pk).update(void_at=at(11, days=3))
    client, address, page = page_of(explained, manager)
    assert f'action="{address}"' in page
    assert client.post(address, {"reason": WHY}).status_code == 302
    assert Breach.objects.get().lifted_at is not None
