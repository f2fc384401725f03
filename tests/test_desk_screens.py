"""Every screen of the desk answers the same eight questions: does it work; wrong method; other team; read-only; not signed in;
already done; side effects; number of queries."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import Act, Reveal, Task
from huikuan.ops.made_once import made_once
from tests import people
from tests.book import Book, make_book

pytestmark = [pytest.mark.django_db, pytest.mark.long]

PAGES = [
    "worklist", "worklist_export", "cases", "case", "case_timeline", "case_why", "packs", "pack", "search", "notices", "day_end",
    "tour",
]  # fmt: skip
OF_A_CASE = ["case", "case_timeline", "case_why", "case_next", "reveal"]


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲")


def address(name: str, book: Book) -> str:
    if name in OF_A_CASE:
        return reverse(name, args=[book.case.number])
    return reverse(name, args=["phone_collection"]) if name == "pack" else reverse(name)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


# does it work


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_it_works_for_everybody_who_may(name, language, book):
    for user in (book.collector, book.lead, book.manager, book.client):
        answer = signed_in(user).get(address(name, book), headers={"accept-language": language})
        assert answer.status_code == 200, (name, user.role_codes)


def test_the_work_list_shows_the_act_its_reason_and_no_full_name(book):
    page = signed_in(book.collector).get(reverse("worklist")).content.decode()
    assert book.case.number in page
    assert "欧阳*" in page
    assert "欧阳甲" not in page
    assert "承诺" in page


def test_the_case_page_shows_who_what_how_and_next(book):
    page = signed_in(book.collector).get(address("case", book)).content.decode()
    for text in (
        "¥11,845.00",
        "本人接听",
        book.case.person.points.get().value_masked,
        "联系方式",
        "下一步",
        "第三次催收",
    ):
        assert text in page, text
    assert "欧阳甲" not in page


def test_why_says_for_every_step_what_decides(book):
    from huikuan.planning import load

    page = signed_in(book.collector).get(address("case_why", book)).content.decode()
    playbook = load.check("phone_collection", load.folders()["phone_collection"]).playbook
    assert playbook is not None
    for step in playbook.steps:
        assert step.id in page


QUERIES = [
    "q=欧阳甲",
    "q=C",
    "queue=overdue",
    "action=call",
    "verdict=allowed",
    "role=all",
    "page=9999",
    "queue=x",
    "q=%25",
]


@pytest.mark.parametrize("query", QUERIES)
def test_filters_never_fail(query, book):
    assert signed_in(book.lead).get(f"{reverse('worklist')}?{query}").status_code == 200
    assert signed_in(book.lead).get(f"{reverse('cases')}?{query}").status_code == 200


def test_a_name_finds_its_case_and_another_does_not(book):
    found = signed_in(book.collector).get(reverse("cases") + "?q=欧阳甲").content.decode()
    missed = signed_in(book.collector).get(reverse("cases") + "?q=司马乙").content.decode()
    assert book.case.number in found
    assert book.case.number not in missed


# wrong method


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_only_looked_at(name, book):
    assert signed_in(book.manager).post(address(name, book)).status_code == 405


@pytest.mark.parametrize("name", ["reveal", "case_next", "notices_read", "plan_today", "sign_out"])
def test_acts_are_only_posted(name, book):
    assert signed_in(book.manager).get(address(name, book)).status_code == 405


# other team, other organisation


@pytest.mark.parametrize("name", OF_A_CASE)
def test_another_team_finds_no_case(name, book):
    stranger = people.make_user("collector", book.house, team=people.make_team("other", book.house))
    call = signed_in(stranger).post if name in ("reveal", "case_next") else signed_in(stranger).get
    assert call(address(name, book), {"field": "name", "reason": "核对"}).status_code == 404


def test_another_teams_lead_sees_nothing_of_it(book):
    other = people.make_user("team_lead", book.house, team=people.make_team("other", book.house))
    page = signed_in(other).get(reverse("worklist")).content.decode()
    assert book.case.number not in page


# read-only


def test_a_client_looks_and_cannot_reveal_or_plan(book):
    client = signed_in(book.client)
    assert (
        client.post(address("reveal", book), {"field": "name", "reason": "核对"}).status_code == 403
    )
    assert client.post(reverse("plan_today")).status_code == 403
    assert client.post(address("case_next", book)).status_code == 403
    assert not Reveal.objects.exists()


def test_a_collector_cannot_plan(book):
    assert signed_in(book.collector).post(reverse("plan_today")).status_code == 403


# not signed in


@pytest.mark.parametrize(
    "name", [*PAGES, "next_case", "case_next", "notices_read", "reveal", "plan_today"]
)
def test_without_sign_in_to_the_sign_in_page(name, book):
    answer = Client().get(address(name, book))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


def test_signing_in_leads_to_the_work_list_and_out_again(book):
    client = Client()
    wrong = client.post(
        reverse("sign_in"), {"username": book.collector.username, "password": "wrong"}
    )
    assert "不正确" in wrong.content.decode()
    right = client.post(
        reverse("sign_in"),
        {"username": book.collector.username, "password": "huikuan"},
        follow=True,
    )
    assert right.request["PATH_INFO"] == reverse("worklist")
    client.post(reverse("sign_out"))
    assert client.get(reverse("worklist")).status_code == 302


# already done, side effects


def test_looking_writes_nothing(book):
    acts, tasks = Act.objects.count(), list(Task.objects.values().order_by("pk"))
    for name in PAGES:
        signed_in(book.manager).get(address(name, book))
    assert Act.objects.count() == acts
    assert list(Task.objects.values().order_by("pk")) == tasks


def test_a_reveal_needs_a_reason_and_is_recorded(book):
    client = signed_in(book.collector)
    point = book.case.person.points.get()
    entry = {"field": "point", "id": point.pk}
    refused = client.post(address("reveal", book), entry)
    assert refused.status_code == 422
    assert not Reveal.objects.exists()
    shown = client.post(address("reveal", book), {**entry, "reason": "回拨"})
    assert shown.content.decode().startswith("+8613")
    reveal = Reveal.objects.select_related("act").get()
    assert (reveal.act.actor, reveal.act.reason, reveal.subject_id) == (
        book.collector,
        "回拨",
        point.pk,
    )


ABSENT = [
    {"field": "point", "id": "99999999"},
    {"field": "point", "id": "x"},
    {"field": "id"},
    {"field": "password"},
    {},
]


@pytest.mark.parametrize("entry", ABSENT)
def test_a_reveal_of_what_is_not_there_shows_nothing(entry, book):
    answer = signed_in(book.collector).post(address("reveal", book), {**entry, "reason": "核对"})
    assert answer.status_code == 404
    assert not Reveal.objects.exists()


def test_planning_twice_changes_nothing(book):
    client = signed_in(book.manager)
    before = Task.objects.count()
    for _ in range(2):
        assert client.post(reverse("plan_today")).status_code == 302
    assert Task.objects.count() == before


# number of queries


@pytest.mark.parametrize(
    ("name", "most"),
    [
        # the side bar asks whoever handles complaints how many are open
        ("worklist", 22),  # with the lines of the own role
        ("cases", 11),
        ("packs", 21),
        ("pack", 13),  # with the history of its versions and the form that decides on them
        ("search", 5),
        ("notices", 7),
        ("day_end", 11),
    ],
)
def test_as_few_queries_for_many_cases_as_for_one(name, most, book, django_assert_max_num_queries):
    for number in range(4):
        make_book("house", f"欧阳{number}", planned=number == 3)
    client = signed_in(book.manager)
    client.get(address(name, book))
    with django_assert_max_num_queries(most):
        client.get(address(name, book))


def test_a_case_page_asks_a_bounded_number_of_queries(book, django_assert_max_num_queries):
    point = book.case.person.points.get()
    for number in range(60):
        people.make_contact(
            book.case, book.today, point=point, hour=8 + number // 10, minute=number % 60
        )
    client = signed_in(book.collector)
    client.get(address("case", book))
    with django_assert_max_num_queries(30):
        client.get(address("case", book))
