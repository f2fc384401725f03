"""Whose tasks a list shows: those that the figures count, and with one act chosen the own ones."""

from __future__ import annotations

import pytest
from tests import people

from huikuan.planning.whose import listed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["manager", "team_lead"])
def test_who_looks_at_others_tasks_finds_the_own_ones_among_those_of_one_act(role: str) -> None:
    user = people.make_user(role, team=people.make_team("phone"))

    assert role not in (listed(user, "").roles or ())

    of_one_act = listed(user, "", of_one_act=True)
    assert {role, "collector"} <= set(of_one_act.roles or ())
    # Whoever holds the case: a manager holds none.
    assert role in of_one_act.house_roles


def test_a_collector_finds_no_others_by_it() -> None:
    user = people.make_user("collector", team=people.make_team("phone"))
    assert listed(user, "", of_one_act=True).users == listed(user, "").users


def test_a_chosen_role_is_shown_alone() -> None:
    user = people.make_user("manager", team=people.make_team("phone"))
    assert listed(user, "collector", of_one_act=True).roles == ("collector",)
