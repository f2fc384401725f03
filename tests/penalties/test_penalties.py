"""A penalty is proposed by a person, told, appealed against, decided by another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import Breach, Clock, Notice, Penalty
from huikuan.clocks.watch import record_breaches
from huikuan.ops.made_once import made_once
from huikuan.penalties.access import open_breaches
from huikuan.penalties.decide import appeal, decide
from huikuan.penalties.propose import ProposalEntry, propose
from huikuan.penalties.sheet import sheet
from huikuan.penalties.wages import Deduction, Standing, deduction_problems
from huikuan.people.models import User
from tests import people
from tests.agency import arrive, load_all
from tests.together import at_once

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 23)
MONTH = dt.date(2026, 11, 1)
#: Wage 6,000, minimum 2,740 (invented for the test), loss 900: 900 may be deducted.
LAWFUL = Deduction(900_00, 900_00, 6_000_00, 2_740_00, "劳动合同第十二条")


def at(hour: int, minute: int = 0, *, days: int = 0) -> dt.datetime:
    return people.moment(ON + dt.timedelta(days=days), hour) + dt.timedelta(minutes=minute)


@dataclass
class Office:
    breach: Breach
    fetcher: User
    supervision: User
    manager: User

    def entry(self, **more: Any) -> ProposalEntry:
        given: dict[str, Any] = {
            "user_id": self.fetcher.pk,
            "kind": "score",
            "reason": "逾时一小时未取回",
            "evidence": "批次时限记录",
        }
        return ProposalEntry(**given | more)


@made_once
def office(db: None) -> Office:
    load_all(at=at(0))
    house = people.make_house()
    fetcher = people.make_user("supply_chain", house)
    bank = people.make_creditor("bank", house)

    arrive(bank, "card_cn", "委案.csv", fetcher, at=at(9))
    assert record_breaches(at(10, 1)) == 1
    return Office(
        Breach.objects.get(),
        fetcher,
        people.make_user("quality_supervision", house),
        people.make_user("manager", house),
    )


@made_once
def proposed(office: Office) -> Penalty:
    done = propose(office.breach.pk, office.entry(), actor=office.supervision, at=at(11))
    assert done.penalty is not None, done.problems
    return done.penalty


def codes(result) -> list[str]:  # type: ignore[no-untyped-def]
    return [each.code for each in result.problems]


def test_nothing_is_proposed_by_itself(office: Office) -> None:
    assert office.breach.penalty is not None and office.breach.penalty["points"] == 2
    assert not Penalty.objects.exists()


def test_from_the_proposal_to_the_corrected_sheet(office: Office, proposed: Penalty) -> None:
    assert Notice.objects.filter(user=office.fetcher, kind="penalty").count() == 1
    decision = {"grant": True, "reason": "", "actor": office.manager}
    early = decide(proposed.pk, at=at(10, 59, days=3), **decision)
    assert codes(early) == ["penalty.appeal_open"], "the days of appeal are not over"
    assert sheet(office.manager, MONTH) == []

    assert decide(proposed.pk, at=at(11, days=3), **decision).done
    (line,) = sheet(office.manager, MONTH)
    assert (line.user, line.points) == (office.fetcher, 2)

    assert appeal(proposed.pk, text="渠道故障", actor=office.fetcher, at=at(12, days=3)).done
    assert sheet(office.manager, MONTH) == [], "the appeal stops it"
    given = {"grant": False, "at": at(13, days=3)}
    same = decide(proposed.pk, reason="情况属实", actor=office.manager, **given)
    assert codes(same) == ["penalty.decide_again"], "an appeal is heard by somebody else"
    other = people.make_user("general_manager", office.fetcher.organisation)
    unanswered = decide(proposed.pk, reason=" ", actor=other, **given)
    assert codes(unanswered) == ["penalty.decide_reason"]
    assert decide(proposed.pk, reason="情况属实", actor=other, **given).done
    assert sheet(office.manager, MONTH) == []
    proposed.refresh_from_db()
    assert (proposed.status, proposed.appeal_answer) == ("refused", "情况属实")


def test_an_appeal_that_was_answered_is_not_brought_again(
    office: Office, proposed: Penalty
) -> None:
    assert appeal(proposed.pk, text="渠道故障", actor=office.fetcher, at=at(12)).done
    again = appeal(proposed.pk, text="渠道故障", actor=office.fetcher, at=at(12))
    assert codes(again) == ["penalty.appealed"]
    granted = decide(proposed.pk, grant=True, reason="渠道正常", actor=office.manager, at=at(13))
    assert granted.done, "an appeal that was heard is decided at once"
    again = appeal(proposed.pk, text="不服", actor=office.fetcher, at=at(14))
    assert codes(again) == ["penalty.over"]


def test_whoever_was_heard_is_not_named_for_the_same_again(
    office: Office, proposed: Penalty
) -> None:
    appeal(proposed.pk, text="当天调休，不在岗", actor=office.fetcher, at=at(12))
    decide(proposed.pk, grant=False, reason="情况属实", actor=office.manager, at=at(13))
    again = propose(office.breach.pk, office.entry(), actor=office.supervision, at=at(14))
    assert codes(again) == ["penalty.before"]

    assert list(open_breaches(office.supervision)) == [office.breach], "another was on duty"
    other = people.make_user("supply_chain", office.fetcher.organisation)
    entry = office.entry(user_id=other.pk)
    assert propose(office.breach.pk, entry, actor=office.supervision, at=at(14)).done
    assert not open_breaches(office.supervision).exists()


def test_a_lifted_breach_leaves_the_sheet(office: Office, proposed: Penalty) -> None:
    decide(proposed.pk, grant=True, reason="", actor=office.manager, at=at(11, days=3))
    assert len(sheet(office.manager, MONTH)) == 1
    Breach.objects.update(lifted_at=at(12, days=3))
    assert sheet(office.manager, MONTH) == []


def test_who_may_do_what(office: Office, proposed: Penalty) -> None:
    given = {"grant": True, "reason": "x", "at": at(12, days=4)}
    assert codes(decide(proposed.pk, actor=office.supervision, **given)) == ["penalty.decide_right"]
    assert codes(decide(proposed.pk, actor=office.fetcher, **given)) == ["penalty.decide_right"]
    own = propose(office.breach.pk, office.entry(), actor=office.fetcher, at=at(12))
    assert codes(own) == ["penalty.right"]

    assert codes(appeal(proposed.pk, text="x", actor=office.manager, at=at(12))) == [
        "penalty.not_named"
    ]
    stranger = people.make_user("manager", people.make_house("other"))
    assert codes(decide(proposed.pk, actor=stranger, **given)) == ["penalty.unknown"]
    assert codes(propose(office.breach.pk, office.entry(), actor=stranger, at=at(12))) == [
        "penalty.breach"
    ]


def test_who_proposes_does_not_decide(office: Office) -> None:
    done = propose(office.breach.pk, office.entry(), actor=office.manager, at=at(11))
    assert done.penalty is not None
    refused = decide(
        done.penalty.pk, grant=True, reason="", actor=office.manager, at=at(11, days=4)
    )
    assert codes(refused) == ["penalty.decide_own"]


def test_a_proposal_is_whole(office: Office) -> None:
    collector = people.make_user("collector", office.fetcher.organisation)
    wrong = office.entry(user_id=collector.pk, kind="warning", reason=" ", evidence="")
    assert codes(propose(office.breach.pk, wrong, actor=office.manager, at=at(11))) == [
        "penalty.person",
        "penalty.reason",
        "penalty.evidence",
        "penalty.kind",
    ]

    Breach.objects.update(explained_at=at(11))
    explained = propose(office.breach.pk, office.entry(), actor=office.manager, at=at(11))
    assert codes(explained) == ["penalty.lifted"]


def test_what_has_no_penalty_in_the_procedure_has_none(office: Office) -> None:
    Breach.objects.update(penalty=None)
    for entry in (office.entry(), office.entry(kind="deduction", deduction=LAWFUL)):
        refused = propose(office.breach.pk, entry, actor=office.manager, at=at(11))
        assert codes(refused) == ["penalty.none"]


@pytest.mark.django_db(transaction=True)
def test_two_who_propose_at_once_propose_one(office: Office) -> None:
    def by(actor: User) -> bool:
        return propose(office.breach.pk, office.entry(), actor=actor, at=at(11)).done

    answers = at_once([lambda: by(office.manager), lambda: by(office.supervision)])
    assert sorted(answers) == [False, True]
    assert Penalty.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"wage_minor": None}, "penalty.wage_unknown"),
        ({"minimum_minor": None}, "penalty.wage_unknown"),
        ({"loss_minor": None}, "penalty.loss"),
        ({"loss_minor": 0}, "penalty.loss"),
        ({"clause": " "}, "penalty.clause"),
        ({"amount_minor": None}, "penalty.no_amount"),
        ({"loss_minor": 899_99}, "penalty.above_loss"),
        ({"wage_minor": 4_499_99, "minimum_minor": 0}, "penalty.above_share"),
        ({"minimum_minor": 5_100_01}, "penalty.below_minimum"),
    ],
)
def test_a_deduction_outside_the_law_is_no_proposal(office, change, code) -> None:
    entry = office.entry(kind="deduction", deduction=replace(LAWFUL, **change))
    refused = propose(office.breach.pk, entry, actor=office.manager, at=at(11))
    assert code in codes(refused)
    assert not Penalty.objects.exists()


def test_the_law_bounds_all_deductions_of_a_month_together() -> None:
    """A fifth of 6,000 is 1,200, whatever the number of deductions."""
    beside = Standing(300_00, 6_000_00, 2_740_00)
    assert list(deduction_problems(LAWFUL, 20, beside)) == []
    too_much = replace(beside, amount_minor=300_01)
    (refused,) = deduction_problems(LAWFUL, 20, too_much)
    assert refused.code == "penalty.above_share"
    assert refused.params["most"] == "¥899.99"

    lower_wage = replace(beside, wage_minor=5_999_99)
    assert [each.code for each in deduction_problems(LAWFUL, 20, lower_wage)] == [
        "penalty.above_share"
    ], "of two wages the lower counts"
    higher_minimum = replace(beside, minimum_minor=4_800_01)
    assert [each.code for each in deduction_problems(LAWFUL, 20, higher_minimum)] == [
        "penalty.below_minimum"
    ]


def test_a_second_deduction_of_the_month_counts_with_the_first(office: Office) -> None:
    entry = office.entry(kind="deduction", deduction=LAWFUL)
    first = propose(office.breach.pk, entry, actor=office.supervision, at=at(11))
    assert first.done

    arrive(office.breach.clock.creditor, "card_cn", "委案二.csv", office.fetcher, at=at(12))
    record_breaches(at(13, 1))
    second = Breach.objects.exclude(pk=office.breach.pk).get()
    refused = propose(second.pk, entry, actor=office.supervision, at=at(14))
    assert codes(refused) == ["penalty.above_share"]
    less = replace(LAWFUL, amount_minor=300_00)
    entry = office.entry(kind="deduction", deduction=less)
    assert propose(second.pk, entry, actor=office.supervision, at=at(14)).done


def test_a_deduction_is_asked_of_the_law_again_when_it_is_decided(office: Office) -> None:
    entry = office.entry(kind="deduction", deduction=LAWFUL)
    done = propose(office.breach.pk, entry, actor=office.supervision, at=at(11)).penalty
    assert done is not None
    Penalty.objects.filter(pk=done.pk).update(wage_minor=4_000_00)  # what was typed was wrong
    decision = {"reason": "", "actor": office.manager, "at": at(11, days=3)}
    assert codes(decide(done.pk, grant=True, **decision)) == ["penalty.above_share"]


def test_a_deduction_within_the_law(office: Office) -> None:
    assert list(deduction_problems(LAWFUL, 20, Standing())) == []
    at_the_limit = Deduction(900_00, 900_00, 4_500_00, 3_600_00, "第十二条")
    assert list(deduction_problems(at_the_limit, 20, Standing())) == [], (
        "a fifth, down to the minimum wage"
    )
    assert [each.code for each in deduction_problems(LAWFUL, None, Standing())] == [
        "penalty.wage_unknown"
    ]

    entry = office.entry(kind="deduction", deduction=LAWFUL)
    done = propose(office.breach.pk, entry, actor=office.supervision, at=at(11))
    assert done.penalty is not None
    decide(done.penalty.pk, grant=True, reason="", actor=office.manager, at=at(11, days=3))
    (line,) = sheet(office.manager, MONTH)
    assert (line.points, line.amount_minor) == (0, 900_00)


# pages


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def addresses(office: Office, penalty: Penalty | None = None) -> dict[str, str]:
    named = {
        "list": reverse("penalties:list"),
        "sheet": reverse("penalties:sheet") + "?month=2026-11",
        "sheet_xlsx": reverse("penalties:sheet_xlsx") + "?month=2026-11",
        "sheet_csv": reverse("penalties:sheet_csv") + "?month=2026-11",
        "propose": reverse("penalties:propose", args=[office.breach.pk]),
    }

    if penalty is not None:
        for name in ("penalty", "appeal", "decide"):
            named[name] = reverse(f"penalties:{name}", args=[penalty.pk])
    return named


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_in_both_languages(office: Office, language: str) -> None:
    client = signed_in(office.manager, language)
    for name, address in addresses(office).items():
        assert client.get(address).status_code == 200, name
    page = client.get(reverse("penalties:list")).content.decode()
    assert {"zh-hans": "一小时内取回", "en": "Fetched within the hour"}[language] in page


def test_pages_ask_who_it_is(office: Office, proposed: Penalty) -> None:
    stranger = signed_in(people.make_user("manager", people.make_house("other")))
    other = signed_in(people.make_user("collector", office.fetcher.organisation))

    for name, address in addresses(office, proposed).items():
        posts = name in ("appeal", "decide")
        for client, expected in ((Client(), {302}), (stranger, {404}), (other, {403, 404})):
            if name in ("list", "sheet", "sheet_xlsx", "sheet_csv") and expected != {302}:
                continue
            form = {"text": "x", "reason": "x"}
            answer = client.post(address, form) if posts else client.get(address)
            assert answer.status_code in expected, (name, expected)
    assert signed_in(office.manager).get(addresses(office, proposed)["decide"]).status_code == 405


def test_the_way_of_a_penalty_on_its_pages(office: Office) -> None:
    supervision = signed_in(office.supervision)
    form = {"user": office.fetcher.pk, "kind": "deduction", "reason": "逾时", "evidence": "记录"}
    wrong = supervision.post(addresses(office)["propose"], form)
    assert wrong.status_code == 422 and "最低工资" in wrong.content.decode()
    supervision.post(addresses(office)["propose"], form | {"kind": "score"})
    penalty = Penalty.objects.get()

    fetcher = signed_in(office.fetcher)
    assert "扣绩效分" in fetcher.get(addresses(office, penalty)["penalty"]).content.decode()
    fetcher.post(addresses(office, penalty)["appeal"], {"text": "渠道故障"})
    manager = signed_in(office.manager)
    empty = manager.post(addresses(office, penalty)["decide"], {"grant": "yes", "reason": ""})
    assert empty.status_code == 422
    manager.post(addresses(office, penalty)["decide"], {"grant": "yes", "reason": "渠道正常"})
    penalty.refresh_from_db()
    assert penalty.status == "granted"

    csv = manager.get(addresses(office)["sheet_csv"]).content.decode("utf-8-sig")
    assert f"{office.fetcher},2,0,0,0.00" in csv
    own = fetcher.get(addresses(office)["sheet"]).content.decode()
    assert str(office.fetcher) in own, "whoever is named sees the own line"


def test_the_clock_of_a_batch_without_a_penalty_is_not_offered(office: Office) -> None:
    Breach.objects.update(penalty=None)
    page = signed_in(office.manager).get(reverse("penalties:list")).content.decode()
    assert reverse("penalties:propose", args=[office.breach.pk]) not in page
    assert Clock.objects.exists()
