"""The eight questions of each page of the reports: does it; wrong method; other team and organisation; read-only; not signed in;
already done; side effects; number of queries."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Act, PackVersion, PlanRun, Step, Target, Task
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.reports.tests.conftest import House, act, call, make_house

PAGES = (
    "reports:day",
    "reports:day_export",
    "reports:ageing",
    "reports:ageing_export",
    "reports:board",
    "reports:targets",
)
SET = "allocation:targets"


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def page(user: User, name: str, query: str = "") -> str:
    """The page in one line: where a template breaks its lines is no matter of the page."""
    text = signed_in(user).get(reverse(name) + query).content.decode()
    return " ".join(text.split())


def words(text: str) -> str:
    """What a reader sees of a page, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def named(user: User, text: str) -> bool:
    return f">{user.display_name}<" in text or f"> {user.display_name} <" in text


def fields(house: House, user: User, **amounts: object) -> dict[str, object]:
    return {
        "from_on": house.today.isoformat(),
        **{f"{kind}-{user.pk}": amount for kind, amount in amounts.items()},
    }


# does it work


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_works_for_everybody_who_may(language: str, house: House) -> None:
    call(house, 0, house.collectors[0], connected=True, answered="debtor", identified=True)
    may = dict.fromkeys((*PAGES, SET), (house.lead, house.manager))
    may["reports:day"] = may["reports:day_export"] = (
        house.lead,
        house.manager,
        house.collectors[0],
        house.client,
    )
    for name, users in may.items():
        for user in users:
            assert signed_in(user, language).get(reverse(name)).status_code == 200, (
                name,
                user.role_codes,
            )


def test_the_day_shows_the_figures_and_what_they_mean(house: House) -> None:
    call(house, 0, house.collectors[0], connected=True, answered="debtor", identified=True)
    call(house, 1, house.collectors[1])
    text = page(house.manager, "reports:day")
    assert "50.0%" in text
    assert "统计口径" in text
    assert named(house.collectors[2], text), "who did nothing has a line too"


def test_a_day_without_work_says_so_and_a_day_ahead_is_today(house: House) -> None:
    assert "这一天没有作业记录" in page(house.manager, "reports:day", "?on=2020-01-01")
    assert f"{house.today}" in page(
        house.manager, "reports:day", f"?on={house.today + dt.timedelta(3)}"
    )
    assert signed_in(house.manager).get(reverse("reports:day") + "?on=yesterday").status_code == 200


def test_the_sheet_has_a_row_for_each_line_and_the_total_adds_up(house: House) -> None:
    for number in range(3):
        call(
            house,
            number,
            house.collectors[number],
            connected=number > 0,
            answered="debtor" if number else "nobody",
        )
    answer = signed_in(house.manager).get(reverse("reports:day_export"))
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    )
    calls = rows[0].index("外呼数")
    by_kind = {
        kind: sum(row[calls] for row in rows[1:] if row[0] == kind)
        for kind in ("催收员", "小组", "委托方", "合计")
    }
    assert set(by_kind.values()) == {3}


def test_the_board_shows_progress_who_has_not_started_and_who_holds_too_much(house: House) -> None:
    one, other, _ = house.collectors
    call(house, 0, one, connected=True, answered="debtor", identified=True)
    first_call(house, 1)
    User.objects.filter(pk=other.pk).update(capacity=1)
    Target.objects.create(
        organisation=house.organisation,
        act=act(house.lead, house.today),
        user=one,
        kind="calls",
        amount=8,
        from_on=house.today,
    )
    text = page(house.lead, "reports:board")
    assert "1 / 8" in words(text)
    assert "尚未开始" in text
    assert "超出持案上限" in text
    assert not named(house.collectors[2], text), "of another team"


def first_call(house: House, number: int) -> None:
    """An open task of the shipped procedure, which a collector has to do."""
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    case = house.cases[number]
    run = PlanRun.objects.create(
        act_id=case.act_id, on=house.today, milliseconds=1, at=people.moment(house.today, 8)
    )
    Task.objects.create(
        organisation_id=case.organisation_id, creditor_id=case.creditor_id, case=case, subject_id=case.pk, run=run,
        pack_version=PackVersion.objects.get(pack="phone_collection"),
        step=Step.objects.get(pack="phone_collection", code="first_call"),
        anchor=house.today, due_on=house.today, reason="",
    )  # fmt: skip


def test_the_board_renews_its_middle_part_alone(house: House) -> None:
    answer = signed_in(house.lead).get(
        reverse("reports:board"), headers={"HX-Request": "true", "HX-Target": "board"}
    )
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="board"')
    assert "<html" not in text


def test_a_lead_sets_targets_and_sees_them_tracked(house: House) -> None:
    one = house.collectors[0]
    answer = signed_in(house.lead).post(
        reverse(SET), fields(house, one, calls=2, talks=1, recovered="500.50")
    )
    assert answer["Location"] == reverse("reports:targets")
    assert dict(Target.objects.values_list("kind", "amount")) == {
        "calls": 2,
        "talks": 1,
        "recovered": 50_050,
    }
    call(house, 0, one, connected=True, answered="debtor", identified=True)
    text = page(house.lead, "reports:targets")
    assert "/ 500.50" in words(text)
    assert words(page(one, "reports:targets")).count("/ 2") == 1, "a collector sees the own targets"


def test_a_wrong_target_is_refused_beside_its_field(house: House) -> None:
    one = house.collectors[0]
    past = fields(house, one, calls=-1) | {"from_on": "2020-01-01"}
    answer = signed_in(house.lead).post(reverse(SET), past)
    assert answer.status_code == 422
    assert "目标不能从过去开始" in answer.content.decode()
    assert not Target.objects.exists()


# wrong method; not signed in; other roles


@pytest.mark.parametrize("name", PAGES)
def test_the_reports_are_only_looked_at(name: str, house: House) -> None:
    assert signed_in(house.manager).post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, SET])
def test_without_signing_in_every_address_leads_to_the_sign_in_page(
    name: str, house: House
) -> None:
    assert Client().get(reverse(name))["Location"].startswith("/sign-in/")


def test_the_board_is_for_leads_and_targets_are_set_by_them(house: House) -> None:
    quality = people.make_user("quality", house.organisation)
    for user in (house.collectors[0], house.client, quality):
        assert signed_in(user).get(reverse("reports:board")).status_code == 403
        assert (
            signed_in(user)
            .post(reverse(SET), fields(house, house.collectors[0], calls=5))
            .status_code
            == 403
        )
    assert signed_in(house.client).get(reverse("reports:targets")).status_code == 403
    assert not Target.objects.exists()


# other team, other organisation


def test_a_lead_sees_and_sets_nothing_of_another_team(house: House) -> None:
    far = house.collectors[2]
    call(house, 2, far)
    text = page(house.lead, "reports:day")
    assert not named(far, text)
    signed_in(house.lead).post(reverse(SET), fields(house, far, calls=5))
    assert not Target.objects.filter(user=far).exists()


def test_a_client_sees_the_own_figures_and_no_name(house: House) -> None:
    call(house, 0, house.collectors[0])
    call(house, 1, house.collectors[1])
    text = page(house.client, "reports:day")
    assert house.creditors[0].name in text
    assert house.creditors[1].name not in text
    assert not any(named(user, text) for user in house.collectors)
    assert not any(team.name in text for team in (house.north, house.south))


def test_another_house_sees_nothing(house: House) -> None:
    call(house, 0, house.collectors[0])
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    assert "这一天没有作业记录" in page(stranger, "reports:day")
    assert not any(named(user, page(stranger, "reports:board")) for user in house.collectors)


# already done; side effects


def test_the_same_targets_again_change_nothing(house: House) -> None:
    client, told = signed_in(house.lead), fields(house, house.collectors[0], calls=5)
    client.post(reverse(SET), told)
    before = Act.objects.count(), list(Target.objects.values_list())
    client.post(reverse(SET), told)
    assert (Act.objects.count(), list(Target.objects.values_list())) == before


def test_another_amount_for_the_same_day_takes_its_place_and_a_later_day_its_own(
    house: House,
) -> None:
    client, one = signed_in(house.lead), house.collectors[0]
    client.post(reverse(SET), fields(house, one, calls=5))
    client.post(reverse(SET), fields(house, one, calls=6))
    later = fields(house, one, calls=7) | {"from_on": (house.today + dt.timedelta(1)).isoformat()}
    client.post(reverse(SET), later)
    assert list(Target.objects.order_by("from_on").values_list("amount", flat=True)) == [6, 7]


@pytest.mark.parametrize("name", PAGES)
def test_looking_writes_nothing(name: str, house: House) -> None:
    before = Act.objects.count()
    signed_in(house.manager).get(reverse(name))
    assert Act.objects.count() == before


# number of queries


@pytest.mark.parametrize(
    # Of the board three ask for cases without a procedure, which all of this house are.
    ("name", "most"),
    [("reports:board", 16), ("reports:day", 13), ("reports:targets", 13)],
)
def test_as_many_queries_for_a_full_day_as_for_an_empty_one(
    name: str, most: int, house: House
) -> None:
    client = signed_in(house.manager)
    client.get(reverse(name))
    with CaptureQueriesContext(
        connection,
    ) as empty:
        client.get(reverse(name))
    for number in range(6):
        call(
            house,
            number,
            house.collectors[number % 3],
            connected=True,
            answered="debtor",
            identified=True,
        )
    for _ in range(6):
        people.make_user("collector", house.organisation, team=house.north)
    people.nothing_waits()
    with CaptureQueriesContext(connection) as full:
        client.get(reverse(name))
    assert len(full) == len(empty) <= most, [query["sql"][:90] for query in full]


def test_two_houses_side_by_side_count_their_own(house: House) -> None:
    other = make_house("other")
    call(other, 0, other.collectors[0])
    facts.refresh([case.pk for case in house.cases])
    assert "这一天没有作业记录" in page(house.manager, "reports:day")
