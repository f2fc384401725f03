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
STYLE = (STATIC / "huikuan.css").read_text("utf-8")


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
    for path in (STATIC / "huikuan.css", VENDOR / "tabler.min.css"):
        text = path.read_text("utf-8")
        assert "@import" not in text
        assert [
            found
            for found in re.findall(r"url\(\s*[\"']?([^\"')]{0,12})", text)
            if not found.startswith("data:")
        ] == []


@pytest.mark.parametrize("tone", ["neutral", "info", "good", "warn", "bad", "accent", "teal"])
def test_tones_are_readable(tone: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1."""
    assert contrast(colour(f"--hk-{tone}-ink"), colour(f"--hk-{tone}-paper")) >= 4.5


def test_quiet_text_is_readable() -> None:
    for paper in ("#ffffff", colour("--tblr-body-bg"), "#fafbfc", "#e9f2fc"):
        assert contrast(colour("--hk-quiet"), paper) >= 4.5


def colour(name: str) -> str:
    found = re.search(rf"{name}: (#[0-9a-f]{{6}});", STYLE)
    assert found, name
    return found[1]


def contrast(one: str, other: str) -> float:
    def light(code: str) -> float:
        parts = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
