"""The eight questions of the statements' screens."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import python_calamine as calamine
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from huikuan.casebook import facts
from huikuan.casebook.models import Act, StatementEvent, StatementLine
from huikuan.people.models import User
from huikuan.receivables.open_months import open_months
from huikuan.receivables.room import ROOM
from tests import people
from tests.receivables.conftest import FIRST, Office, november


@pytest.fixture(autouse=True)
def opened(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The screens are looked at on 16 November 2026."""
    monkeypatch.setattr(timezone, "now", lambda: people.moment(november(16), 10))
    office.open()
    office.plan(FIRST)
    return office


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def addresses(office: Office) -> dict[str, str]:
    return {
        "list": reverse("receivables:list"),
        "export": reverse("receivables:export"),
        "statement": reverse("receivables:statement", args=[office.statement.pk]),
        "of_case": reverse("receivables:of_case", args=[office.case.number]),
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_1_pages_and_fragment(office: Office, language: str) -> None:
    client = signed_in(office.collector, language)
    for name, address in addresses(office).items():
        assert client.get(address).status_code == 200, name
    part = client.get(addresses(office)["of_case"], headers={"HX-Request": "true"})
    assert b"<html" not in part.content


def test_1_the_list_says_how_far_each_is(office: Office) -> None:
    client = signed_in(office.lead)
    page = client.get(addresses(office)["list"]).content.decode()
    for text in (
        "宁波海川商贸有限公司",
        office.case.number,
        "2026-10",
        "未编制",
        "编制对账单交主管",
    ):
        assert text in page

    office.send()
    office.plan(november(16))
    page = client.get(addresses(office)["list"]).content.decode()
    assert "邮件催客户确认对账单" in page or "电话催客户确认对账单" in page
    assert 'hk-number">11<' in page.replace(" ", ""), "waits since the fifth"


def test_1_the_list_filters_by_month_state_and_name(office: Office) -> None:
    client = signed_in(office.lead)

    for query, is_there in {
        "month=2026-10": True,
        "month=all": True,
        "month=2026-09": True,
        "state=none": True,
        "state=sent": False,
        "q=海川": True,
        "q=别家": False,
        f"collector={office.collector.pk}": True,
    }.items():
        page = client.get(f"{addresses(office)['list']}?{query}").content.decode()
        assert (office.case.number in page) == is_there, query


def test_1_the_export_holds_the_rows(office: Office, tmp_path: Path) -> None:
    answer = signed_in(office.lead).get(addresses(office)["export"])
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"".join(answer.streaming_content))
    rows = calamine.CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert rows[1][:4] == ["2026-10", office.case.number, "宁波海川商贸有限公司", "未编制"]


def test_1_what_happened_is_entered_on_the_page(office: Office) -> None:
    office.send()
    client = signed_in(office.collector)
    address = addresses(office)["statement"]
    second = office.items[1]
    given = {
        "kind": "confirmed",
        "on": "2026-11-16",
        "note": "王会计盖章件",
        f"differs_{second.pk}": "数量少一箱",
    }
    answer = client.post(address, given | {"note": " "})
    assert answer.status_code == 422 and "没有写明对账单由谁、凭什么确认" in answer.content.decode()
    assert client.post(address, given).status_code == 302
    page = client.get(address).content.decode()
    for text in ("王会计盖章件", "数量少一箱", "客户已确认", "有差异", "2026-11-16"):
        assert text in page, text
    assert office.confirmed()[:2] == [november(16), None]
    assert StatementLine.objects.get().item == second

    case = client.get(reverse("case", args=[office.case.number])).content.decode()
    assert "2026-10 对账单：客户已确认" in case

    answer = {"kind": "progress", "on": "2026-11-16", f"agrees_{second.pk}": "on"}
    assert client.post(address, answer).status_code == 302
    assert office.confirmed()[:2] == [november(16), november(16)]


def test_1_a_wrong_entry_is_said_beside_its_field(office: Office) -> None:
    client = signed_in(office.collector)
    address = addresses(office)["statement"]
    answer = client.post(address, {"kind": "submitted", "on": "2026-11-20"})
    assert answer.status_code == 422
    assert "日期在未来" in answer.content.decode() or "未来" in answer.content.decode()
    answer = client.post(address, {"kind": "checked", "on": "2026-11-16"})
    assert answer.status_code == 422 and not StatementEvent.objects.exists()


def test_1_the_case_page_leads_to_its_statements(office: Office) -> None:
    page = signed_in(office.collector).get(reverse("case", args=[office.case.number]))
    assert addresses(office)["of_case"] in page.content.decode()


def test_2_wrong_methods(office: Office) -> None:
    client = signed_in(office.lead)
    for name in ("list", "export", "of_case"):
        assert client.post(addresses(office)[name]).status_code == 405
    assert client.put(addresses(office)["statement"]).status_code == 405


def test_3_another_team_or_organisation_finds_nothing(office: Office) -> None:
    other = people.make_user("collector", team=people.make_team("other"))
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    for user in (other, stranger):
        client = signed_in(user)
        assert office.case.number not in client.get(addresses(office)["list"]).content.decode()
        for name in ("statement", "of_case"):
            assert client.get(addresses(office)[name]).status_code == 404
        given = {"kind": "submitted", "on": "2026-11-16"}
        assert client.post(addresses(office)["statement"], given).status_code == 404
    assert not StatementEvent.objects.exists()


def test_4_readers_look_and_enter_nothing(office: Office) -> None:
    client = signed_in(people.make_user("quality"))
    page = client.get(addresses(office)["statement"])
    assert page.status_code == 200 and b'name="kind"' not in page.content
    given = {"kind": "submitted", "on": "2026-11-16"}
    assert client.post(addresses(office)["statement"], given).status_code == 403


def test_5_who_is_not_signed_in_is_led_there(office: Office) -> None:
    for address in addresses(office).values():
        assert Client().get(address).status_code == 302


def test_6_what_is_not_understood_is_left_out(office: Office) -> None:
    client = signed_in(office.lead)
    for query in ("month=x", "state=x", "collector=x", "page=x", "month=2026-13"):
        assert client.get(f"{addresses(office)['list']}?{query}").status_code == 200
    for number in ("0", "999999"):
        assert client.get(f"/statements/{number}/").status_code == 404


def test_7_looking_writes_nothing(office: Office) -> None:
    acts = Act.objects.count()
    for address in addresses(office).values():
        signed_in(office.lead).get(address)
    assert Act.objects.count() == acts


def test_8_as_many_queries_for_many_rows_as_for_one(office: Office) -> None:
    client = signed_in(office.lead)
    address = addresses(office)["list"]
    client.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    few = queries()
    for number in range(5):
        person = people.make_person(office.case.creditor, kind="company", name=f"客户{number}")
        case = people.make_case(
            person,
            product="b2b",
            placed_on=dt.date(2026, 10, 5),
            items=[(dt.date(2026, 12, 1), 100)],
            statement_cycle=True,
            collector=office.collector,
        )
        facts.refresh([case.pk])
    assert open_months(november(2), actor=office.manager, at=people.moment(november(2))) == 5
    office.plan(november(2))
    assert queries() == few <= 14


def test_the_style_sheet_is_there() -> None:
    assert finders.find("receivables/receivables.css")


def chosen(office: Office, user: User, query: str = "") -> str:
    page = signed_in(user).get(addresses(office)["statement"] + query)
    return page.context["form"]["kind"].value()


def test_1_what_the_procedure_asks_for_is_proposed_and_nothing_else(office: Office) -> None:
    office.plan(november(2))
    assert chosen(office, office.collector) == "submitted"
    office.record("submitted", november(2), office.collector)
    office.plan(november(3))
    assert chosen(office, office.lead) == "checked", "and not the return of the draft"
    office.record("checked", november(3), office.lead)
    office.record("sent", november(3), office.lead)
    assert chosen(office, office.collector) == "", "no answer that nobody gave"


def test_1_after_an_entry_nothing_is_proposed(office: Office) -> None:
    office.plan(november(2))
    given = {"kind": "submitted", "on": "2026-11-16"}
    answer = signed_in(office.collector).post(addresses(office)["statement"], given)
    page = signed_in(office.lead).get(answer["Location"])
    assert page.context["form"]["kind"].value() == ""
    again = signed_in(office.lead).post(answer["Location"], {"kind": "", "on": "2026-11-16"})
    assert again.status_code == 422
    assert StatementEvent.objects.count() == 1


def test_1_the_buttons_to_the_lock_say_what_they_do() -> None:
    with translation.override("zh-hans"):
        labels = [str(page.label) for page in ROOM.step_pages]
    assert labels == ["打开对账单", "锁货", "解除锁货"]
