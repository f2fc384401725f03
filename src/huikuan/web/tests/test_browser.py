"""The keyboard and the frame in a real Chromium, under the content security policy of the settings."""

import mimetypes
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from csp.constants import NONCE
from django.conf import settings
from django.contrib.staticfiles import finders

from huikuan.web import navigation
from huikuan.web.navigation import Entry
from huikuan.web.tests.conftest import Render, make_request, make_user

pytestmark = pytest.mark.browser
SITE = "http://huikuan.test"
LIST = """{% extends "web/base.html" %}{% load huikuan_web %}
{% block heading %}今日作业{% endblock %}
{% block actions %}<a class="btn" href="/next/" data-key="n">下一件<kbd>n</kbd></a>
{% confirm_button "退案" "/back/" "退回委托方？" key="b" %}{% endblock %}
{% block content %}<section class="card"><input type="search" aria-label="搜索">
<table class="table table-sm hk-table" data-rows><thead><tr><th>案号</th></tr></thead><tbody>
{% for n in rows %}<tr><td data-label="案号">
<input type="checkbox" aria-label="选择"> <a href="/cases/{{ n }}/" data-open>C{{ n }}</a></td></tr>{% endfor %}
</tbody></table></section>
{% include "web/chart.html" with id="c" option=option label="拨打" %}{% endblock %}
{% block aside %}<aside class="hk-aside">{% refusal "不可拨打" rows %}{% problem_list problems %}</aside>{% endblock %}
{% block scripts %}{% include "web/chart_scripts.html" %}{% endblock %}"""


def policy() -> str:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(
        f"{name} {' '.join(v for v in values if v is not NONCE)}"
        for name, values in directives.items()
    )


@pytest.fixture
def page(browser: Any, render: Render) -> Iterator[Any]:
    """The list at /work/; other addresses answer with an empty page. Any complaint of the browser fails the test."""
    navigation.install([Entry("作业", "work", key="w"), Entry("首页", "home", key="h")])
    option = {
        "xAxis": {"type": "category", "data": ["a"]},
        "yAxis": {},
        "series": [{"type": "bar", "data": [1]}],
    }
    source = render(
        LIST, make_request("/work/", make_user()), rows=range(1, 6), option=option, problems=[]
    )
    complaints: list[str] = []

    def answer(route: Any) -> None:
        path = urlsplit(route.request.url).path
        head = {"Content-Security-Policy": policy()}
        if path.startswith("/static/"):
            kind = mimetypes.guess_type(path)[0]
            route.fulfill(path=finders.find(path.removeprefix("/static/")), content_type=kind)
        else:
            route.fulfill(
                body=source if path == "/work/" else "<title>x</title>",
                content_type="text/html",
                headers=head,
            )

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    tab.route("**/*", answer)
    tab.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(f"{SITE}/work/")
    yield tab
    context.close()
    assert complaints == []


def row(page: Any) -> int:
    """Number of the row with the cursor, from 1; 0: none."""
    return page.evaluate(
        "[...document.querySelectorAll('tbody tr')].findIndex(r => r.matches('.hk-cursor')) + 1"
    )


def test_rows_are_walked_opened_and_found_again(page: Any) -> None:
    assert row(page) == 0
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    assert row(page) == 2
    page.keyboard.press("x")
    assert page.locator("tbody input").nth(1).is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/2/")
    page.goto(f"{SITE}/work/")
    assert row(page) == 2


def test_search_is_reached_and_left(page: Any) -> None:
    page.keyboard.press("j")
    page.keyboard.press("/")
    page.keyboard.type("jn?x")
    assert page.locator("input[type=search]").input_value() == "jn?x"
    assert row(page) == 1
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert row(page) == 2


def test_help_lists_the_keys_of_the_page(page: Any) -> None:
    page.keyboard.press("?")
    text = page.locator("#hk-help").inner_text()
    for part in ("下一件", "退案", "作业", "首页", "下一行 / 上一行"):
        assert part in text
    page.keyboard.press("n")
    assert page.url.endswith("/work/")
    page.keyboard.press("Escape")
    assert not page.locator("#hk-help").is_visible()


def test_keys_of_the_page_and_of_the_side_bar(page: Any) -> None:
    page.keyboard.press("n")
    page.wait_for_url("**/next/")
    page.goto(f"{SITE}/work/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{SITE}/")


def test_a_grave_act_asks_first(page: Any) -> None:
    page.keyboard.press("b")
    assert "退回委托方？" in page.locator("#hk-confirm").inner_text()
    page.keyboard.press("Escape")
    assert page.url.endswith("/work/")
    page.keyboard.press("b")
    page.locator("#hk-confirm [data-yes]").click()
    page.wait_for_url("**/back/")


def test_chart_is_drawn_under_the_policy(page: Any) -> None:
    page.wait_for_selector("[data-chart] svg")
    page.hover("[data-chart]")


def test_phone_width(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    menu = page.locator("[data-menu]")
    assert not page.locator("#hk-nav").is_visible()
    menu.click()
    assert page.locator("#hk-nav").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#hk-nav").is_visible()


def test_what_stands_in_a_cell_on_a_phone_flows_on_as_one_text(page: Any) -> None:
    """An address and its time beside it are read as a line, not as two columns of single letters."""
    page.set_viewport_size({"width": 390, "height": 844})
    cell = page.evaluate(
        """() => {
        const table = document.createElement('table');
        table.className = 'table hk-table hk-cards-on-phone';
        table.innerHTML = '<tbody><tr><td data-label="To">f****@example.com ' +
            '<a href="/x/">DEMO-1-00001</a> <time>2026-11-28 10:30</time></td></tr></tbody>';
        document.querySelector('main').append(table);
        const cell = table.querySelector('td');
        const parts = [...cell.children].map((part) => part.getBoundingClientRect());
        return {height: cell.getBoundingClientRect().height, narrowest: Math.min(...parts.map((part) => part.width))};
    }"""
    )
    assert cell["height"] < 100
    assert cell["narrowest"] > 60


def test_twice_the_size(page: Any) -> None:
    """200 % zoom at 1440 px is a window of 720 px."""
    page.set_viewport_size({"width": 720, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
