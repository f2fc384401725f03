"""A step that needs approval is done by no way before it is granted: every address that writes and
every command is a way that is tried, or says why it is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from huikuan.casebook.models import PackVersion, Step, Task
from tests.approval_ways import commands, routes
from tests.approval_ways.office import NOW, Office, make_office, put_in_force
from tests.book import make_book
from tests.test_walls import addresses, named

WAYS = (*routes.WAYS, *commands.WAYS)

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(scope="module")
def procedures(django_db_setup: None, django_db_blocker: Any):
    """Compiling the packs takes longer than any test here, so they outlive the test."""
    with django_db_blocker.unblock():
        put_in_force()
    yield
    with django_db_blocker.unblock():
        PackVersion.objects.all().delete()
        Step.objects.all().delete()


@pytest.fixture
def office(procedures: None, db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return make_office()


def nothing(office: Office) -> None:
    """Nobody has asked."""


def no_task(office: Office) -> None:
    """No task is planned in which somebody could ask."""
    Task.objects.filter(status="open").update(status="closed")


def got_through(office: Office, before: Callable[[Office], None]) -> list[str]:
    """The ways that leave something in the book; each is tried as if there had been no other."""
    before(office)
    there = office.left()
    found = []
    for way in WAYS:
        with transaction.atomic():
            way.attempt(office)
            if office.left() != there:
                found.append(str(way))
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("before", [nothing, Office.ask, Office.refuse, no_task])
def test_without_the_grant_no_way_leads_to_the_act(
    before: Callable[[Office], None], office: Office
) -> None:
    assert got_through(office, before) == []


def test_with_the_grant_every_way_leads_to_it(office: Office) -> None:
    assert got_through(office, Office.grant) == [str(way) for way in WAYS]


# --- that no way was forgotten


def writing_addresses() -> set[str]:
    """Addresses that take more than a look: whoever posts to one that only shows is told 405."""
    book = make_book("ours", "欧阳甲")
    client = Client()
    client.force_login(book.manager)
    found = set()
    for name, address in addresses(book):
        if client.post(address).status_code != 405:
            found.add(name)
    return found


def test_every_address_that_writes_is_tried_or_says_why_not() -> None:
    tried = {way.door for way in routes.WAYS}
    unsaid = writing_addresses() - tried - set(routes.NO_WAY)
    assert unsaid == set()


def test_every_command_is_tried_or_says_why_not() -> None:
    tried = {way.door for way in commands.WAYS}
    assert set(commands.doors()) - tried - set(commands.NO_WAY) == set()


def test_the_lists_name_nothing_that_is_gone_nor_twice(capsys: pytest.CaptureFixture[str]) -> None:
    there = {name for name, _words in named(get_resolver().url_patterns)} | set(commands.doors())
    tried = {way.door for way in WAYS}
    said = set(routes.NO_WAY) | set(commands.NO_WAY)
    assert (tried | said) - there == set()
    assert tried & said == set()

    with capsys.disabled():
        print(
            f"\n{len(WAYS)} ways by {len(tried)} addresses and commands to an act that needs"
            f" approval, each without and with the grant; {len(said)} addresses and commands"
            " are no way"
        )
