"""A pack of the office's own works only when a manager has signed what it says."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse

from huikuan.casebook import packs
from huikuan.casebook.models import Act, PackVersion
from huikuan.desk import clock
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import check
from huikuan.planning import load
from huikuan.planning.approve import MayNotApprove, PackChanged, PackHasErrors, approve
from tests import people
from tests.book import Book, make_book

pytestmark = pytest.mark.django_db
NAME = "phone_collection"


@pytest.fixture
def book() -> Book:
    return make_book("house", "欧阳甲", planned=False)


@pytest.fixture
def own(book: Book, tmp_path: Path, settings) -> Path:
    """The shipped procedure with another version number, in a folder of the office's own."""
    folder = tmp_path / NAME
    shutil.copytree(load.SHIPPED / NAME, folder)
    text = (folder / "pack.yaml").read_text(encoding="utf-8")
    (folder / "pack.yaml").write_text(
        text.replace('version: "', 'version: "own-'), encoding="utf-8"
    )
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": tmp_path})
    return folder


def in_force() -> str:
    return next(
        version.version for version in packs.in_force(clock.now().date()) if version.pack == NAME
    )


def page(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("pack", args=[NAME])).content.decode()


def test_an_own_pack_is_not_in_force_until_a_manager_signs_it(own, book):
    found = load.load_all(at=clock.now())
    assert [(problem.code, problem.severity) for problem in found] == [("pack.unsigned", "warning")]
    assert not in_force().startswith("own-")
    approve(NAME, None, actor=book.manager, at=clock.now())
    assert in_force().startswith("own-")
    assert load.load_all(at=clock.now()) == []
    act = Act.objects.get(verb="planning.approve")
    assert act.actor == book.manager and "own-" in act.reason


@contextmanager
def web_request() -> Iterator[None]:
    """As Client does it: the connection of the test stays open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    request_started.send(None, environ={})
    try:
        yield
    finally:
        request_finished.send(None)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def test_a_page_asks_once_what_is_in_force_and_sees_what_it_signed_itself(
    own, book, django_assert_num_queries
):
    load.load_all(at=clock.now())
    in_force()
    with web_request():
        with django_assert_num_queries(1):
            assert not in_force().startswith("own-")
            assert not in_force().startswith("own-")
        approve(NAME, None, actor=book.manager, at=clock.now())
        assert in_force().startswith("own-")
    # Outside of a request another process may sign between two questions.
    with django_assert_num_queries(2):
        assert in_force() and in_force()


def test_signing_twice_is_one_act(own, book):
    first = approve(NAME, None, actor=book.manager, at=clock.now())
    again = approve(
        NAME, None, actor=people.make_user("general_manager", book.house), at=clock.now()
    )
    assert again.approved_by == first.approved_by == book.manager.username
    assert Act.objects.filter(verb="planning.approve").count() == 1


def test_what_was_changed_after_the_look_is_not_signed(own, book):
    with pytest.raises(PackChanged):
        approve(NAME, "another content", actor=book.manager, at=clock.now())
    (own / "playbook.yaml").write_text("steps: [", encoding="utf-8")
    with pytest.raises(PackHasErrors):
        approve(NAME, None, actor=book.manager, at=clock.now())


@pytest.mark.parametrize("role", ["team_lead", "system_admin", "quality"])
def test_nobody_else_signs(role, own, book):
    user = people.make_user(role, book.house)
    with pytest.raises(MayNotApprove):
        approve(NAME, None, actor=user, at=clock.now())
    client = Client()
    client.force_login(user)
    assert client.post(reverse("pack_approve", args=[NAME])).status_code == 403


def test_an_agency_signs_nothing_for_its_principal(own, book):
    agency = people.make_agency(principal=book.house)
    with pytest.raises(MayNotApprove):
        approve(NAME, None, actor=people.make_user("manager", agency), at=clock.now())


def test_the_manager_signs_on_the_page_what_the_page_shows(own, book):
    assert "未批准" in page_of_list(book.manager)
    assert 'name="hash"' in page(book.manager)
    assert 'name="hash"' not in page(book.collector)
    client = Client()
    client.force_login(book.manager)
    assert client.get(reverse("pack_approve", args=[NAME])).status_code == 405
    checked = load.check(NAME, own)
    assert checked.pack is not None
    client.post(reverse("pack_approve", args=[NAME]), {"hash": checked.pack.hash})
    assert in_force().startswith("own-")
    assert f"{book.manager.username} 批准" in page(book.collector)
    assert Client().post(reverse("pack_approve", args=[NAME])).status_code == 302


def page_of_list(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("packs")).content.decode()


def test_the_command_signs_for_a_named_manager(own, book, capsys, monkeypatch):
    monkeypatch.setattr("huikuan.ops.database.connect", lambda: None)
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    with pytest.raises(CommandError):
        check.run(parser.parse_args([NAME, "--approve", "nobody"]))
    with pytest.raises(CommandError):
        check.run(parser.parse_args([NAME, "--approve", book.lead.username]))
    assert check.run(parser.parse_args([NAME, "--approve", book.manager.username])) == 0
    assert PackVersion.objects.get(approved_by=book.manager.username).version.startswith("own-")
