"""Of two versions of a procedure no approval is less than either of them wants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.engine.both_chains import both
from huikuan.engine.chain import REFUSED, Chain, Limit, Station, Wait

RANKS = {"team_lead": 1, "manager": 2, "general_manager": 3, "finance": 0}


def chain(*stations: str) -> Chain:
    """`team_lead 5000` decides up to 5000 CNY."""
    by = []
    for text in stations:
        role, _, yuan = text.partition(" ")
        limits = (Limit(int(yuan) * 100, "CNY"),) if yuan else ()
        by.append(Station(role, up_to=limits))
    return Chain(tuple(by), "balance")


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        ("manager", "general_manager", "general_manager"),
        ("general_manager", "manager", "general_manager"),
        (
            "team_lead, manager, general_manager",
            "general_manager",
            "team_lead, then manager, then general_manager",
        ),
        (
            "team_lead 5000, manager",
            "team_lead 500000, manager",
            "team_lead up to 5000 CNY, then manager",
        ),
        ("team_lead 5000, manager", "manager", "team_lead, then manager"),
        ("general_manager", "finance", "general_manager, then finance"),
        ("team_lead 5000, manager", "finance", "team_lead, then manager, then finance"),
        ("team_lead, manager", "manager, team_lead", "manager, then team_lead"),
        (
            "team_lead 5000, manager 20000, general_manager",
            "team_lead 10000, general_manager",
            "team_lead up to 5000 CNY, then manager up to 10000 CNY, then general_manager",
        ),
    ],
)
def test_whoever_one_of_them_asks_is_asked(before: str, now: str, asked: str) -> None:
    found = both(chain(*before.split(", ")), chain(*now.split(", ")), RANKS)
    assert found.text == asked


def test_limits_of_different_facts_bound_nothing() -> None:
    of_balance = chain("team_lead 5000", "manager")
    of_item = Chain(of_balance.by, "item_open")
    assert both(of_balance, of_item, RANKS).text == "team_lead, then manager"


def test_a_stand_in_of_one_version_alone_does_not_answer() -> None:
    with_another = Chain((Station("manager", stand_in="finance"),))
    for pair in ((chain("manager"), with_another), (with_another, chain("manager"))):
        assert [station.stand_in for station in both(*pair, RANKS).by] == [""]


def test_silence_that_one_version_does_not_know_is_no_answer() -> None:
    refused = Chain((Station("manager"),), answer_within=Wait(2, "days"), otherwise=REFUSED)
    higher = Chain((Station("manager"),), answer_within=Wait(2, "days"), otherwise="finance")
    assert both(refused, refused, RANKS).otherwise == REFUSED
    for other in (higher, chain("manager")):
        found = both(refused, other, RANKS)
        assert (found.otherwise, found.answer_within) == ("", None)


def _chains() -> st.SearchStrategy[Chain]:
    texts = st.sampled_from(["team_lead", "manager", "general_manager", "finance"])
    roles = st.lists(texts, min_size=1, max_size=4, unique=True)
    yuan = st.lists(st.sampled_from(["", " 1", " 2", " 3"]), min_size=4, max_size=4)

    return st.builds(_limited, roles, yuan)


def _limited(roles: list[str], yuan: list[str]) -> Chain:
    """A chain of these roles; the last one has no amount."""
    limits = [*yuan[: len(roles) - 1], ""]
    return chain(*(role + limit for role, limit in zip(roles, limits, strict=True)))


def who_agreed(asked: Chain, minor: int) -> list[str]:
    """Whose answers a request of this amount has when it is granted."""
    found = []
    for place, station in enumerate(asked.by):
        found.append(station.role)
        if asked.ends_at(place, minor, "CNY"):
            break
    return found


def satisfied(wanted: list[str], agreed: list[str]) -> bool:
    """Whether each wanted answer was given by its role or by one above, each by another one."""
    left = list(agreed)
    for role in sorted(wanted, key=lambda role: -RANKS[role]):
        above = [other for other in left if other == role or 0 < RANKS[role] < RANKS[other]]
        if not above:
            return False
        left.remove(min(above, key=lambda other: RANKS[other]))
    return True


@given(_chains(), _chains(), st.sampled_from([50, 100, 101, 200, 201, 300, 301]))
def test_what_is_granted_was_agreed_to_as_either_version_wants(
    first: Chain, second: Chain, minor: int
) -> None:
    agreed = who_agreed(both(first, second, RANKS), minor)
    assert satisfied(who_agreed(first, minor), agreed)
    assert satisfied(who_agreed(second, minor), agreed)
