"""The rule packs in force, as the gate's own tests store them; for the call, all shipped packs, loaded once for a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.shipped import load_packs

from huikuan.calls.tests.call import Room, make_room
from huikuan.casebook.models import PackVersion, Step
from huikuan.gate.tests.conftest import packs as packs
from huikuan.ops.made_once import made_once


@pytest.fixture(scope="module")
def procedures(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Compiling rules takes longer than any test here, so the packs outlive the transaction of one test."""
    with django_db_blocker.unblock():
        load_packs()
    yield
    with django_db_blocker.unblock():
        PackVersion.objects.all().delete()
        Step.objects.all().delete()


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room()
