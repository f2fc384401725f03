"""A first start opens by one address; the day plans itself; the doctor says what is wanting."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import facts
from huikuan.casebook.models import Channel, PlanRun, Task
from huikuan.ops import doctor_house, morning
from huikuan.ops import run as running
from huikuan.ops.commands import run as command
from huikuan.people.models import FirstKey, Organisation, User
from huikuan.people.rights import Right
from huikuan.planning.roles_named import without_user
from huikuan.staff import first
from tests import people
from tests.book import make_book

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "安信信用管理",
    "kind": "agency",
    "username": "ma.ming",
    "display_name": "马明",
    "password": "a long pass phrase",
    "again": "a long pass phrase",
}
SIX_THIRTY = dt.time(6, 30)


def address(token: str) -> str:
    return reverse("first_start", args=[token])


def test_the_address_makes_house_and_manager_once_and_signs_in() -> None:
    token = command.first_token()
    client = Client()
    assert client.get(address(token)).status_code == 200

    answer = client.post(address(token), GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, reverse("house"))
    user = User.objects.get()
    assert user.organisation == Organisation.objects.get(kind="agency", name="安信信用管理")
    assert user.may(Right.MANAGE_USERS) and user.may(Right.IMPORT)
    assert client.get(reverse("house")).status_code == 200

    assert Client().get(address(token)).status_code == 410
    assert Client().post(address(token), GIVEN | {"username": "other"}).status_code == 410
    assert User.objects.count() == 1
    assert FirstKey.objects.get().used_at is not None
    assert command.first_token() == "", "somebody can sign in now"


def test_the_address_is_void_after_its_time_and_after_the_next_start() -> None:
    token = command.first_token()
    FirstKey.objects.update(expires_at=timezone.now())
    assert Client().get(address(token)).status_code == 410

    old = command.first_token()
    new = command.first_token()
    assert Client().get(address(old)).status_code == 410
    assert Client().get(address(new)).status_code == 200
    assert not FirstKey.objects.filter(token_hash__contains=new).exists(), "only a hash is kept"


def test_a_wrong_word_makes_nothing_and_leaves_the_address_valid() -> None:
    token = command.first_token()

    for wrong in (
        {"again": "x"},
        {"password": "1", "again": "1"},
        {"kind": ""},
        {"username": "a b"},
    ):
        answer = Client().post(address(token), GIVEN | wrong)
        assert answer.status_code == 422, wrong
    assert not Organisation.objects.exists()
    assert Client().post(address(token), GIVEN).status_code == 302


def test_where_a_command_made_the_house_only_the_manager_is_asked_for() -> None:
    people.make_house()
    token = command.first_token()
    page = Client().get(address(token)).content.decode()
    assert 'name="kind"' not in page
    assert Client().post(address(token), GIVEN).status_code == 302
    assert Organisation.objects.count() == 1
    assert not first.is_needed()


def test_our_own_check_calls_by_a_name_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = running.config.current()
    named = settings.model_copy(
        update={"mode": "production", "allowed_hosts": (".desk.example.com",)}
    )
    monkeypatch.setattr(running.config, "current", lambda: named)
    assert running.own_name() == {"Host": "desk.example.com"}
    assert running.public_address("http://127.0.0.1:8000") == "https://desk.example.com"

    monkeypatch.setattr(running.config, "current", lambda: settings)
    assert running.own_name() == {}
    assert running.public_address("http://127.0.0.1:8000") == "http://127.0.0.1:8000"


def test_the_day_plans_itself_once_its_hour_has_come() -> None:
    book = make_book("ours", "赵试一", planned=False)
    early = people.moment(book.today, 6, 20)
    late = people.moment(book.today, 6, 35)

    assert morning.plan_due(early, SIX_THIRTY) == []
    assert morning.plan_due(late, None) == []
    assert not PlanRun.objects.exists()

    assert morning.plan_due(late, SIX_THIRTY) == [book.today]
    assert Task.objects.filter(case=book.case).exists()
    assert morning.plan_due(late + dt.timedelta(minutes=5), SIX_THIRTY) == []
    assert PlanRun.objects.filter(on=book.today).count() == 1


def test_a_plan_of_the_night_before_does_not_count_for_the_morning() -> None:
    book = make_book("ours", "赵试一", planned=False)
    at = people.moment(book.today, 6, 35)
    act = people.make_act(book.house)
    night = at - dt.timedelta(hours=9)
    PlanRun.objects.create(act=act, on=book.today, at=night, milliseconds=1)
    assert morning.unplanned(at, SIX_THIRTY) == [book.today]


def test_the_doctor_names_a_channel_that_is_not_reached() -> None:
    book = make_book("ours", "赵试一")
    at = people.moment(book.today, 9)
    words = {"code": "ours", "kind": "folder", "mapping": "card_cn", "address": "ours"}
    channel = Channel.objects.create(
        organisation=book.house, creditor=book.case.creditor, act=book.case.act, **words
    )
    assert list(doctor_house.dead_channels(book.house)) == []

    Channel.objects.filter(pk=channel.pk).update(error="channel.silent", error_since=at)
    (finding,) = doctor_house.dead_channels(book.house)
    assert "ours" in finding.text


def test_the_doctor_names_what_is_wanting(monkeypatch: pytest.MonkeyPatch) -> None:
    book = make_book("ours", "赵试一", planned=False)
    at = people.moment(book.today, 9)
    planned_at = doctor_house.config.current().model_copy(update={"plan_at": "06:30"})
    monkeypatch.setattr(doctor_house.config, "current", lambda: planned_at)
    User.objects.filter(pk=book.collector.pk).update(is_active=False)
    facts.refresh([book.case.pk])

    found: dict[str, list[Any]] = {}
    for finding in doctor_house.findings(at):
        found.setdefault(finding.check, []).append(finding)
    assert set(found) == {"house", "left", "role", "plan"}
    assert book.collector.username in found["left"][0].repair

    nobody = without_user(book.house, book.today)
    assert "collector" in nobody and "team_lead" not in nobody
    people.make_user("collector", book.house)
    assert "collector" not in without_user(book.house, book.today)

    # The deadlines of a batch answer to a role without any binding.
    assert nobody["supply_chain"] == ["agency_operations"]
    people.make_user("supply_chain", book.house)
    assert "supply_chain" not in without_user(book.house, book.today)
