"""What was signed is followed, and nothing else: a version that somebody changed in the database
afterwards is named and followed by nobody.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from huikuan.casebook import compiled, packs
from huikuan.casebook.models import PackVersion, Task
from huikuan.lib.calendar import china
from huikuan.ops import cli, doctor_procedures
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning.plan import PackChanged, plan
from huikuan.planning.roles_named import named
from tests.book import Book, make_book

pytestmark = pytest.mark.django_db
CACHES = (packs._playbook, packs._limits, packs._words, packs._version)


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing that is read here stays read."""
    monkeypatch.setattr(compiled, "_texts", {})
    yield
    forget()


def forget() -> None:
    """What follows is asked as by a process that begins."""
    for cache in CACHES:
        cache.cache_clear()
    compiled._texts.clear()


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲", planned=False)


def make_plan(book: Book, user: User) -> int:
    plan(book.today, actor=user, at=timezone.now(), calendar=china())
    return Task.objects.filter(case=book.case).count()


def change(name: str, before: str, after: str) -> PackVersion:
    """Somebody writes past the product; the hash and the signature stay as they are."""
    version = PackVersion.objects.get(pack=name)
    files = dict(version.content)
    assert before in files["playbook.yaml"]
    files["playbook.yaml"] = files["playbook.yaml"].replace(before, after)
    PackVersion.objects.filter(pk=version.pk).update(content=files)
    forget()
    return version


def test_a_text_that_was_changed_is_followed_by_nobody(book: Book) -> None:
    version = change("phone_collection", "approval: manager", "approval: team_lead")
    with pytest.raises(packs.ChangedVersion):
        packs.playbook_of(version)
    with pytest.raises(PackChanged):
        make_plan(book, book.manager)


def test_the_day_is_planned_all_the_same_where_nobody_follows_it(book: Book) -> None:
    change("b2b_receivables", "approval: proprietor", "approval: collector")
    assert make_plan(book, book.manager) > 0


def test_the_roles_of_the_other_procedures_are_told(book: Book) -> None:
    before = named(book.house, book.today)
    change("b2b_receivables", "approval: proprietor", "approval: collector")
    assert named(book.house, book.today) == before


def test_a_command_says_it_in_one_line(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    change("phone_collection", "approval: manager", "approval: team_lead")
    case = book.case.number
    assert cli.main(["explain", case, "--organisation", book.house.code]) == 1
    assert "huikuan doctor" in capsys.readouterr().err


def test_doctor_names_it_and_nothing_else() -> None:
    make_book("house", "欧阳甲", planned=False)
    assert list(doctor_procedures.signed()) == []
    version = change("phone_collection", "approval: manager", "approval: team_lead")
    [found] = doctor_procedures.signed()
    assert (found.verdict, version.pack in found.text) == ("fail", True)


def test_a_compiled_text_of_somebody_else_is_made_anew(book: Book) -> None:
    demanded = make_plan(book, book.manager)
    assert demanded > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT compiled FROM casebook_packversion WHERE pack = 'phone_collection'")
        kept = json.loads(cursor.fetchone()[0])
    assert kept

    version = PackVersion.objects.get(pack="phone_collection")
    version.compiled = {
        key: text.replace("SELECT", "SELECT /* another */", 1) for key, text in kept.items()
    }
    version.save(update_fields=["compiled"])
    forget()
    plan(book.today + dt.timedelta(1), actor=book.manager, at=timezone.now(), calendar=china())

    version.refresh_from_db()
    asked = [key for key in kept if version.compiled[key] == kept[key]]
    assert asked, "what the plan read was made anew"
    assert not any("another" in text for text in compiled._texts.values())
