"""The eight questions of the list of requests, and what its rows say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.approvals.ask import ask
from huikuan.approvals.decide import waiting
from huikuan.approvals.shown import shown
from huikuan.casebook import facts, journal
from huikuan.casebook.models import Act, Approval, Case
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

pytestmark = pytest.mark.django_db
ADDRESS = "/approvals/"


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@made_once
def lead() -> User:
    return people.make_user("team_lead", team=people.make_team("phone"))


@made_once
def collector(lead: User) -> User:
    return people.make_user("collector", team=lead.team)


@made_once
def case(collector: User) -> Case:
    person = people.make_person(name="欧阳不可见")
    case = people.make_case(person, items=[(people.PLACED_ON, 100_00)], collector=collector)
    facts.refresh([case.pk])
    return case


def asked(
    case: Case, actor: User, kind: str = "hold", *, days: int = 0, **more: object
) -> Approval:
    at = timezone.now() - dt.timedelta(days)
    subject = {
        "kind": "complaint",
        "scope": "case",
        "item": None,
        "account": None,
        "from": "2026-11-20",
    }
    act = journal.begin(actor, "tests.ask", at=at)
    return ask(kind, act=act, case=case, subject=subject, reason="客户投诉", at=at, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "待我审批"), ("en", "Waits for you")])
def test_1_both_lists_are_shown_to_everybody(
    case: Case, collector: User, lead: User, language: str, words: str
) -> None:
    asked(case, collector)
    for user in (collector, lead):
        page = signed_in(user, language).get(ADDRESS)
        assert page.status_code == 200 and words in page.content.decode()


def test_1_a_row_says_what_who_why_and_how_long(case: Case, collector: User, lead: User) -> None:
    approval = asked(case, collector, days=3)
    page = signed_in(lead).get(ADDRESS).content.decode()
    for text in (
        "停催 · 投诉 · 案件 · 自2026-11-20起",
        case.number,
        "欧阳",
        str(collector),
        "客户投诉",
        "3 天",
    ):
        assert text in page, text
    assert "欧阳不可见" not in page
    assert reverse("holds:decide", args=[approval.pk]) in page
    own = signed_in(collector).get(ADDRESS).content.decode()
    assert reverse("holds:decide", args=[approval.pk]) not in own and "待审批" in own


def test_1_a_dispute_names_its_item_and_what_is_open_on_it(
    case: Case, collector: User, lead: User
) -> None:
    item = case.items.get()
    approval = asked(case, collector)
    approval.subject |= {"kind": "dispute", "scope": "item", "item": item.pk}
    approval.save()
    page = signed_in(lead).get(ADDRESS).content.decode()
    assert f"停催 · 争议 · 账款 · 自2026-11-20起 · {item.number}，未付 ¥100.00" in page


def test_1_a_payment_shows_its_amount(case: Case, collector: User) -> None:
    approval = asked(case, collector, "payment", amount_minor=123_45)
    approval.subject = {"reference": "R-778"}
    approval.save()
    page = signed_in(people.make_user("finance")).get(ADDRESS).content.decode()
    assert "¥123.45" in page and "R-778" in page


def test_1_the_oldest_comes_first_and_the_count_is_that_of_the_list(
    case: Case, collector: User, lead: User
) -> None:
    young, old = asked(case, collector, days=1), asked(case, collector, days=9)
    found = waiting(lead, people.PLACED_ON)
    assert list(found) == [old, young] and found.count() == 2
    assert [row.days for row in shown(found, lead, timezone.now())] == [9, 1]


def test_1_what_is_asked_of_the_own_role_comes_first_and_a_kind_is_chosen(
    case: Case, collector: User, lead: User
) -> None:
    old = asked(case, collector, days=9)
    own = asked(case, collector, "reversal", days=1)
    Approval.objects.filter(pk=own.pk).update(role="team_lead", right="")
    client = signed_in(lead)

    page = client.get(ADDRESS).content.decode()
    assert page.index(f"approval-{own.pk}") < page.index(f"approval-{old.pk}")
    assert "共 2 条" in page

    page = client.get(ADDRESS, {"kind": "hold"}).content.decode()
    assert f"approval-{own.pk}" not in page
    assert "共 1 条" in page


def test_1_what_was_decided_is_answered_in_its_row(case: Case, collector: User, lead: User) -> None:
    approval = asked(case, collector)
    address, client = reverse("holds:decide", args=[approval.pk]), signed_in(lead)
    without = client.post(address, {"grant": "no", "reason": " "}, headers={"HX-Request": "true"})
    assert without.status_code == 422 and f'action="{address}"' in without.content.decode()
    refused = client.post(
        address, {"grant": "no", "reason": "证据不足"}, headers={"HX-Request": "true"}
    )
    row = refused.content.decode()
    assert "<tr" not in row and "证据不足" in row and "<form" not in row
    # Without htmx, and decided already.
    assert client.post(address, {"grant": "yes"})["Location"] == ADDRESS
    assert "证据不足" in signed_in(collector).get(ADDRESS).content.decode()
    approval.refresh_from_db()
    assert approval.status == "refused"


def test_2_it_is_only_looked_at(lead: User) -> None:
    assert signed_in(lead).post(ADDRESS).status_code == 405


def test_3_another_team_or_organisation_sees_nothing(case: Case, collector: User) -> None:
    asked(case, collector)
    for user in (
        people.make_user("team_lead", team=people.make_team("other")),
        people.make_user("manager", people.make_house("elsewhere")),
    ):
        assert case.number not in signed_in(user).get(ADDRESS).content.decode()


def test_4_who_may_only_look_has_nothing_to_decide(case: Case, collector: User) -> None:
    approval = asked(case, collector)
    client = signed_in(people.make_user("quality"))
    assert '<form method="post" action="/holds' not in client.get(ADDRESS).content.decode()
    assert (
        client.post(reverse("holds:decide", args=[approval.pk]), {"grant": "yes"}).status_code
        == 403
    )


def test_5_not_signed_in() -> None:
    assert Client().get(ADDRESS)["Location"].startswith("/sign-in/")


def test_6_a_request_already_decided_waits_no_more(case: Case, collector: User, lead: User) -> None:
    approval = asked(case, collector)
    client = signed_in(lead)
    for _ in range(2):
        row = client.post(
            reverse("holds:decide", args=[approval.pk]),
            {"grant": "yes"},
            headers={"HX-Request": "true"},
        )
        assert row.status_code == 200
    assert "已处理" in row.content.decode()
    assert case.number not in client.get(ADDRESS).content.decode()


def test_7_looking_writes_nothing(case: Case, collector: User, lead: User) -> None:
    asked(case, collector)
    acts = Act.objects.count()
    signed_in(lead).get(ADDRESS)
    assert Act.objects.count() == acts


def test_8_as_many_queries_for_many_rows_as_for_one(
    case: Case, collector: User, lead: User
) -> None:
    client = signed_in(lead)

    def queries() -> int:
        people.nothing_waits()
        with CaptureQueriesContext(connection) as found:
            client.get(ADDRESS)
        return len(found)

    asked(case, collector)
    asked(case, lead)
    few = queries()
    for _ in range(6):
        asked(case, collector)
        asked(case, lead)
    assert queries() == few <= 14


def test_a_kind_that_no_room_carries_out_waits_and_nobody_decides_it(
    case: Case, collector: User, settings: Any
) -> None:
    """The room that it was asked of is not installed any more."""
    request = asked(case, collector, "payment", amount_minor=1)
    settings.ROOMS = [room for room in settings.ROOMS if room != "huikuan.payments"]
    finance = people.make_user("finance")
    assert not waiting(finance, people.PLACED_ON).exists()
    (row,) = shown([request], collector, timezone.now())
    assert (row.url, row.withdraw) == ("", "")
