"""The eight questions of done, undo, note and event: does it; wrong method; other team and organisation; read-only; not
signed in; already done; side effects; number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import people
from tests.book import Book, make_book

from huikuan.casebook.models import Act, CaseEvent, CaseNote, PackVersion, Task
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning.current import catch_up

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲", planned=False)


@made_once
def task(book: Book) -> Task:
    version = PackVersion.objects.get(pack="phone_collection")
    return people.make_task(book.case, book.today, "review_sheet", pack_version=version)


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def addresses(book: Book, task: Task) -> dict[str, str]:
    return {
        "done": reverse("planning:done", args=[task.pk]),
        "undo": reverse("planning:undo", args=[task.pk]),
        "note": reverse("planning:note", args=[book.case.number]),
        "event": reverse("planning:event", args=[book.case.number]),
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_1_forms_come_as_fragments_and_as_pages(book: Book, task: Task, language: str) -> None:
    client = signed_in(book.lead, language)
    for name, address in addresses(book, task).items():
        if name != "undo":
            fragment, page = client.get(address, headers=HTMX), client.get(address)
            assert b"<html" not in fragment.content and b"<form" in fragment.content
            assert page.status_code == 200 and b"<html" in page.content


def test_1_a_task_is_done_and_taken_back_in_its_place(book: Book, task: Task) -> None:
    client, to = signed_in(book.collector), addresses(book, task)
    assert "form" not in client.get(to["done"] + "?folded", headers=HTMX).content.decode()
    empty = client.post(to["done"], {"text": ""}, headers=HTMX)
    assert empty.status_code == 422 and "复核须写明结果" in empty.content.decode()
    done = client.post(to["done"], {"text": "地址有效"}, headers=HTMX)
    assert done.status_code == 200 and "HX-Trigger" not in done, (
        "the row stays as long as it can be taken back"
    )
    assert to["undo"] in done.content.decode() and "地址有效" in done.content.decode()
    back = client.post(to["undo"], headers=HTMX)
    assert "地址有效" in back.content.decode() and Task.objects.get(pk=task.pk).status == "open"


def test_1_without_htmx_the_case_page_follows(book: Book, task: Task) -> None:
    client, to = signed_in(book.lead), addresses(book, task)
    case = reverse("case", args=[book.case.number])
    assert client.post(to["done"], {"text": "x"})["Location"] == case
    assert client.post(to["note"], {"kind": "note", "text": "x"})["Location"] == case
    assert client.post(to["event"], {"kind": "visit_asked", "on": book.today})["Location"] == case


def test_2_wrong_methods(book: Book, task: Task) -> None:
    client, to = signed_in(book.lead), addresses(book, task)
    assert client.get(to["undo"]).status_code == 405
    assert {client.delete(address).status_code for address in to.values()} == {405}


def test_3_another_team_or_organisation_finds_nothing(book: Book, task: Task) -> None:
    other = people.make_user("collector", book.house, team=people.make_team("other", book.house))
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    for user in (other, stranger):
        for address in addresses(book, task).values():
            assert signed_in(user).post(address, {"text": "x"}).status_code == 404


def test_4_who_may_only_look_changes_nothing(book: Book, task: Task) -> None:
    for user in (book.client, people.make_user("quality", book.house)):
        for name, address in addresses(book, task).items():
            assert signed_in(user).post(address, {"text": "x"}).status_code == 403
            if name != "undo":
                assert b"<form method" not in signed_in(user).get(address, headers=HTMX).content
    assert not CaseNote.objects.exists()


def test_5_not_signed_in(book: Book, task: Task) -> None:
    for address in addresses(book, task).values():
        assert Client().post(address)["Location"].startswith("/sign-in/")


def test_6_already_done(book: Book, task: Task) -> None:
    client, to = signed_in(book.lead), addresses(book, task)
    client.post(to["done"], {"text": "x"}, headers=HTMX)
    again = client.post(to["done"], {"text": "y"}, headers=HTMX)
    assert again.status_code == 422 and "未作改动" in again.content.decode()
    for _ in range(2):
        client.post(to["note"], {"kind": "note", "text": "x", "key": "k"}, headers=HTMX)
        answer = client.post(to["event"], {"kind": "visit_asked", "on": book.today}, headers=HTMX)
    assert answer.status_code == 422
    assert (CaseNote.objects.count(), CaseEvent.objects.count()) == (2, 1)


def test_7_looking_writes_nothing(book: Book, task: Task) -> None:
    acts = Act.objects.count()
    for name, address in addresses(book, task).items():
        if name != "undo":
            signed_in(book.lead).get(address)
    assert Act.objects.count() == acts


#: With what is in force read anew: a process that answered before asks six fewer.
@pytest.mark.parametrize(("name", "most"), [("done", 24), ("note", 14), ("event", 22)])
def test_8_number_of_queries(book: Book, task: Task, name: str, most: int) -> None:
    client, address = signed_in(book.lead), addresses(book, task)[name]
    given = {"text": "x", "kind": "visit_asked" if name == "event" else "note", "on": book.today}
    catch_up()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.post(address, given, headers=HTMX).status_code == 200
    assert len(queries) <= most, "\n".join(one["sql"][:110] for one in queries)


def test_a_day_is_the_organisations_own(book: Book, task: Task) -> None:
    signed_in(book.collector).post(addresses(book, task)["done"], {"text": "x"}, headers=HTMX)
    assert CaseNote.objects.get().valid_on == timezone.now().astimezone(people.SHANGHAI).date()
