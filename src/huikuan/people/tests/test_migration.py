"""A book of before roles were rows comes over whole: each user keeps the role of the column."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.test_old_books import new_database

from huikuan.people import roles
from huikuan.people.models import User

pytestmark = pytest.mark.long

#: The last state in which the role was a column.
BEFORE = [("people", "0002_numbers_and_accounts")]


@pytest.fixture
def old(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The tables of a book at that state, as it knew them; Django speaks to it."""
    with django_db_blocker.unblock(), new_database(f"roles_{os.getpid()}"):
        executor = MigrationExecutor(connection)
        executor.migrate(BEFORE)
        yield executor.loader.project_state(BEFORE).apps


def test_each_user_keeps_the_role_of_the_column(old: Any) -> None:
    House = old.get_model("people", "Organisation")
    Creditor = old.get_model("people", "Creditor")
    OldUser = old.get_model("people", "User")
    house = House.objects.create(code="old", name="旧机构")
    bank = Creditor.objects.create(organisation=house, code="bank", name="银行")
    for code in ("collector", "team_lead", "system_admin"):
        OldUser.objects.create(username=code, organisation=house, role=code)
    OldUser.objects.create(username="bank", organisation=house, role="client", creditor=bank)

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    held = {
        user.username: user.role_codes for user in User.objects.filter(organisation__code="old")
    }
    assert held == {
        "collector": ("collector",),
        "team_lead": ("team_lead",),
        "system_admin": ("system_admin",),
        "bank": ("client",),
    }
    client = User.objects.get(username="bank")
    assert client.is_client and client.creditor_id == bank.pk
    assert set(roles.known_codes()) == set(roles.shipped_codes())
