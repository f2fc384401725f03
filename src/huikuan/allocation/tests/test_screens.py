"""The same eight questions of each screen: not signed in, another role, another house, another team, the right people,
another method, both languages, and as many queries for many rows as for few."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.people import make_creditor, make_house, make_user, nothing_waits

from huikuan.allocation.confirm import confirm
from huikuan.allocation.propose import propose
from huikuan.allocation.tests.conftest import AT, ON, House, cases
from huikuan.allocation.views import today
from huikuan.casebook.models import AllocationRun, CaseSummary
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

LISTS = ("allocation:proposals", "allocation:absence", "allocation:returns")


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@made_once
def run(house: House) -> AllocationRun:
    return propose(house.organisation, ON, team=house.north, actor=house.lead, at=AT)


def addresses(run: AllocationRun) -> list[str]:
    return [*map(reverse, LISTS), reverse("allocation:proposal", args=[run.pk])]


def posts(run: AllocationRun) -> list[str]:
    return [
        reverse("allocation:propose"),
        *(reverse(f"allocation:{verb}", args=[run.pk]) for verb in ("move", "confirm", "drop")),
    ]


def test_1_without_signing_in_every_address_leads_to_the_sign_in_page(run: AllocationRun) -> None:
    for address in addresses(run):
        assert Client().get(address)["Location"].startswith("/sign-in/")
    for address in posts(run):
        assert Client().post(address)["Location"].startswith("/sign-in/")


def test_2_other_roles_are_refused(house: House, run: AllocationRun) -> None:
    creditor = make_creditor("bank", house.organisation)
    people = [house.collectors[0], make_user("client", house.organisation, creditor=creditor)]
    people += [make_user(role, house.organisation) for role in ("quality", "finance", "data_admin")]
    for user in people:
        client = signed_in(user)
        assert {client.get(address).status_code for address in addresses(run)} == {403}
        assert {client.post(address).status_code for address in posts(run)} == {403}
    run.refresh_from_db()
    assert run.status == "proposed"


def test_3_another_house_sees_nothing(house: House, run: AllocationRun) -> None:
    stranger = signed_in(make_user("manager", make_house("agency")))
    assert stranger.get(reverse("allocation:proposal", args=[run.pk])).status_code == 404
    assert {stranger.post(address).status_code for address in posts(run)[1:]} == {404}
    pages = [stranger.get(reverse(name)).content.decode() for name in LISTS]
    assert not any(case.number in page for page in pages for case in house.cases)
    assert not any(user.display_name in page for page in pages for user in house.collectors)


def test_4_another_teams_lead_neither_sees_nor_confirms(house: House, run: AllocationRun) -> None:
    client = signed_in(house.other_lead)
    assert client.get(reverse("allocation:proposal", args=[run.pk])).status_code == 404
    assert {client.post(address).status_code for address in posts(run)[1:]} == {404}
    assert client.post(reverse("allocation:propose"), {"team": house.north.pk}).status_code == 403
    assert (
        client.post(
            reverse("allocation:absence"), {"user": house.collectors[0].pk, "action": "take"}
        ).status_code
        == 404
    )
    run.refresh_from_db()
    assert run.status == "proposed"


def test_5_lead_and_manager_see_it_all(house: House, run: AllocationRun) -> None:
    for user in (house.lead, house.manager):
        client = signed_in(user)
        assert {client.get(address).status_code for address in addresses(run)} == {200}
        page = client.get(reverse("allocation:proposal", args=[run.pk])).content.decode()
        assert all(case.number in page for case in house.cases)
        assert all(collector.display_name in page for collector in house.collectors[:3])
        assert "data-rows" in page and 'data-key="c"' in page and "data-confirm" in page


def test_6_other_methods_are_not_taken(house: House, run: AllocationRun) -> None:
    client = signed_in(house.lead)
    assert {client.get(address).status_code for address in posts(run)} == {405}
    assert client.put(reverse("allocation:returns")).status_code == 405
    assert Client(enforce_csrf_checks=True, headers={}).post(posts(run)[0]).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_7_both_languages(house: House, run: AllocationRun, language: str) -> None:
    client = signed_in(house.lead, language)
    for address in addresses(run):
        page = client.get(address).content.decode()
        assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in page
        if language == "en":
            words = re.sub(r"<[^>]+>", " ", page)
            for name in (
                *(u.display_name for u in User.objects.all()),
                "委托方",
                "机构",
                "组",
                "中文",
                "员工",
            ):
                words = words.replace(name, "")
            assert not re.search(r"[\u4e00-\u9fff]{2,}", words), re.search(
                r".{40}[\u4e00-\u9fff]{2,}.{40}", words, re.S
            )


def test_8_many_rows_take_as_many_queries_as_few(house: House, run: AllocationRun) -> None:
    client = signed_in(house.lead)
    for address in addresses(run):
        client.get(address)
    few = [queries(client, address) for address in addresses(run)]
    assert max(few) <= 17
    cases(30, house=house.organisation)
    for _ in range(4):
        run = propose(house.organisation, ON, team=house.north, actor=house.lead, at=AT)
    assert run.lines.count() == 42
    assert [queries(client, address) for address in addresses(run)] == few


def queries(client: Client, address: str) -> int:
    nothing_waits()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


# --- what the screens do


def test_a_lead_proposes_edits_and_confirms(house: House) -> None:
    client = signed_in(house.lead)
    answer = client.post(reverse("allocation:propose"), {"team": house.north.pk})
    run = AllocationRun.objects.get()
    assert answer["Location"] == reverse("allocation:proposal", args=[run.pk])
    source, target = house.collectors[:2]
    lines = [str(pk) for pk in run.lines.filter(user=source).values_list("pk", flat=True)]
    move = reverse("allocation:move", args=[run.pk])
    page = client.post(
        move, {"line": lines, "to": target.pk, "filters": "collector=1"}, follow=True
    )
    assert page.redirect_chain[-1][0].endswith("?collector=1")
    assert not run.lines.filter(user=source).exists()
    client.post(move, {"to": target.pk}, follow=True)
    client.post(move, {"line": lines[:1], "to": "none"})
    page = client.post(reverse("allocation:confirm", args=[run.pk]), follow=True)
    assert CaseSummary.objects.filter(assignee_id__isnull=False).count() == 11
    assert "hk-good" in page.content.decode()
    again = signed_in(house.manager).post(reverse("allocation:confirm", args=[run.pk]), follow=True)
    assert str(house.lead) in again.content.decode()
    page = client.post(move, {"line": lines, "to": source.pk}, follow=True)
    assert "hk-bad" in page.content.decode()


def test_filters_of_the_address(house: House, run: AllocationRun) -> None:
    client, address = signed_in(house.lead), reverse("allocation:proposal", args=[run.pk])
    line = run.lines.select_related("case").order_by("pk").first()
    for query, expected in (
        (f"q={line.case.number}", 1),
        (f"collector={line.user_id}", 4),
        ("collector=none", 0),
        ("creditor=bank", 12),
        (f"age={line.reason['age']}", run.lines.filter(reason__age=line.reason["age"]).count()),
        ("collector=abc&age=nonsense", 12),
    ):
        assert client.get(f"{address}?{query}").context["total"] == expected, query


def test_absence_by_screen(house: House, run: AllocationRun) -> None:
    confirm(run, house.lead, AT)
    client, address, away = (
        signed_in(house.lead),
        reverse("allocation:absence"),
        house.collectors[0],
    )
    day = today(house.lead)
    wrong = {"user": away.pk, "absent_from": day, "absent_until": day - dt.timedelta(days=1)}
    assert client.post(address, wrong).status_code == 422
    assert (
        client.post(address, {"user": house.collectors[3].pk, "absent_from": day}).status_code
        == 422
    )
    assert client.post(address, {"user": away.pk, "absent_from": day}).status_code == 302
    away.refresh_from_db()
    assert (away.absent_from, away.absent_until) == (day, None)
    client.post(address, {"user": away.pk, "action": "take"})
    taken = AllocationRun.objects.get(cause="absence")
    assert taken.lines.count() == 4
    client.post(reverse("allocation:confirm", args=[taken.pk]))
    client.post(address, {"user": away.pk, "action": "here"})
    client.post(address, {"user": away.pk, "action": "back"})
    back = AllocationRun.objects.get(cause="return")
    client.post(reverse("allocation:confirm", args=[back.pk]))
    assert CaseSummary.objects.filter(assignee_id=away.pk).count() == 4


def test_return_and_keep_by_screen(house: House) -> None:
    client, address = signed_in(house.lead), reverse("allocation:returns")
    first, second, third = house.cases[:3]
    until = today(house.lead) + dt.timedelta(days=20)
    assert client.post(address, {"case": [first.pk], "action": "retain"}).status_code == 422
    client.post(address, {"case": [first.pk], "action": "retain", "until_on": until})
    client.post(address, {"case": [second.pk], "action": "return", "reason": "到期"})
    client.post(address, {"case": [third.pk], "action": "recall"})
    summaries = CaseSummary.objects.in_bulk([first.pk, second.pk, third.pk])
    assert (summaries[first.pk].return_on, summaries[first.pk].is_open) == (until, True)
    assert not summaries[second.pk].is_open and not summaries[third.pk].is_open
    assert client.get(address, {"due": "30"}).context["total"] == 1
    assert client.get(address, {"due": "over"}).context["total"] == 0
    assert client.post(address, {"action": "return"}).status_code == 302


def test_nothing_to_allocate_says_so(house: House) -> None:
    client = signed_in(house.manager)
    client.post(reverse("allocation:propose"), {})
    client.post(reverse("allocation:confirm", args=[AllocationRun.objects.get().pk]))
    answer = client.post(reverse("allocation:propose"), {}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("allocation:proposals")
    assert AllocationRun.objects.count() == 1
