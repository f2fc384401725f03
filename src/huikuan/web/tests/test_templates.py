"""What the content security policy refuses, a template must not contain. Every template of the product is looked at."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
ICONS = set(
    re.findall(
        r'<symbol id="([a-z0-9-]+)"',
        (PACKAGE / "web/static/web/vendor/icons.svg").read_text("utf-8"),
    )
)
LONGEST_LINE = 120
FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "event handler": re.compile(r"<[^>%]*\son[a-z]+\s*=\s*[\"']", re.I),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I),
    "script address": re.compile(r"javascript:", re.I),
    "code for eval": re.compile(r"\bhx-(on|vals\s*=\s*[\"']js)", re.I),
    "something from the network": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.I),
}


def ids(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_nothing_that_the_policy_refuses(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [what for what, form in FORBIDDEN.items() if form.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_compiles(path: Path) -> None:
    get_template(str(path.relative_to(path.parents[len(path.relative_to(PACKAGE).parts) - 3])))


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_icons_exist(path: Path) -> None:
    used = re.findall(r'{% icon "([^"]+)"|icon="([a-z0-9-]+)"', path.read_text("utf-8"))
    assert {one or other for one, other in used} <= ICONS


def test_icons_of_the_code_exist() -> None:
    for path in [*PACKAGE.glob("*/room.py"), *PACKAGE.glob("*/happened.py")]:
        assert set(re.findall(r'icon="([a-z0-9-]+)"', path.read_text("utf-8"))) <= ICONS, path


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "405", "500"])
def test_error_pages_need_nothing(code: str) -> None:
    """500 is rendered without request and context; the others must also survive that."""
    page = get_template(f"{code}.html").render()
    assert code[:3] in page
    assert 'lang="zh-Hans"' in page
    assert "回到首页" in page


@pytest.mark.parametrize("path", TEMPLATES, ids=ids)
def test_no_line_is_longer_than_a_screen(path: Path) -> None:
    """What stands far to the right is not read, and a change of it cannot be seen in a comparison of lines."""
    lines = path.read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST_LINE] == []
