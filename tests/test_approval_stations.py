"""Who stands in, whose silence goes on, and two houses side by side: chains of a procedure."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huikuan import daily
from huikuan.approvals.decide import decide as decide_any
from huikuan.approvals.decide import seen, waiting
from huikuan.approvals.nobody import undecidable
from huikuan.approvals.step import ask_for
from huikuan.casebook.models import Approval, PackVersion, Step
from huikuan.lib.calendar import Calendar, SpecialDay
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from tests import people
from tests.test_approval_chain import Office, load_chains, make_office

DAY = dt.timedelta(1)
SECOND = dt.timedelta(seconds=1)
#: The stand-in of the first station has none of the others; silence goes on to the next one.
CHAIN = """    approval:
      by:
        - {role: team_lead, stand_in: administration}
        - {right: decide_money, stand_in: administration}
        - proprietor
      answer_within: {working_days: 2}
      otherwise: next
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def procedures(django_db_setup: None, django_db_blocker: Any):
    with django_db_blocker.unblock():
        load_chains(CHAIN)

    yield

    with django_db_blocker.unblock():
        PackVersion.objects.all().delete()
        Step.objects.all().delete()


@made_once
def office(procedures: None, db: None) -> Office:
    return make_office()


@made_once
def clerk(office: Office) -> User:
    return people.make_user("administration", office.room.case.organisation)


def away(user: User, on: dt.date) -> None:
    user.absent_from = on
    user.save()


def waits_for(user: User, request: Approval, on: dt.date) -> bool:
    return waiting(user, on).filter(pk=request.pk).exists()


# --- standing in


def test_a_stand_in_who_asked_for_it_does_not_answer(office: Office, clerk: User) -> None:
    """Standing in gives no answer to oneself; another stand-in has it."""
    away(office.lead, office.room.today)
    request = office.ask()
    request.act.actor = clerk
    request.act.save()
    assert not waits_for(clerk, request, office.room.today)
    assert office.answer(request, clerk) == ["approval.own"]

    second = people.make_user("administration", office.room.case.organisation)
    assert office.answer(request, second) == []
    assert request.answers.get().stood_in


def test_whoever_asked_counts_as_away_from_the_station(office: Office, clerk: User) -> None:
    """The only lead asks: nobody of the station could answer, so the stand-in may."""
    asked = ask_for(office.review.pk, reason="组长申请", actor=office.lead, at=office.at).approval
    assert asked is not None
    assert office.answer(asked, clerk) == []
    assert asked.answers.get().stood_in


def test_a_lead_who_does_not_see_the_case_is_no_answer(office: Office, clerk: User) -> None:
    """The lead of another team is at work; the case is not theirs, so it would wait for nobody."""
    house = office.room.case.organisation
    people.make_user("team_lead", house, team=people.make_team("other", house))
    away(office.lead, office.room.today)
    request = office.ask()
    assert waits_for(clerk, request, office.room.today)
    assert office.told(clerk)
    assert office.answer(request, clerk) == []


def test_of_a_right_nobody_stands_in_while_somebody_who_has_it_is_there(
    office: Office, clerk: User
) -> None:
    request = office.ask()
    assert office.answer(request, office.lead) == []
    assert (request.right, request.stand_in) == ("decide_money", "administration")
    assert not waits_for(clerk, request, office.room.today)
    assert office.answer(request, clerk) == ["approval.role"]

    for user in (office.finance, office.manager, office.general, office.owner):
        assert waits_for(user, request, office.room.today) is (user != office.owner)
        away(user, office.room.today)
    assert waits_for(clerk, request, office.room.today)
    assert office.answer(request, clerk) == []
    assert request.answers.get(station=1).stood_in


def test_nobody_spends_the_answer_of_their_own_station(office: Office) -> None:
    """Manager and owner could cover the lead by rank; the manager's right and the owner's role have
    stations of their own."""
    request = office.ask()
    for user in (office.manager, office.owner):
        assert office.answer(request, user) == ["approval.role"], user.username


def test_the_asker_is_told_when_nobody_else_could_answer(office: Office) -> None:
    away(office.lead, office.room.today)
    request = office.ask()
    assert undecidable([request], office.at) == set(), "an absence ends; the lead decides then"

    office.lead.is_active = False
    office.lead.save()
    assert undecidable([request], office.at) == {request.pk}


# --- silence that goes on


def test_silence_goes_on_to_the_next_station(office: Office) -> None:
    request = office.ask()
    over = request.answer_by
    assert over is not None
    assert daily.pass_on_silent(over) == 1
    request.refresh_from_db()
    assert (request.status, request.station, request.right) == ("waiting", 1, "decide_money")
    assert office.told(office.finance)

    second = request.answer_by
    assert second is not None and second > over
    assert daily.pass_on_silent(second) == 1
    request.refresh_from_db()
    assert (request.role, request.answer_by) == ("proprietor", None)
    assert daily.pass_on_silent(second + 100 * DAY) == 0, "the last one has as long as it takes"
    assert office.answer(request, office.owner, after=second - office.at + SECOND) == []
    assert request.status == "granted"


def test_working_days_do_not_count_a_day_off(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three days off after the asking, then two days of work: it lasts to the end of the fifth."""
    today = office.room.today
    worked = [(today + number * DAY, not 1 <= number <= 3) for number in range(10)]
    rows = [SpecialDay(day, works, "放假", "tests", official=True) for day, works in worked]
    monkeypatch.setattr("huikuan.approvals.stations.calendar", lambda: Calendar(rows))
    assert office.ask().answer_by == people.moment(today + 6 * DAY, 0)


# --- two houses


def test_two_houses_with_the_same_roles_never_meet(office: Office, clerk: User) -> None:
    other = make_office("other")
    request = office.ask()
    assert not office.told(other.lead)
    for user in (other.lead, other.manager, other.finance, other.owner):
        assert not waits_for(user, request, office.room.today)
        assert not seen(user).filter(pk=request.pk).exists()
        answer = decide_any(
            request.pk, kinds=("step",), grant=True, reason="", actor=user, at=office.at + SECOND
        )
        assert [found.code for found in answer.problems] == ["approval.unknown"]

    away(office.lead, office.room.today)
    assert waits_for(clerk, request, office.room.today), "the other house's lead is at work"
    foreign = people.make_user("administration", other.room.case.organisation)
    assert not waits_for(foreign, request, office.room.today)

    client = Client()
    client.force_login(other.manager)
    address = reverse("approvals:decide_step", args=[request.pk])
    assert client.post(address, {"grant": "yes"}).status_code == 404
    assert office.room.case.number not in client.get(reverse("approvals:inbox")).content.decode()
