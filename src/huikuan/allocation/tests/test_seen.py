"""The lead sees who has not seen the new cases, and calls on them, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.allocation.seen import call_on, told
from huikuan.casebook.models import Act, AllocationRun, Notice
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db


@made_once
def office(db: None):
    house = people.make_house()
    team = people.make_team(house=house)
    lead = people.make_user("team_lead", house, team=team)
    collector = people.make_user("collector", house, team=team)

    now = timezone.now()
    run = AllocationRun.objects.create(
        organisation=house,
        act=people.make_act(house),
        team=team,
        on=timezone.localdate(),
        proposed_at=now,
    )
    params = {"run": run.pk, "cases": 12, "on": "2026-11-23"}
    notice = Notice.objects.create(user=collector, kind="allocated", params=params, at=now)
    return lead, collector, notice, now


def codes(result) -> list[str]:  # type: ignore[no-untyped-def]
    return [each.code for each in result.problems]


def test_who_has_not_seen_them_is_called_on_once(office) -> None:
    lead, collector, notice, now = office
    assert list(told(lead, now)) == [notice]
    assert call_on(notice.pk, actor=lead, at=now).done
    call = Notice.objects.get(kind="called_on")
    assert (call.user, call.params["by"]) == (collector, str(lead))
    assert Act.objects.filter(verb="allocation.call_on", actor=lead).count() == 1
    assert codes(call_on(notice.pk, actor=lead, at=now)) == ["seen.called_on"]


def test_what_was_seen_is_not_called_on(office) -> None:
    lead, collector, notice, now = office
    client = Client()
    client.force_login(collector)
    client.post(reverse("notices_read"), {"id": notice.pk})
    assert codes(call_on(notice.pk, actor=lead, at=now)) == ["seen.seen"]
    assert told(lead, now).get().read_at is not None
    assert not told(lead, now + dt.timedelta(days=15)).exists()


def test_only_the_own_team(office) -> None:
    lead, collector, notice, now = office
    other = people.make_user("team_lead", lead.organisation, team=people.make_team("b"))
    stranger = people.make_user("manager", people.make_house("other"))
    for user in (other, stranger):
        assert codes(call_on(notice.pk, actor=user, at=now)) == ["seen.unknown"]
    assert codes(call_on(notice.pk, actor=collector, at=now)) == ["seen.right"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page(office, language: str) -> None:
    lead, collector, notice, _now = office
    client = Client(headers={"accept-language": language})
    client.force_login(lead)
    page = client.get(reverse("allocation:seen")).content.decode()
    assert str(collector) in page
    assert {"zh-hans": "尚未查看", "en": "not seen yet"}[language] in page

    client.post(reverse("allocation:call_on", args=[notice.pk]))
    assert Notice.objects.filter(kind="called_on").exists()
    client.force_login(collector)
    assert client.get(reverse("allocation:seen")).status_code == 403
    assert client.post(reverse("allocation:call_on", args=[notice.pk])).status_code == 403
