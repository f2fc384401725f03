"""What no contract of import-linter says: no circles of files, and keys that leave no doubt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import huikuan
from huikuan.web import navigation, rooms
from tests import circles

MAKEFILE = Path(__file__).parents[1] / "Makefile"


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles.circles(circles.imports_of_the_package()) == set()


@pytest.mark.parametrize(
    ("imports", "found"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}, {frozenset("abc")}),
        ({"a": {"a"}}, {frozenset("a")}),
        ({"a": {"b", "c"}, "b": {"c"}, "c": set()}, set()),
    ],
)
def test_a_circle_is_found_over_any_number_of_files(
    imports: dict[str, set[str]], found: set[frozenset[str]]
) -> None:
    assert circles.circles(imports) == found


def test_the_check_says_which_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert circles.main() == 0
    monkeypatch.setattr(circles, "imports_of_the_package", lambda: {"a": {"b"}, "b": {"a"}})
    assert circles.main() == 1
    assert "these files lead back to each other: a, b" in capsys.readouterr().out
    assert "python tests/circles.py" in MAKEFILE.read_text(encoding="utf-8")


def test_the_keys_of_the_side_bar_leave_no_doubt() -> None:
    navigation.install(rooms.entries())


def test_no_two_advisory_locks_have_one_number() -> None:
    """Whoever takes another's lock waits for work that has nothing to do with its own."""
    numbers = []
    for file in sorted(Path(huikuan.__file__).parent.rglob("*.py")):
        numbers += re.findall(r"^\w*LOCK = (7_305_\d+)", file.read_text("utf-8"), re.MULTILINE)
    assert len(numbers) > 5
    assert len(numbers) == len(set(numbers)), sorted(numbers)
