"""Outcome codes that ship."""

import pytest

from huikuan.engine import outcomes, scripts
from huikuan.engine.tests.test_scripts import PACKS, files


def read(pack: str) -> outcomes.Outcomes:
    found, problems = outcomes.read_outcomes(files(pack), scripts.ids(files(pack)))
    assert found is not None and not problems
    return found


def test_everyone_who_may_answer_has_outcomes() -> None:
    assert [answer.who for answer in read("phone_collection").answers] == list(outcomes.WHO)


@pytest.mark.parametrize("pack", PACKS)
def test_only_the_debtor_is_right_party_and_promises(pack: str) -> None:
    for outcome in read(pack):
        assert outcome.right_party <= (outcome.who == "debtor")
        assert ("promise" in outcome.needs) <= outcome.right_party
        assert outcome.connected == (outcome.who != "nobody")


def test_the_eight_situations() -> None:
    sources = " ".join(outcome.source["zh"] for outcome in read("phone_collection"))
    assert all(f"P9 ({number})" in sources for number in range(1, 9))


def test_third_persons_may_refuse_for_good() -> None:
    found = read("phone_collection")
    for who in ("relative", "colleague", "friend", "other"):
        refusal = found.outcome(who, "refuses_contact")
        assert refusal is not None and refusal.refusal and refusal.point == "refused"
        answer = found.answer(who)
        assert answer is not None and answer.script == "relay_only"


def test_what_an_outcome_sets() -> None:
    found = read("phone_collection")
    dead = found.outcome("relative", "deceased")
    assert (
        dead is not None
        and dead.hold == outcomes.HoldProposal("deceased", "person")
        and dead.needs == ("note",)
    )
    off, suspended = found.outcome("nobody", "switched_off"), found.outcome("nobody", "suspended")
    assert (
        off is not None
        and off.point == ""
        and suspended is not None
        and suspended.point == "suspended"
    )
    owner = found.outcome("stranger", "new_owner")
    assert owner is not None and owner.point == "stranger" and "promise" not in owner.needs
    assert found.outcome("debtor", "nothing") is None
    assert found.codes()["promised"] == {"zh": "承诺还款", "en": "promises to pay"}


def test_a_pack_without_outcomes_has_none() -> None:
    assert outcomes.read_outcomes({}, []) == (None, [])
