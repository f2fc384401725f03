"""No page for users shows a name of a procedure's text, except as small print beside its title."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import Task
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from tests import people
from tests.book import Book, make_book

pytestmark = [pytest.mark.django_db, pytest.mark.long]

#: Ids beside the titles of steps are small print; sources are quoted as the pack has them.
SMALL_PRINT = re.compile(
    r"<small.*?</small>|<script.*?</script>|<style.*?</style>|<head.*?</head>"
    r'|<td data-label="来源".*?</td>',
    re.DOTALL,
)
CODE = re.compile(r"[A-Za-z]+_[A-Za-z_]+|\b(?:not|and|or|known)\b")


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲")


def codes_on(address: str, user: User) -> list[str]:
    """What a reader would take for a code."""
    client = Client()
    client.force_login(user)
    page = client.get(address, headers={"accept-language": "zh-hans"})
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>", " ", SMALL_PRINT.sub(" ", page.content.decode()))
    return CODE.findall(text)


@pytest.mark.parametrize("pack", ["phone_collection", "b2b_receivables", "agency_operations"])
def test_the_page_of_a_procedure(pack: str, book: Book) -> None:
    assert codes_on(reverse("pack", args=[pack]), book.manager) == []


def test_why_and_why_not(book: Book) -> None:
    assert codes_on(reverse("case_why", args=[book.case.number]), book.collector) == []


@pytest.mark.parametrize("reason", ["talk_outcome=says_paid", "stage=third"])
@pytest.mark.parametrize("page", ["worklist", "case"])
def test_the_list_and_the_case(page: str, reason: str, book: Book) -> None:
    Task.objects.filter(case=book.case).update(reason=f"{reason}\non={book.today}")
    people.nothing_waits()
    named = [book.case.number] if page == "case" else []
    assert codes_on(reverse(page, args=named), book.collector) == []
