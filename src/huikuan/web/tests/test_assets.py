"""The files that browsers get: complete, unchanged, light, readable."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[1] / "static" / "web"
VENDOR = STATIC / "vendor"
LISTED = dict(
    re.findall(
        r"^\| (\S+) \|.*\| `([0-9a-f]{64})` \|$", (VENDOR / "VENDORED.md").read_text("utf-8"), re.M
    )
)
COLOURS = (STATIC / "colours.css").read_text("utf-8")
SCHEMES = ("day", "dark")


def test_every_vendored_file_is_listed() -> None:
    files = {path.name for path in VENDOR.iterdir()} - {"VENDORED.md", "LICENSES.txt"}
    assert files == set(LISTED) | {f"{name}.gz" for name in LISTED}


@pytest.mark.parametrize("name", sorted(LISTED))
def test_vendored_file_is_the_one_listed(name: str) -> None:
    content = (VENDOR / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == LISTED[name]
    assert gzip.decompress((VENDOR / f"{name}.gz").read_bytes()) == content


def test_first_visit_is_light() -> None:
    """400 kB for any page on the first visit, a page with charts too; 60 kB of it are left for the page itself."""
    vendored = sum(path.stat().st_size for path in VENDOR.glob("*.gz"))
    own = sum(path.stat().st_size for path in STATIC.glob("*.*"))
    assert vendored + own <= 400_000


def test_style_loads_nothing_from_elsewhere() -> None:
    for path in (STATIC / "huikuan.css", STATIC / "colours.css", VENDOR / "tabler.min.css"):
        text = path.read_text("utf-8")
        assert "@import" not in text
        assert [
            found
            for found in re.findall(r"url\(\s*[\"']?([^\"')]{0,12})", text)
            if not found.startswith("data:")
        ] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("tone", ["neutral", "info", "good", "warn", "bad", "accent", "teal"])
def test_tones_are_readable(tone: str, scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1."""
    ink = colour(f"--hk-{tone}-ink", scheme)
    assert contrast(ink, colour(f"--hk-{tone}-paper", scheme)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("words", ["ink", "quiet", "blue"])
def test_words_are_readable_wherever_they_stand(words: str, scheme: str) -> None:
    for surface in ("paper", "desk", "band", "row-cursor"):
        paper = colour(f"--hk-{surface}", scheme)
        assert contrast(colour(f"--hk-{words}", scheme), paper) >= 4.5, surface


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("filled", ["strong", "strong-under", "danger", "unread"])
def test_words_on_what_is_filled_are_readable(filled: str, scheme: str) -> None:
    assert contrast(colour("--hk-on-strong", scheme), colour(f"--hk-{filled}", scheme)) >= 4.5


def colour(name: str, scheme: str) -> str:
    """`#23282e` for both, or the half of `light-dark(#23282e, #e3e8ed)` that the scheme shows."""
    found = re.search(rf"{name}: (?:light-dark\((#\w+), (#\w+)\)|(#\w+));", COLOURS)
    assert found, name
    both = found[3] or found[1 + SCHEMES.index(scheme)]
    if len(both) == 4:
        return "#" + "".join(digit * 2 for digit in both[1:])
    return both


def contrast(one: str, other: str) -> float:
    def light(code: str) -> float:
        parts = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
