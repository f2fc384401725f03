"""The worked examples of CONTRIBUTING.md do what the page says."""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as settings_of_django
from django.db import connection
from django.test import Client
from django.urls import clear_url_caches, reverse
from procrastinate.contrib.django.apps import ProcrastinateConfig as QueueRoom

from huikuan.casebook import facts, fold, tables
from huikuan.casebook.models import Case, Clock, PackBinding
from huikuan.clocks.refresh import refresh
from huikuan.engine import moments, subjects, vocabulary
from huikuan.engine.declared import events
from huikuan.engine.fact import Column, Fact, Family, Subject
from huikuan.lib.calendar import china
from huikuan.ops import database
from huikuan.ops.commands import manage
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.approve import approve
from huikuan.planning.explain import explain
from huikuan.planning.plan import plan
from huikuan.planning.tasks import tasks
from huikuan.web import navigation, rooms
from tests import people
from tests.book import Book, make_book
from tests.test_walls import addresses

PAGE = Path(__file__).parent.parent / "CONTRIBUTING.md"
SENT = dt.date(2026, 3, 2)
WORDS = {
    "Column": Column,
    "Event": moments.Event,
    "Fact": Fact,
    "Family": Family,
    "Subject": Subject,
    "Timed": moments.Timed,
}
PACK_YAML = """
pack: parcels
kind: playbook
version: "1"
title: {zh: 回单, en: Receipts}
source: worked example
effective_from: 2020-01-01
"""
TABLE = """
CREATE TABLE example_parcel (
    id bigint PRIMARY KEY, case_id bigint NOT NULL, number text NOT NULL,
    valid_on date NOT NULL, recorded_at timestamptz NOT NULL, signed_on date,
    organisation_id bigint, creditor_id bigint, shard smallint NOT NULL DEFAULT 0
)
"""

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def example(language: str, name: str) -> str:
    """A fenced block of the page, by its language and name."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"```{language} example={name}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def write_files(name: str, folder: Path) -> list[str]:
    """Writes the files that the page shows of an example; their names."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(rf"```\w+ example={name} file=(\S+)\n(.*?)```", text, re.DOTALL)
    for file, content in blocks:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return [file for file, _content in blocks]


@contextmanager
def declared(*changed: Subject) -> Iterator[None]:
    """The registry with these subjects, new or in the place of one of the same name."""
    before = dict(subjects.STANDARD._by_name)
    subjects.STANDARD._by_name = {**before, **{subject.name: subject for subject in changed}}
    _forget()
    try:
        yield
    finally:
        subjects.STANDARD._by_name = before
        _forget()


def _forget() -> None:
    """What a process keeps of its declarations."""
    vocabulary.standard.cache_clear()
    facts._refreshes.cache_clear()
    fold._file.cache_clear()


def test_a_fact_is_one_declaration() -> None:
    fact = eval(example("python", "fact"), dict(WORDS))
    grown = replace(events.EVENTS, facts=(*events.FACTS, fact))
    others = [family for family in subjects.CASE.families if family.name != "events"]
    families = (others[0], grown, *others[1:])  # before those that read it
    case = people.make_case()
    people.make_event(case, SENT, "retained", until_on=SENT + dt.timedelta(30))

    with declared(replace(subjects.CASE, families=families)):
        changed = tables.bring_up_to_date()
        assert [subject.name for subject in changed] == ["case"]
        assert vocabulary.standard().get("first_kept_on") is not None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT first_kept_on FROM casebook_casesummary WHERE case_id = %s", [case.pk]
            )
            assert cursor.fetchone() == (SENT,)
        assert facts.differences() == []


@made_once
def boss() -> User:
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    return people.make_user("manager")


def make_parcels(case: Case) -> None:
    """Two parcels sent on one day, of which one was signed for."""
    rows: list[list[Any]] = [
        [1, case.pk, "P-1", SENT, people.moment(SENT), None],
        [2, case.pk, "P-2", SENT, people.moment(SENT), SENT],
    ]
    owners = [case.organisation_id, case.creditor_id]

    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.executemany(
            "INSERT INTO example_parcel VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [[*row, *owners] for row in rows],
        )


def write_pack(folder: Path) -> None:
    (folder / "parcels").mkdir()
    (folder / "parcels" / "pack.yaml").write_text(PACK_YAML, encoding="utf-8")
    steps = example("yaml", "subject")
    (folder / "parcels" / "playbook.yaml").write_text(steps, encoding="utf-8")
    clocks = example("yaml", "clock")
    (folder / "parcels" / "clocks.yaml").write_text(clocks, encoding="utf-8")


def test_a_subject_is_an_entry_its_table_and_a_pack(boss, settings, tmp_path, monkeypatch) -> None:
    names = dict(WORDS)
    exec(example("python", "subject"), names)
    exec(example("python", "clock"), names)
    monkeypatch.setitem(moments.TIMED, "parcel", names["PARCEL_EVENTS"])
    write_pack(tmp_path)
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": tmp_path})
    creditor = people.make_creditor("supplier", kind="supplier")
    PackBinding.objects.create(
        creditor=creditor, product="goods", pack="parcels", from_on=dt.date(2020, 1, 1)
    )
    person = people.make_person(creditor, kind="company")
    case = people.make_case(person, product="goods", placed_on=SENT, items=[(SENT, 100)])
    people.make_point(case, kind="phone", place="work")
    make_parcels(case)

    with declared(names["PARCEL"]):
        tables.bring_up_to_date()
        facts.refresh([case.pk])
        load.load_all(at=people.moment(SENT))
        sign(boss)
        refresh({"parcel": [1, 2]}, at=people.moment(SENT))
        deadlines = Clock.objects.filter(subject_kind="parcel").order_by("subject_id")
        assert [(each.subject_id, each.met_at is None) for each in deadlines] == [
            (1, True),
            (2, False),
        ]
        assert deadlines[0].due_at == people.moment(SENT + dt.timedelta(11), 0)
        for day, expected in (
            (1, []),
            (2, ["ask_receipt"]),
            (5, ["ask_receipt", "trace_parcel"]),
            (9, ["ask_receipt", "trace_parcel"]),
            (10, ["report_parcel", "trace_parcel"]),
        ):
            on = SENT + dt.timedelta(day)
            plan(on, actor=boss, at=people.moment(on, 7), calendar=china())
            listed = list(tasks(on, user=boss, calendar=china()))
            assert sorted(task.step.id for task in listed) == expected
            assert {(task.subject, task.about) for task in listed} <= {("parcel", "P-1")}

        why = explain(case, on, calendar=china())
        assert {(reason.item, reason.step.id) for reason in why if reason.fires} == {
            ("P-1", "report_parcel"),
            ("P-1", "trace_parcel"),
        }
        assert facts.differences() == []


def test_until_its_table_is_there_one_line_says_which_is_missing(monkeypatch) -> None:
    """The entry stands in the registry, and the migration is not written yet."""
    names = dict(WORDS)
    exec(example("python", "subject"), names)
    with declared(names["PARCEL"]):
        with pytest.raises(database.UnusableBook) as told:
            database.migrate()
        assert "example_parcel" in str(told.value)
        assert "huikuan manage makemigrations" in str(told.value)

        # What writes the migration does not wait for it.
        monkeypatch.setattr(database, "connect", pytest.fail)
        parser = argparse.ArgumentParser()
        manage.arguments(parser)
        words = ["makemigrations", "casebook", "--check", "--dry-run"]
        assert manage.run(parser.parse_args(words)) == 0


def test_a_fact_that_is_never_unknown_says_what_is_so_without_rows() -> None:
    wanted = Fact("times_kept", "int", "留案次数", "times kept", "How often.", "case events")
    with pytest.raises(ValueError, match="coalesce"):
        replace(wanted, always=True, fold="count(*) FILTER (WHERE r.kind = 'retained')")


def sign(boss: User) -> None:
    """An own pack is in force when a manager has signed it."""
    approve("parcels", None, actor=boss, at=people.moment(SENT))


@pytest.fixture
def parcels(settings, tmp_path, monkeypatch) -> Iterator[None]:
    """The room of the page, installed: its own files and its line in the list of rooms."""
    package = tmp_path / "parcels"
    files = write_files("room", package)
    assert {"room.py", "urls.py", "views.py", "tests/walls.py"} < set(files)
    (package / "__init__.py").touch()
    (package / "tests" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    # Another list of rooms makes every room ready again; the queue is made ready once a process.
    monkeypatch.setattr(QueueRoom, "ready", lambda room: None)

    settings.ROOMS = [*settings.ROOMS, "parcels"]
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "parcels"]
    _open_the_site_anew()
    yield

    settings.ROOMS = settings.ROOMS[:-1]
    _open_the_site_anew()
    for name in [name for name in sys.modules if name.split(".")[0] == "parcels"]:
        del sys.modules[name]


def _open_the_site_anew() -> None:
    """What happens at the start of a process: addresses and side bar, as the rooms say them."""
    importlib.reload(importlib.import_module(settings_of_django.ROOT_URLCONF))
    clear_url_caches()
    navigation.install(rooms.entries())


def test_a_room_is_its_own_files_and_a_line_in_the_list(parcels) -> None:
    ours = make_book("ours", "欧阳不可见")
    theirs = make_book("theirs", "司马乙")
    make_parcels_of(ours)
    client = signed_in(ours.collector)

    side_bar = " ".join(client.get(reverse("cases")).content.decode().split())
    assert '<a href="/parcels/" data-go="x">' in side_bar
    page = client.get("/parcels/").content.decode()
    assert ours.case.number in page
    assert theirs.case.number not in page

    of_case = reverse("parcels:of_case", args=[ours.case.number])
    case_page = client.get(reverse("case", args=[ours.case.number])).content.decode()
    assert f'hx-get="{of_case}" hx-target="#case-money"' in " ".join(case_page.split())
    assert "Parcel P-1 sent" in case_page
    assert "欧阳***" in client.get(of_case).content.decode()


def test_the_walls_know_the_addresses_of_a_new_room(parcels) -> None:
    ours = make_book("ours", "欧阳不可见")
    theirs = make_book("theirs", "司马乙")
    of_the_room = {
        name: address for name, address in addresses(ours) if name.startswith("parcels:")
    }
    assert set(of_the_room) == {"parcels:list", "parcels:of_case"}

    stranger = signed_in(theirs.collector)
    assert ours.case.number not in stranger.get(of_the_room["parcels:list"]).content.decode()
    assert stranger.get(of_the_room["parcels:of_case"]).status_code == 404
    assert all(Client().get(address).status_code == 302 for address in of_the_room.values())


def make_parcels_of(book: Book) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(
            "INSERT INTO example_parcel VALUES (1, %s, 'P-1', %s, %s, NULL)",
            [book.case.pk, book.today, people.moment(book.today)],
        )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
