"""A book of before roles were rows comes over whole: each user keeps the role of the column."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huikuan.people import roles
from huikuan.people.models import User

pytestmark = pytest.mark.long

#: The last state in which the role was a column.
BEFORE = [("people", "0002_numbers_and_accounts")]


def migrated(targets: list[tuple[str, str]]) -> Any:
    """The book at this state, and its tables as that state knew them."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def newest() -> list[tuple[str, str]]:
    """The last migration of every room: going back in people takes later ones of others along."""
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_each_user_keeps_the_role_of_the_column() -> None:
    after = newest()
    old = migrated(BEFORE)
    try:
        House = old.get_model("people", "Organisation")
        Creditor = old.get_model("people", "Creditor")
        OldUser = old.get_model("people", "User")
        house = House.objects.create(code="old", name="旧机构")
        bank = Creditor.objects.create(organisation=house, code="bank", name="银行")
        for code in ("collector", "team_lead", "system_admin"):
            OldUser.objects.create(username=code, organisation=house, role=code)
        OldUser.objects.create(username="bank", organisation=house, role="client", creditor=bank)
    finally:
        migrated(after)

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
