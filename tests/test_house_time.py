"""Every page shows moments by the clock of the house of whoever looks, and none of another."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook.models import Notice
from huikuan.people.models import Organisation, User
from tests import people

pytestmark = pytest.mark.django_db
#: Half past ten in Shanghai, half past three in Berlin, in winter.
AT = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)


def told_at(zone: str) -> tuple[User, str]:
    """Somebody of a house there, and their page with a notice of the moment."""
    house = people.make_house(zone.lower().replace("/", "-"))
    Organisation.objects.filter(pk=house.pk).update(timezone=zone)
    user = people.make_user("manager", Organisation.objects.get(pk=house.pk))
    params = {"cases": 2, "on": "2026-11-23"}
    Notice.objects.create(user=user, kind=Notice.Kind.ALLOCATED, params=params, at=AT)

    client = Client()
    client.force_login(user)
    return user, client.get(reverse("notices")).content.decode()


def test_a_page_shows_the_time_of_the_house() -> None:
    _user, berlin = told_at("Europe/Berlin")
    assert "03:30" in berlin
    assert "10:30" not in berlin

    _user, shanghai = told_at("Asia/Shanghai")
    assert "10:30" in shanghai


def test_it_holds_for_the_request_alone() -> None:
    told_at("Europe/Berlin")
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


def test_who_is_not_signed_in_is_let_through() -> None:
    assert Client().get(reverse("sign_in")).status_code == 200
