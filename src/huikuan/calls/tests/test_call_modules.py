"""The modules of the call: how they are served, and what those without a page answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huikuan.calls.tests.test_call_browser import server  # noqa: F401 (the fixture)
from huikuan.web import assets

FOLDER = Path(__file__).resolve().parents[1] / "static" / "calls" / "call"
MAIN = "calls/call/main.js"
LONGEST = 150


def test_no_module_is_long() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in FOLDER.glob("*.js")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_every_module_is_loaded_by_the_page() -> None:
    loaded = {Path(path).name for path in assets.modules(MAIN)}
    assert loaded == {path.name for path in FOLDER.glob("*.js")}


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_module_names_its_neighbours_by_the_address_of_their_content(encoding: str) -> None:
    answer = Client().get(assets.address(MAIN), headers={"accept-encoding": encoding})
    assert "javascript" in answer["Content-Type"]
    assert "immutable" in answer["Cache-Control"]

    sent = assets.content(MAIN).decode()
    imports = re.findall(r'from "\./([\w-]+\.js)\?v=(\w+)"', sent)
    assert len(imports) == len(assets.neighbours(MAIN))
    for name, version in imports:
        assert assets.version(f"calls/call/{name}") == version


def test_a_changed_neighbour_changes_the_address_of_the_module(monkeypatch: Any) -> None:
    before = assets.version("calls/call/note.js")
    raw = assets._raw

    def changed(path: str) -> bytes:
        if path.endswith("text.js"):
            return raw(path) + b"// changed"
        return raw(path)

    monkeypatch.setattr(assets, "_raw", changed)
    for kept in (assets.content, assets.version):
        kept.cache_clear()
    try:
        assert assets.version("calls/call/note.js") != before
    finally:
        monkeypatch.undo()
        for kept in (assets.content, assets.version):
            kept.cache_clear()


@pytest.fixture
def text(server: str, browser: Any) -> Iterator[Any]:  # noqa: F811
    """Calls a function of text.js in a page that has nothing else."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/static/calls/call/text.js")
    address = assets.address("calls/call/text.js")

    def call(name: str, *arguments: object) -> Any:
        return page.evaluate(
            "async ([address, name, given]) => (await import(address))[name](...given)",
            [server + address, name, list(arguments)],
        )

    yield call
    context.close()


@pytest.mark.browser
def test_blanks_are_filled_and_unknown_ones_stay(text: Any) -> None:
    assert text("fill", "pays {amount} on {day}", {"amount": "500"}) == "pays 500 on {day}"


@pytest.mark.browser
def test_a_note_is_a_sentence_of_its_language(text: Any) -> None:
    assert text("sentence", ["承诺还款", "下次联系"], "zh-Hans") == "承诺还款；下次联系。"
    assert text("sentence", ["promises", "calls back"], "en") == "promises; calls back."
    assert text("sentence", [], "en") == ""


@pytest.mark.browser
def test_seconds_are_read_as_a_clock(text: Any) -> None:
    assert [text("minutes", seconds) for seconds in (0, 83, 3600)] == ["00:00", "01:23", "60:00"]


@pytest.mark.browser
def test_an_objection_is_found_by_number_title_and_word(text: Any) -> None:
    objections = [
        {"number": "1", "title": "没有钱", "text": "没有钱 可以分期"},
        {"number": "12", "title": "要投诉", "text": "要投诉 没有关系"},
    ]
    assert text("fitting", objections, "1")["title"] == "没有钱"
    assert text("fitting", objections, "2") is None
    assert text("fitting", objections, "投诉")["number"] == "12"
    assert text("fitting", objections, "分期")["number"] == "1"
    assert text("fitting", objections, "没有")["number"] == "1"
    assert text("fitting", objections, "") is None
