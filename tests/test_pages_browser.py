"""Every main page in a real Chromium can be read and worked by everybody: WCAG 2.2 AA, by keyboard, on a phone, at 200 %."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import people
from tests.book import Book
from tests.site import DESK, PHONE, ZOOMED, Tab, pages, tab
from tests.test_walls import ours  # noqa: F401 (the fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,
    "iframes": False,
}
#: Controls that lie outside the window, where no scrolling of their own reaches them, or whose words are cut.
CUT_OFF = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, label.btn')]
.filter(control => {
    const box = control.getBoundingClientRect();
    const hidden = !control.checkVisibility({visibilityProperty: true}) || !box.width;
    if (hidden || control.closest('.visually-hidden, .hk-skip')) return false;
    for (let around = control.parentElement; around; around = around.parentElement)
        if (/auto|scroll/.test(getComputedStyle(around).overflowX)) return false;
    const clipped = control.matches('a.btn, button, label.btn') && control.scrollWidth > control.clientWidth + 1;
    return box.left < -1 || box.right > innerWidth + 1 || clipped;
}).map(control => control.outerHTML.slice(0, 120))"""
#: Controls that do not show that the keyboard is on them.
NO_RING = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
.filter(control => {
    if (control.disabled || !control.checkVisibility({visibilityProperty: true})) return false;
    const before = getComputedStyle(control).boxShadow;
    control.focus();
    if (document.activeElement !== control) return false;
    const style = getComputedStyle(control);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    return !outlined && style.boxShadow === before;
}).map(control => control.outerHTML.slice(0, 120))"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def violations(page: Any) -> Iterator[str]:
    for rule in Axe().run(page, options=RULES).response["violations"]:
        for node in rule["nodes"][:3]:
            yield f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"


def on_the_desk(page: Any) -> Iterator[str]:
    yield from violations(page)
    if not page.title().split("·")[0].strip():
        yield "no title"
    if page.locator("h1").count() != 1 or not page.locator("h1").inner_text().strip():
        yield "not one h1 with words"
    page.keyboard.press("Tab")
    yield from (f"no focus ring: {control}" for control in page.evaluate(NO_RING))


def in_a_small_window(page: Any, size: dict[str, int]) -> Iterator[str]:
    page.set_viewport_size(size)
    if page.evaluate(TOO_WIDE):
        yield f"scrolls sideways at {size['width']}"
    yield from (f"cut off at {size['width']}: {control}" for control in page.evaluate(CUT_OFF))


def look(opened: Tab, address: str, language: str, *, axe_on_phone: bool) -> Iterator[str]:
    """What is wrong with the page."""
    page = opened.page
    page.set_viewport_size(DESK)
    page.goto(address)
    if language == "zh":
        yield from on_the_desk(page)
        yield from in_a_small_window(page, ZOOMED)
    yield from in_a_small_window(page, PHONE)
    if axe_on_phone:
        yield from violations(page)
    yield from opened.complaints
    opened.complaints.clear()


@pytest.mark.parametrize("role", ["collector", "manager"])
def test_every_page_can_be_read_and_worked_by_everybody(role, request, browser, live_server):
    book: Book = request.getfixturevalue("ours")
    user = (
        book.collector
        if role == "collector"
        else people.make_user(role, book.house, team=book.team)
    )
    found = dict(pages(user, book))
    assert {"worklist", "case", "packs"} <= set(found)
    wrong = []
    for language in ("zh", "en") if role == "manager" else ("zh",):
        with tab(browser, live_server.url, user, language, DESK) as opened:
            for name, address in found.items():
                lines = look(
                    opened,
                    address,
                    language,
                    axe_on_phone=language == "zh" and role == "manager",
                )
                wrong += [f"{name} in {language}: {line}" for line in dict.fromkeys(lines)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sign_in_page_can_be_read_and_worked_by_everybody(language, browser, live_server):
    with tab(browser, live_server.url, None, language, DESK) as opened:
        assert list(look(opened, "/sign-in/", language, axe_on_phone=True)) == []


@pytest.mark.parametrize("role", ["collector", "manager"])
def test_every_page_can_be_read_in_the_dark(role, request, browser, live_server):
    book: Book = request.getfixturevalue("ours")
    user = book.collector
    if role == "manager":
        user = people.make_user(role, book.house, team=book.team)

    wrong = []
    with tab(browser, live_server.url, user, "zh", DESK, scheme="dark") as opened:
        for name, address in pages(user, book):
            opened.page.goto(address)
            wrong += [f"{name}: {line}" for line in dict.fromkeys(violations(opened.page))]
    assert not wrong, "\n".join(wrong)


def test_the_choice_of_colours_is_kept(request, browser, live_server):
    book: Book = request.getfixturevalue("ours")
    paper = "getComputedStyle(document.querySelector('.card')).backgroundColor"

    with tab(browser, live_server.url, book.collector, "zh", DESK) as opened:
        page = opened.page
        page.goto("/")
        by_day = page.evaluate(paper)
        page.locator("[data-scheme-switch]").click()
        in_the_dark = page.evaluate(paper)
        assert in_the_dark != by_day

        page.reload()
        assert page.evaluate(paper) == in_the_dark
        page.locator("[data-scheme-switch]").click()
        assert page.evaluate(paper) == by_day
        assert opened.complaints == []
