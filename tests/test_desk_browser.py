"""A collector's day by the keyboard alone, in a real Chromium. Its requests are answered by the site in this process."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from operator import setitem
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client
from django.urls import reverse

from huikuan.casebook import facts
from huikuan.casebook.models import ContactPoint
from huikuan.desk import clock
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.planning.plan import plan
from tests import people
from tests.book import Book, make_book

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SITE = "http://huikuan.localhost"  # to the browser as trustworthy as the site behind TLS
PASSED_ON = ("accept", "hx-request", "hx-target", "hx-current-url", "x-csrftoken", "content-type")


@made_once
def book() -> Book:
    made = make_book("house", "欧阳甲", planned=False)
    for name, initials in (("陈乙", "CY"), ("李丙", "LB")):
        person = people.make_person(made.case.creditor, name=name, initials=initials)
        case = people.make_case(
            person, collector=made.collector, items=[(people.PLACED_ON, 500_000)]
        )
        people.make_point(case)
        facts.refresh([case.pk])
    plan(made.today, actor=made.manager, at=clock.now(), calendar=china())
    return made


@pytest.fixture
def page(browser: Any, book: Book) -> Iterator[Any]:
    """My day of the collector. Any complaint of the browser fails the test."""
    client = Client()
    client.force_login(book.collector)
    complaints: list[str] = []

    def answer(route: Any) -> None:
        asked = route.request
        parts = urlsplit(asked.url)
        if parts.path.startswith("/static/"):
            found = finders.find(parts.path.removeprefix("/static/"))
            route.fulfill(path=found, content_type=mimetypes.guess_type(parts.path)[0])
            return
        headers = {name: value for name, value in asked.headers.items() if name in PASSED_ON}
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        call = site.submit(
            client.generic, asked.method, address, asked.post_data or "", headers=headers
        )
        given = call.result()
        if given.status_code == 302:  # what a redirect leads to is not asked of this function
            onward = f'<meta http-equiv="refresh" content="0;url={given["Location"]}">'
            route.fulfill(body=onward, content_type="text/html")
            return
        route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.content)

    # Playwright's handlers run in a context of their own, where Django would open another connection
    shared = connections["default"]
    shared.inc_thread_sharing()
    site = ThreadPoolExecutor(1, initializer=lambda: setitem(connections, "default", shared))
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    tab = context.new_page()
    tab.route("**/*", answer)
    tab.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(SITE + reverse("worklist"))
    yield tab
    context.close()
    site.shutdown()
    shared.dec_thread_sharing()
    assert complaints == []


def follow(page: Any, *keys: str) -> str:
    """Presses the keys, the last of which leads to another page; gives its path."""
    *before, last = keys
    for key in before:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(last)
    return urlsplit(page.url).path


def test_a_day_is_worked_without_a_mouse(page: Any, book: Book) -> None:
    first = follow(page, "j", "Enter")
    assert first.startswith("/cases/")
    with page.expect_navigation(url="**/cases/*/"):
        page.keyboard.press("n")
    assert urlsplit(page.url).path != first
    page.keyboard.press("/")
    page.keyboard.type("cy")
    page.wait_for_selector("a[data-found]")
    assert page.locator("a[data-found]").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator("a[data-found]").count() == 0
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    page.wait_for_selector("a[data-found]")
    follow(page, "ArrowDown", "Enter")
    assert "陈*" in page.locator("h1").inner_text()
    assert follow(page, "b") == reverse("worklist")
    assert follow(page, "2") == reverse("worklist")
    assert page.url.endswith("?queue=tomorrow")
    assert follow(page, "g", "z") == reverse("day_end")


def test_a_key_that_may_not_be_used_says_why(page: Any, book: Book) -> None:
    ContactPoint.objects.update(kind="email")
    page.goto(SITE + reverse("case", args=[book.case.number]))
    before = page.url
    page.keyboard.press("c")
    page.locator("#messages", has_text="没有可拨打的号码").wait_for()
    assert page.url == before

    # In a list the row under the cursor is meant, never another one that could be called.
    page.goto(SITE + reverse("worklist"))
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.locator("#messages .hk-message").wait_for()
    assert urlsplit(page.url).path == reverse("worklist")


def test_the_tour_walks_over_the_pages_is_left_and_taken_up_again(page: Any, book: Book) -> None:
    page.goto(SITE + reverse("tour"))
    card = page.locator(".hk-tour")
    follow(page, "s")
    card.wait_for()
    for number in ("2", "3", "4"):
        card.wait_for()
        page.keyboard.press("ArrowRight")
        assert number in card.locator("small").inner_text()
    with page.expect_navigation(url="**/cases/*/"):
        page.keyboard.press("Enter")
    card.wait_for()
    assert "4" in card.locator("small").inner_text()
    page.keyboard.press("Escape")
    assert card.count() == 0
    page.keyboard.press("?")
    assert "下一件" in page.locator("#hk-help").inner_text()


def palette(page: Any, text: str, *more: str) -> str:
    """Ctrl+K, the text, and further keys; where that led."""
    with page.expect_response("**/palette/initials/*"):
        page.keyboard.press("Control+k")
    page.keyboard.type(text)
    if text[-1].isdigit():
        page.wait_for_selector("#hk-palette a[data-found]")
    page.wait_for_selector("#hk-palette .hk-chosen")
    return follow(page, *more, "Enter")


def test_the_palette_finds_a_page_an_act_and_a_case(page: Any, book: Book) -> None:
    page.goto(SITE + reverse("worklist"))
    assert palette(page, "rzxj") == reverse("day_end"), "first letters of a page"
    assert palette(page, "案件") == reverse("cases"), "a word of it"

    case = palette(page, book.case.number)
    assert case == reverse("case", args=[book.case.number])
    assert palette(page, "cfsm") == reverse("case_why", args=[book.case.number]), (
        "an act of this page"
    )

    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    assert not page.locator("#hk-palette").is_visible()
