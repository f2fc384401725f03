"""Colours have one place, and a page follows the choice of its browser."""

import re
from pathlib import Path

import pytest
from django.test import RequestFactory

PACKAGE = Path(__file__).resolve().parents[2]
PLACE = PACKAGE / "web/static/web/colours.css"
OURS = [
    path
    for pattern in ("*/static/**/*.css", "*/static/**/*.js", "*/templates/**/*.html")
    for path in sorted(PACKAGE.glob(pattern))
    if "vendor" not in path.parts and path != PLACE
]
#: A number, a function, or one of the names that are used at all. `white-space` is none.
RAW = re.compile(
    r"(?<![\w&/-])#[0-9a-f]{3,8}\b(?![\w-])|\b(?:rgb|hsl|oklch|lab|lch)a?\("
    r"|:\s*(?:white|black|gray|red|green|blue|yellow|orange)\b",
    re.I,
)
DEFINED = re.compile(r"--hk-([a-z0-9-]+):")
USED = re.compile(r"var\(--hk-([a-z0-9-]+)\)")


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_other_file_names_a_colour(path: Path) -> None:
    assert RAW.findall(path.read_text("utf-8")) == []


def test_every_colour_that_is_used_exists_and_every_one_that_exists_is_used() -> None:
    defined = set(DEFINED.findall(PLACE.read_text("utf-8")))
    texts = [path.read_text("utf-8") for path in [*OURS, PLACE]]
    used = {name for text in texts for name in USED.findall(text)}
    own = {name for text in texts for name in DEFINED.findall(text)}

    assert used - own == set()
    charts = {name for name in defined if name.startswith("chart-")}
    assert defined - charts - used == set()


@pytest.mark.parametrize(
    ("cookie", "scheme"), [("dark", "dark"), ("light", "light"), ('"><script>', ""), (None, "")]
)
def test_a_page_is_sent_in_the_colours_that_were_chosen(render, cookie, scheme) -> None:
    request = RequestFactory().get("/")
    if cookie:
        request.COOKIES["hk_scheme"] = cookie
    assert render("{% scheme %}", request=request) == scheme
