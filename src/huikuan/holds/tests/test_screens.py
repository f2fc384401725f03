"""The eight questions of the list of holds, place, propose, end and decide."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Act, Approval, Hold
from huikuan.holds.entry import SCOPES, HoldEntry
from huikuan.holds.place import place
from huikuan.holds.propose import propose
from huikuan.holds.tests.conftest import AT, ON, Office
from huikuan.holds.tests.test_verbs import COMPLAINT, from_a_talk
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

HTMX = {"HX-Request": "true"}
GIVEN = {
    "kind": "complaint",
    "scope": "case",
    "on": "2026-11-23",
    "reason": "客户投诉",
    "grant": "yes",
}


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@made_once
def standing(office: Office) -> Hold:
    hold = place(office.case.pk, COMPLAINT, actor=office.lead, at=AT).hold
    assert hold is not None
    return hold


@made_once
def asked(office: Office) -> Approval:
    approval = propose(
        office.case.pk, HoldEntry("ill", "person", ON, "住院"), actor=office.collector, at=AT
    ).approval
    assert approval is not None
    return approval


def addresses(office: Office, hold: Hold, approval: Approval) -> dict[str, str]:
    return {
        "list": reverse("holds:list"),
        "place": reverse("holds:place", args=[office.case.number]),
        "propose": reverse("holds:propose", args=[office.case.number]),
        "end": reverse("holds:end", args=[hold.pk]),
        "decide": reverse("holds:decide", args=[approval.pk]),
        "withdraw": reverse("holds:withdraw", args=[approval.pk]),
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_1_pages_and_fragments(
    office: Office, standing: Hold, asked: Approval, language: str
) -> None:
    client = signed_in(office.lead, language)
    for name, address in addresses(office, standing, asked).items():
        if name not in ("decide", "withdraw"):
            assert client.get(address).status_code == 200
            assert (b"<html" in client.get(address, headers=HTMX).content) == (name == "list")


def test_1_the_list_shows_what_stands_and_filters(office: Office, standing: Hold) -> None:
    client, address = signed_in(office.lead), reverse("holds:list")
    page = client.get(address).content.decode()
    for text in (office.case.number, "投诉", "客户投诉", "2026-11-23", "解除…"):
        assert text in page
    assert office.case.person.name not in page
    for query, found in {
        "kind=complaint": 1,
        "kind=ill": 0,
        "scope=case": 1,
        "state=ended": 0,
        "q=ZZ": 0,
    }.items():
        assert (office.case.number in client.get(f"{address}?{query}").content.decode()) == bool(
            found
        ), query
    assert "解除…" not in signed_in(office.collector).get(address).content.decode()


def test_1_set_propose_end_and_decide(office: Office, asked: Approval) -> None:
    lead, collector = signed_in(office.lead), signed_in(office.collector)
    placed = lead.post(reverse("holds:place", args=[office.case.number]), GIVEN, headers=HTMX)
    assert (placed.status_code, placed["HX-Trigger"]) == (200, "case-changed")
    hold = Hold.objects.get()
    wrong = collector.post(
        reverse("holds:propose", args=[office.case.number]),
        GIVEN | {"kind": "dispute", "scope": "item"},
        headers=HTMX,
    )
    assert wrong.status_code == 422 and "没有写明停催哪一笔账款" in wrong.content.decode()
    item = {"kind": "dispute", "scope": "item", "item": office.items[0].pk}
    asked_now = collector.post(
        reverse("holds:propose", args=[office.case.number]), GIVEN | item, headers=HTMX
    )
    assert (
        asked_now.status_code == 200 and Approval.objects.filter(subject__kind="dispute").exists()
    )
    ended = lead.post(
        reverse("holds:end", args=[hold.pk]), {"on": "2026-11-23", "reason": "已处理"}, headers=HTMX
    )
    assert ended.status_code == 200 and "2026-11-23" in ended.content.decode()
    row = lead.post(reverse("holds:decide", args=[asked.pk]), GIVEN, headers=HTMX)
    assert "已同意" in row.content.decode() and "<form" not in row.content.decode()


def test_1_a_dispute_without_its_item_offers_the_items(office: Office) -> None:
    client, approval = signed_in(office.lead), from_a_talk(office)
    address = reverse("holds:decide", args=[approval.pk])
    answer = client.post(address, {"grant": "yes"}, headers=HTMX)
    assert answer.status_code == 422
    assert f'<option value="{office.items[1].pk}"' in answer.content.decode()
    assert (
        client.post(address, {"grant": "yes", "item": office.items[1].pk}, headers=HTMX).status_code
        == 200
    )
    assert Hold.objects.get().item == office.items[1]


def test_2_wrong_methods(office: Office, standing: Hold, asked: Approval) -> None:
    client, to = signed_in(office.lead), addresses(office, standing, asked)
    assert client.get(to["decide"]).status_code == client.get(to["withdraw"]).status_code == 405
    assert client.post(to["list"]).status_code == 405


def test_3_another_team_or_organisation_finds_nothing(
    office: Office, standing: Hold, asked: Approval
) -> None:
    other = people.make_user("team_lead", team=people.make_team("other"))
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    for user in (other, stranger):
        client, to = signed_in(user), addresses(office, standing, asked)
        assert office.case.number not in client.get(to.pop("list")).content.decode()
        for address in to.values():
            assert client.post(address, GIVEN).status_code == 404, address


def test_4_who_may_only_look_changes_nothing(
    office: Office, standing: Hold, asked: Approval
) -> None:
    client, to = signed_in(people.make_user("quality")), addresses(office, standing, asked)
    assert client.get(to.pop("list")).status_code == 200
    for address in to.values():
        assert client.post(address, GIVEN).status_code == 403
    assert signed_in(office.collector).post(to["place"], GIVEN, headers=HTMX).status_code == 422
    assert (Hold.objects.count(), Approval.objects.filter(status="waiting").count()) == (1, 1)


def test_5_not_signed_in(office: Office, standing: Hold, asked: Approval) -> None:
    for address in addresses(office, standing, asked).values():
        assert Client().post(address)["Location"].startswith("/sign-in/")


def test_6_already_done(office: Office, standing: Hold, asked: Approval) -> None:
    client, to = signed_in(office.lead), addresses(office, standing, asked)
    assert "已经停催" in client.post(to["place"], GIVEN, headers=HTMX).content.decode()
    for _ in range(2):
        client.post(to["end"], {"on": "2026-11-23", "reason": "x"}, headers=HTMX)
        row = client.post(to["decide"], GIVEN, headers=HTMX)
    assert row.status_code == 200 and "已处理" in row.content.decode()
    assert (
        Act.objects.filter(verb="holds.end").count()
        == Act.objects.filter(verb="approvals.grant").count()
        == 1
    )


def test_7_looking_writes_nothing(office: Office, standing: Hold, asked: Approval) -> None:
    acts = Act.objects.count()
    for name, address in addresses(office, standing, asked).items():
        if name != "decide":
            signed_in(office.lead).get(address)
    assert Act.objects.count() == acts


def test_8_as_many_queries_for_many_rows_as_for_one(office: Office, standing: Hold) -> None:
    client, address = signed_in(office.lead), reverse("holds:list")
    client.get(address)

    def queries() -> int:
        people.nothing_waits()
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    few = queries()
    for _ in range(5):
        case = people.make_case(items=[(ON, 100)], collector=office.collector)
        people.make_hold(case, ON)
        facts.refresh([case.pk])
    assert queries() == few <= 14


def test_a_company_is_offered_what_a_company_can_be_and_items_with_their_amounts(
    office: Office,
) -> None:
    person = office.case.person
    person.kind = "company"
    person.save()
    client = signed_in(office.collector)
    address = reverse("holds:propose", args=[office.case.number])
    page = client.get(address).content.decode()
    for kind in ("deceased", "minor", "ill", "fraud_victim"):
        assert f'value="{kind}"' not in page
    for words in ('value="bankrupt"', "客户（全部案件）", "未付 ¥120.00"):
        assert words in page
    assert "债务人本人" not in page

    answer = client.post(address, GIVEN | {"kind": "deceased", "scope": "person"}, headers=HTMX)
    assert answer.status_code == 422 and not Approval.objects.exists()


def test_of_a_human_being_nothing_is_left_out(office: Office) -> None:
    page = signed_in(office.collector).get(reverse("holds:propose", args=[office.case.number]))
    for kind in SCOPES:
        assert f'value="{kind}"' in page.content.decode()
