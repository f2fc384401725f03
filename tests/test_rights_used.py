"""Every right is asked for somewhere: a right that no code names protects nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

import huikuan
from huikuan.people.rights import Right

SOURCE = Path(huikuan.__file__).parent


def sources() -> str:
    """The product without the list of rights itself and without its tests."""
    files = [path for path in SOURCE.rglob("*.py") if "tests" not in path.parts]
    return "\n".join(path.read_text("utf-8") for path in files if path.name != "rights.py")


TEXT = sources()


@pytest.mark.parametrize("right", list(Right))
def test_a_right_is_asked_for(right: Right) -> None:
    assert f"Right.{right.name}" in TEXT
