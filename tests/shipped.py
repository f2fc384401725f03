"""The packs that ship, for tests of rooms that may not import the one which loads them."""

from __future__ import annotations

from collections.abc import Mapping

from huikuan.planning import load
from tests import people


def load_packs() -> None:
    """All shipped packs as stored versions in force."""
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []


def version_of(pack: str) -> str:
    """The version under which a pack ships."""
    found = load.check(pack, load.folders()[pack]).pack
    assert found is not None
    return found.version


def texts_of(pack: str) -> Mapping[str, str]:
    """The files of a pack: name → text."""
    found = load.check(pack, load.folders()[pack]).pack
    assert found is not None
    return found.files
