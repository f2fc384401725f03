"""One world for all tests of this folder: making it costs more than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.stages import World


@pytest.fixture(scope="package")
def world(
    tmp_path_factory: pytest.TempPathFactory, migrated_home: Path, django_db_blocker: object
) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("crash"), migrated_home, django_db_blocker.unblock)
    yield made
    made.remove()
