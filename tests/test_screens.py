"""`make screens`: every page of the demo, zh and en, desk and phone, into `docs/screens` with an index."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from huikuan.ops.demo import ensure_demo
from huikuan.people.models import User
from tests.people import SHANGHAI
from tests.pictures import smaller
from tests.screens import Screen, screens
from tests.site import DESK, PHONE, is_page, tab

pytestmark = [pytest.mark.screens, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOLDER = Path(__file__).parent.parent / "docs" / "screens"
CASES = 300
HEAD = """# Screens

Every page with the demo's data, at 1440 × 900 and 390 × 844. Made by `make screens` from `tests/screens.py`; do not edit.

| page | seen by | 中文 | English |
|---|---|---|---|
"""


@pytest.fixture
def in_the_morning(monkeypatch):
    """Half past ten of today: calls may be made, whenever the pictures are."""
    morning = timezone.now().astimezone(SHANGHAI).replace(hour=10, minute=30)
    ahead = morning - timezone.now()
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + ahead)


def test_pictures_of_every_page(browser, live_server, in_the_morning):
    ensure_demo(CASES)
    shown = [(screen, screen.address()) for screen in screens() if opens(screen)]
    for old in FOLDER.glob("*.png"):
        old.unlink()
    complaints = []
    blank = browser.new_page()
    for screen, address in shown:
        user = User.objects.get(username=screen.user) if screen.user else None
        for language in ("zh", "en"):
            with tab(browser, live_server.url, user, language, DESK) as opened:
                opened.page.goto(address)
                for key, seen in screen.keys:
                    opened.page.keyboard.press(key)
                    opened.page.wait_for_selector(seen)
                for size in (DESK, PHONE):
                    opened.page.set_viewport_size(size)
                    drawn = smaller(blank, opened.page.screenshot())
                    (FOLDER / picture(screen, size, language)).write_bytes(drawn)
                complaints += opened.complaints
    (FOLDER / "README.md").write_text(
        HEAD + "".join(line(screen) for screen, _address in shown), encoding="utf-8"
    )
    assert complaints == []


def opens(screen: Screen) -> bool:
    """A page of the list must open for its user; what is only found in the url map may be a file or a fragment."""
    client = Client()
    if screen.user:
        client.force_login(User.objects.get(username=screen.user))
    answer = client.get(screen.address())
    return not answer.streaming and is_page(answer)


def picture(screen: Screen, size: dict[str, int], language: str) -> str:
    return f"{screen.file}-{size['width']}-{language}.png"


def line(screen: Screen) -> str:
    links = [
        " · ".join(
            f"[{size['width']}]({picture(screen, size, language)})" for size in (DESK, PHONE)
        )
        for language in ("zh", "en")
    ]
    stage = f" ({screen.stage})" if screen.stage else ""
    return f"| `{screen.name}`{stage} | {screen.user or 'everybody'} | {' | '.join(links)} |\n"
