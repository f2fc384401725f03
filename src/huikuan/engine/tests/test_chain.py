"""Chains of approval: boundary amounts on both sides, and every way to write one wrongly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.engine import chain, playbook, vocabulary
from huikuan.engine.chain import REFUSED, Chain, Limit, Station, Wait
from huikuan.engine.read_chain import Known
from huikuan.engine.tests.test_broken_packs import FILES, STEPS

ROLES = ("collector", "team_lead", "administration", "manager", "general_manager", "quality")
WHO = Known(
    deciding=tuple(role for role in ROLES if role != "quality"),
    rights=("decide_money", "decide_holds"),
)
IN_ORDER = """
      by:
        - {role: team_lead, up_to: 5000 CNY, stand_in: administration}
        - {role: manager, up_to: [50000 CNY, 7000 USD]}
        - general_manager
      amount: balance
"""


def read(approval: str, rest: str = "") -> tuple[playbook.Playbook | None, list[str]]:
    """The example pack with this approval of its letter, and `rest` at the end of the playbook."""
    text = f"{STEPS}    approval: {approval.rstrip()}\n{rest}"
    files = FILES | {"playbook.yaml": text}
    book, problems = playbook.read_playbook(files, vocabulary.standard(), roles=ROLES, who=WHO)
    return book, [f"{problem.text()}; {problem.remedy_text()}" for problem in problems]


def chain_of(approval: str) -> Chain:
    book, problems = read(approval)
    assert book is not None, problems
    found = book.step("send_letter").chain
    assert found is not None
    return found


def test_a_role_alone_is_a_chain_of_one() -> None:
    found = chain_of("manager")
    assert found == Chain((Station("manager"),))
    assert found.text == "manager"
    assert found.ends_at(0, None, "")


def test_a_chain_says_everything() -> None:
    found = chain_of(
        IN_ORDER + "      answer_within: {working_days: 2}\n      otherwise: refused\n"
    )

    assert found.by == (
        Station("team_lead", up_to=(Limit(5000_00, "CNY"),), stand_in="administration"),
        Station("manager", up_to=(Limit(50000_00, "CNY"), Limit(7000_00, "USD"))),
        Station("general_manager"),
    )
    assert (found.amount, found.answer_within, found.otherwise) == (
        "balance",
        Wait(2, "working_days"),
        REFUSED,
    )
    assert found.text == (
        "team_lead up to 5000 CNY, then manager up to 50000 CNY, 7000 USD, then general_manager"
    )
    assert found.roles == ("team_lead", "administration", "manager", "general_manager")


@pytest.mark.parametrize(
    ("minor", "currency", "stations"),
    [
        (0, "CNY", 1),
        (5000_00, "CNY", 1),
        (5000_01, "CNY", 2),
        (-5000_00, "CNY", 1),
        (-5000_01, "CNY", 2),
        (50000_00, "CNY", 2),
        (50000_01, "CNY", 3),
        (1, "USD", 2),
        (7000_00, "USD", 2),
        (7000_01, "USD", 3),
        (1, "EUR", 3),
        (None, "", 3),
    ],
)
def test_the_first_whose_amount_covers_it_ends_it(
    minor: int | None, currency: str, stations: int
) -> None:
    """The amount itself is covered; a currency that nobody names goes to the last."""
    found = chain_of(IN_ORDER)
    answers = [found.ends_at(place, minor, currency) for place in range(len(found.by))]
    assert answers.index(True) + 1 == stations


def test_without_amounts_all_answer_in_order() -> None:
    found = chain_of("{by: [team_lead, manager]}")
    assert [found.ends_at(place, 1, "CNY") for place in range(2)] == [False, True]


def test_after_silence_the_role_of_otherwise_decides_the_whole() -> None:
    text = IN_ORDER + "      answer_within: {hours: 4}\n      otherwise: collector\n"
    longer, place = chain_of(text).passed_on(0)
    assert longer.by[place] == Station("collector")
    assert longer.time_at(place) is None
    assert longer.ends_at(place, 10**12, "CNY")


def test_silence_may_go_on_to_the_next_station_and_the_last_one_has_no_time() -> None:
    found = chain_of(IN_ORDER + "      answer_within: {hours: 4}\n      otherwise: next\n")
    assert found.passed_on(0) == (found, 1)
    assert [found.time_at(place) for place in range(3)] == [
        Wait(4, "hours"),
        Wait(4, "hours"),
        None,
    ]
    assert "next" not in found.roles


@pytest.mark.parametrize(
    ("approval", "said"),
    [
        ("manger", "manger is not one of the known values; did you mean manager?"),
        ("quality", "quality only looks, so it can decide nothing"),
        ("{by: []}", "the chain has nobody who answers"),
        ("{by: [manager, team_led]}", "team_led is not one of the known values"),
        ("{by: [manager, manager]}", "manager stands in the chain twice"),
        ("{by: [{role: manager, right: decide_money}]}", "a role or a right, one of the two"),
        ("{by: [{stand_in: manager}]}", "a role or a right, one of the two"),
        ("{by: [{right: decide_mony}]}", "decide_mony is not one of the known values"),
        ("{by: [{role: manager, stand_in: manager}]}", "manager cannot stand in for itself"),
        (
            "{by: [{role: team_lead, stand_in: manager}, manager]}",
            "manager has a station in this chain, and nobody answers twice",
        ),
        (
            "{by: [manager], answer_within: {days: 2}, otherwise: next}",
            "after the only station of the chain there is no next one",
        ),
        (
            "{by: [{role: team_lead, up_to: 5000}, manager], amount: balance}",
            "'5000' is no amount with its currency",
        ),
        (
            "{by: [{role: team_lead, up_to: 5000 XYZ}, manager], amount: balance}",
            "'5000 XYZ' is no amount with its currency",
        ),
        (
            "{by: [{role: team_lead, up_to: 0.001 CNY}, manager], amount: balance}",
            "'0.001 CNY' is no amount with its currency",
        ),
        (
            "{by: [{role: manager, up_to: 5000 CNY}], amount: balance}",
            "above the amount of the last station nobody decides: the chain never ends",
        ),
        (
            "{by: [{role: team_lead, up_to: 500 CNY}, {role: manager, up_to: 500 CNY},"
            " general_manager], amount: balance}",
            "manager may decide no more than somebody before",
        ),
        (
            "{by: [{role: team_lead, up_to: 5000 CNY}, manager]}",
            "it is not said which amount up_to is compared with",
        ),
        ("{by: [manager], amount: balance}", "no station has an amount"),
        (
            "{by: [{role: team_lead, up_to: 5000 CNY}, manager], amount: balanse}",
            "balanse is not one of the known values; did you mean balance?",
        ),
        ("{by: [manager], answer_within: {days: 2}}", "belong together"),
        ("{by: [manager], otherwise: refused}", "belong together"),
        (
            "{by: [manager], answer_within: {days: 2, hours: 1}, otherwise: refused}",
            "one number of one unit",
        ),
        (
            "{by: [manager], answer_within: {days: 0}, otherwise: refused}",
            "0 is outside 1 to",
        ),
        (
            "{by: [manager], answer_within: {days: 2}, otherwise: manager}",
            "manager is in the chain already",
        ),
        (
            "{by: [manager], answer_within: {days: 2}, otherwise: bos}",
            "bos is not one of the known values",
        ),
        ("{by: [manager], by_when: 2}", "unknown key by_when"),
    ],
)
def test_what_cannot_work_is_found(approval: str, said: str) -> None:
    book, problems = read(approval)
    assert book is None
    assert any(said in problem for problem in problems), problems


def test_every_mistake_of_a_chain_is_told_at_once() -> None:
    _book, problems = read("{by: [manger, {role: team_lead, up_to: 5}], otherwise: bos}")
    assert len(problems) >= 4


# --- what the rooms ask for


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("approvals: {correcton: manager}", "unknown key correcton"),
        ("approvals: {correction.wavier: manager}", "unknown key correction.wavier"),
        (
            "approvals: {hold: {by: [{role: team_lead, up_to: 5 CNY}, manager]}}",
            "what is asked for has no amount to compare with",
        ),
        (
            "approvals: {payment: {by: [{role: team_lead, up_to: 5 CNY}, manager],"
            " amount: balance}}",
            "what is asked for has its own amount",
        ),
    ],
)
def test_the_chains_of_the_rooms_are_checked_too(part: str, said: str) -> None:
    book, problems = read("manager", part)
    assert book is None
    assert any(said in problem for problem in problems), problems


def test_a_sort_of_request_has_a_chain_of_its_own() -> None:
    part = """approvals:
  correction.waiver: {by: [{right: decide_money, up_to: 100 CNY}, general_manager]}
  hold: manager
"""
    book, problems = read("manager", part)
    assert book is not None, problems
    assert set(book.approvals) == {"correction.waiver", "hold"}
    waiver = book.approvals["correction.waiver"]
    assert waiver.by[0] == Station(right="decide_money", up_to=(Limit(100_00, "CNY"),))


# --- laws

LIMITS = st.lists(st.integers(0, 10**9), min_size=1, max_size=5, unique=True).map(sorted)


@given(limits=LIMITS, minor=st.integers(-(10**10), 10**10))
def test_more_money_never_needs_fewer_answers(limits: list[int], minor: int) -> None:
    stations = [Station(f"r{n}", up_to=(Limit(m, "CNY"),)) for n, m in enumerate(limits)]
    found = Chain((*stations, Station("last")))

    def answers(amount: int) -> int:
        ends = [found.ends_at(place, amount, "CNY") for place in range(len(found.by))]
        return ends.index(True)

    assert answers(minor) == answers(-minor)
    assert answers(abs(minor) + 1) >= answers(abs(minor))
    assert answers(minor) == sum(limit < abs(minor) for limit in limits)


@given(limits=LIMITS, wait=st.none() | st.builds(Wait, st.integers(1, 9), st.just("hours")))
def test_a_request_keeps_its_chain(limits: list[int], wait: Wait | None) -> None:
    stations = [
        Station(f"r{n}", up_to=(Limit(m, "CNY"),), stand_in="s") for n, m in enumerate(limits)
    ]
    otherwise = REFUSED if wait else ""
    found = Chain((*stations, Station(right="x")), "balance", wait, otherwise)
    assert chain.of_json(found.as_json()) == found


@pytest.mark.parametrize("text", ["5000 CNY", "0.01 CNY", "100 JPY", "1.234 KWD"])
def test_an_amount_is_said_as_it_was_written(text: str) -> None:
    limit = chain.read_limit(text)
    assert limit is not None
    assert limit.text == text


@pytest.mark.parametrize("text", ["5000", "5000CNY", "5,000 CNY", "1.5 JPY", "-5 CNY", "5 cny", ""])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert chain.read_limit(text) is None
