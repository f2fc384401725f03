"""The eight questions of the list of deadlines and of one deadline."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook.models import Act, Breach, Clock, ClockExtension, Notice, Placement
from huikuan.clocks.watch import record_breaches
from huikuan.intake.arrive import arrive
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, Organisation, User
from huikuan.planning import load
from tests import people

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
GIVEN = {"reason": "解压密码未到", "until": ""}
LIST = "clocks:list"


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@made_once
def house(db: None) -> Organisation:
    assert load.load_all(at=timezone.now() - 9 * HOUR) == []
    return people.make_house()


@made_once
def supply(house: Organisation) -> User:
    return people.make_user("supply_chain", house)


@made_once
def bank(house: Organisation) -> Creditor:
    return people.make_creditor("card-bank", house)


@made_once
def arrived(bank: Creditor, supply: User) -> Placement:
    """A batch that came half an hour ago and waits to be fetched."""
    at = timezone.now()
    return arrive(bank, "card_cn", "cards.csv", supply, at=at, arrived_at=at - 30 * MINUTE)


@made_once
def missed(bank: Creditor, supply: User) -> Placement:
    """A batch that came two hours ago; the hour is over."""
    at = timezone.now()
    placement = arrive(bank, "card_cn", "late.csv", supply, at=at, arrived_at=at - 2 * HOUR)
    assert record_breaches(at) == 1
    return placement


def clock_of(placement: Placement) -> Clock:
    return Clock.objects.get(subject_kind="placement", subject_id=placement.pk)


def address_of(placement: Placement) -> str:
    return reverse("clocks:clock", args=[clock_of(placement).pk])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_1_both_pages_in_both_languages(
    arrived: Placement, missed: Placement, supply: User, language: str
) -> None:
    client = signed_in(supply, language)
    for address in (reverse(LIST), address_of(arrived), address_of(missed)):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"<html" in answer.content


def test_1_the_list_shows_what_is_due_first_and_filters(
    arrived: Placement, missed: Placement, supply: User
) -> None:
    client = signed_in(supply)
    page = client.get(reverse(LIST)).content.decode()
    for text in ("一小时内取回", "供应链管理部", "P4.1", "计时中", arrived.number, missed.number):
        assert text in page, text
    assert page.index(missed.number) < page.index(arrived.number)

    for state, numbers in {
        "missed": {missed.number},
        "paused": set(),
        "met": set(),
        "": {missed.number, arrived.number},
    }.items():
        found = client.get(f"{reverse(LIST)}?state={state}").content.decode()
        both = (arrived.number, missed.number)
        assert {number for number in both if number in found} == numbers, state


def test_1_an_empty_list_says_how_a_deadline_begins(supply: User) -> None:
    assert "起算事件" in signed_in(supply).get(reverse(LIST)).content.decode()


def test_1_a_deadline_says_until_when_and_by_whom_it_may_be_extended(
    arrived: Placement, supply: User
) -> None:
    page = signed_in(supply).get(address_of(arrived)).content.decode()
    for text in ("供应链管理部", "延长时限", "理由须在此前提交", "P4.1"):
        assert text in page, text


def test_1_a_reason_in_time_extends_it_and_stands_on_the_page(
    arrived: Placement, supply: User
) -> None:
    before = clock_of(arrived)
    client = signed_in(supply)
    answer = client.post(address_of(arrived), GIVEN, follow=True)
    assert answer.redirect_chain == [(address_of(arrived), 302)]
    page = answer.content.decode()
    assert "时限已延长" in page
    assert "解压密码未到" in page
    assert clock_of(arrived).due_at == before.started_at + 3 * HOUR


def test_1_a_reason_that_comes_too_late_is_told_and_changes_nothing(
    missed: Placement, supply: User
) -> None:
    before = clock_of(missed).due_at
    answer = signed_in(supply).post(address_of(missed), GIVEN)
    assert answer.status_code == 422
    assert "时限维持不变" in answer.content.decode()
    assert clock_of(missed).due_at == before
    assert "逾时" in signed_in(supply).get(address_of(missed)).content.decode()


def test_1_a_form_without_a_reason_says_so(arrived: Placement, supply: User) -> None:
    answer = signed_in(supply).post(address_of(arrived), {"reason": " "})
    assert answer.status_code == 422
    assert not ClockExtension.objects.exists()


def test_2_wrong_methods(arrived: Placement, supply: User) -> None:
    client = signed_in(supply)
    assert client.post(reverse(LIST)).status_code == 405
    assert client.delete(address_of(arrived)).status_code == 405


def test_3_another_role_or_organisation_finds_nothing(arrived: Placement, house) -> None:
    collector = people.make_user("collector", house)
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    for user in (collector, stranger):
        client = signed_in(user)
        assert arrived.number not in client.get(reverse(LIST)).content.decode()
        assert client.get(address_of(arrived)).status_code == 404
        assert client.post(address_of(arrived), GIVEN).status_code == 404


def test_3_who_watches_all_deadlines_sees_it(arrived: Placement, house) -> None:
    for role in ("team_lead", "manager", "quality_supervision"):
        page = signed_in(people.make_user(role, house)).get(reverse(LIST)).content.decode()
        assert arrived.number in page, role


def test_4_who_may_not_extend_it_has_no_form_and_changes_nothing(
    arrived: Placement, house: Organisation
) -> None:
    client = signed_in(people.make_user("quality_supervision", house))
    assert '<form method="post"' not in _main(client, arrived)
    answer = client.post(address_of(arrived), GIVEN)
    assert answer.status_code == 422
    assert "只有以下角色" in answer.content.decode()
    assert not ClockExtension.objects.exists()


def _main(client: Client, placement: Placement) -> str:
    page = client.get(address_of(placement)).content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_5_not_signed_in(arrived: Placement) -> None:
    for address in (reverse(LIST), address_of(arrived)):
        assert Client().get(address)["Location"].startswith("/sign-in/")
        assert Client().post(address)["Location"].startswith("/sign-in/")


def test_6_extended_already(arrived: Placement, supply: User) -> None:
    client = signed_in(supply)
    client.post(address_of(arrived), GIVEN)
    again = client.post(address_of(arrived), GIVEN)
    assert again.status_code == 422
    assert "该时限本来就是" in again.content.decode()
    assert ClockExtension.objects.count() == 1
    assert Act.objects.filter(verb="clocks.extend").count() == 1


def test_7_looking_writes_nothing(missed: Placement, supply: User) -> None:
    acts = Act.objects.count()
    breaches = list(Breach.objects.values())
    clocks = list(Clock.objects.values())
    for address in (reverse(LIST), address_of(missed)):
        signed_in(supply).get(address)
    assert Act.objects.count() == acts
    assert list(Breach.objects.values()) == breaches
    assert list(Clock.objects.values()) == clocks


def test_8_as_many_queries_for_many_rows_as_for_one(
    arrived: Placement, bank: Creditor, supply: User
) -> None:
    client = signed_in(supply)
    client.get(reverse(LIST))

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(LIST))
        return len(found)

    few = queries()
    for number in range(9):
        arrive(bank, "card_cn", f"{number}.csv", supply, at=timezone.now())
    assert queries() == few


# what other pages say of it


def test_my_day_names_what_runs_out_today_and_leads_to_it(missed: Placement, supply: User) -> None:
    page = signed_in(supply).get(reverse("worklist")).content.decode()
    assert address_of(missed) in page


def test_the_notice_of_a_breach_leads_to_it(missed: Placement, supply: User) -> None:
    client = signed_in(supply)
    assert "时限逾时：一小时内取回" in client.get(reverse("notices")).content.decode()
    notice = Notice.objects.get(user=supply, kind="breach")
    answer = client.get(reverse("notice_open", args=[notice.pk]))
    assert answer["Location"] == address_of(missed)


def test_the_page_of_the_procedure_shows_its_deadlines_in_words(house: Organisation) -> None:
    client = signed_in(people.make_user("manager", house))
    page = client.get(reverse("pack", args=["agency_operations"])).content.decode()
    for text in ("一小时内取回", "1 小时", "最长 3 小时", "理由须在 1 小时内提交", "当日结束前"):
        assert text in page, text
