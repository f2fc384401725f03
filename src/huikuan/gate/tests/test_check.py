"""The gate at the act, on the real tables: counters over organisations, local days, what is kept."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act as JournalAct
from huikuan.casebook.models import (
    Agreement,
    Case,
    ContactPoint,
    ContactRecord,
    GateDecision,
    PackVersion,
)
from huikuan.gate.check import Impossible, NotYours, check
from huikuan.gate.options import options
from huikuan.people.models import Organisation, User
from huikuan.people.roles import create_user

ON = dt.date(2026, 11, 23)
NINE = people.moment(ON, 9)
pytestmark = pytest.mark.django_db


def user_of(house: Organisation) -> User:
    user = User.objects.filter(username=f"m.{house.code}").first()
    return user or create_user(f"m.{house.code}", organisation=house, roles=["manager"])


def placed(
    key: str = "", creditor: str = "bank", house: Organisation | None = None, **more: object
) -> tuple[Case, ContactPoint, User]:
    """A consumer case with a mobile, told of the outsourcing, its facts folded."""
    person = people.make_person(people.make_creditor(creditor, house), key=key, **more)
    case = people.make_case(person, items=[(dt.date(2026, 9, 1), 120_00)], told_on=people.PLACED_ON)
    point = people.make_point(case, value="+8613800000001")
    facts.refresh([case.pk])
    return case, point, user_of(case.organisation)


def called(
    case: Case, point: ContactPoint, times: int = 1, on: dt.date = ON, **more: object
) -> None:
    talk = {"connected": True, "answered": "debtor"} | more
    for _ in range(times):
        people.make_contact(case, on, point=point, **talk)
    facts.refresh([case.pk])


def said(decision: GateDecision) -> list[str]:
    return [entry["rule"] for entry in decision.rules]


def test_allowed_and_kept(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    decision = check(case, point, "call", actor=user, at=NINE, style="interactive")
    kept = GateDecision.objects.get(pk=decision.pk)
    assert kept.allowed and kept.rule == "" and kept.rules == [] and kept.earliest_at is None
    assert kept.packs == [version.pk for version in sorted(packs, key=lambda v: v.pack)]
    assert kept.facts["minute"] == 540 and kept.facts["effective_today"] == 0
    assert JournalAct.objects.get(pk=kept.act_id).verb == "gate.check"


def test_asking_without_keeping_writes_nothing(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    check(case, point, "call", actor=user, at=NINE, record=False)
    assert not GateDecision.objects.exists()
    assert not JournalAct.objects.filter(verb="gate.check").exists()


def test_counters_add_up_over_two_organisations(packs: list[PackVersion]) -> None:
    """Two calls by the agency and one by the bank's house make three; neither sees the other's case."""
    mine, point, user = placed("SAME")
    theirs, their_point, other = placed("SAME", "bank2", people.make_agency())
    called(theirs, their_point, 2)
    assert check(mine, point, "call", actor=user, at=NINE, style="interactive").allowed
    called(mine, point, 1)
    decision = check(mine, point, "call", actor=user, at=NINE, style="interactive")
    assert not decision.allowed and decision.rule == "CN-FREQ-TALK"
    assert decision.facts["effective_today"] == 3
    assert decision.earliest_at == people.moment(ON + dt.timedelta(1), 8)
    assert not check(theirs, their_point, "call", actor=other, at=NINE, style="interactive").allowed
    assert list(visible_cases(user)) == [mine] and list(visible_cases(other)) == [theirs]
    assert str(theirs.number) not in str(decision.rules) + str(decision.facts)


def test_another_human_is_not_counted(packs: list[PackVersion]) -> None:
    mine, point, user = placed("ONE")
    theirs, their_point, _ = placed("TWO", "bank2", people.make_agency())
    called(theirs, their_point, 3)
    assert check(mine, point, "call", actor=user, at=NINE, style="interactive").allowed


def test_records_made_before_the_key_was_known_still_count(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    called(case, point, 3, person_key_id=None)
    assert (
        check(case, point, "call", actor=user, at=NINE, style="interactive").rule == "CN-FREQ-TALK"
    )


def test_without_a_key_the_creditors_own_record_counts_and_the_answer_says_so(
    packs: list[PackVersion],
) -> None:
    case, point, user = placed()
    decision = check(case, point, "call", actor=user, at=NINE, style="interactive")
    assert decision.allowed and said(decision) == ["CN-COUNT-JOIN"]
    called(case, point, 3)
    assert (
        check(case, point, "call", actor=user, at=NINE, style="interactive").rule == "CN-FREQ-TALK"
    )


@pytest.mark.parametrize(
    ("record", "counted"),
    [
        ({"seconds": 5}, 0),
        ({"seconds": 6}, 1),
        ({"seconds": None}, 1),
        ({"exchange": None}, 1),
        ({"exchange": False}, 0),
        ({"inbound": True}, 0),
        ({"style": "informing"}, 0),
        ({"style": "unknown"}, 1),
        ({"answered": "stranger"}, 0),
        ({"connected": False}, 0),
        ({"on": ON - dt.timedelta(1)}, 0),
        ({"on": ON + dt.timedelta(1)}, 0),
        ({"channel": "visit"}, 0),
    ],
)
def test_what_counts_as_an_effective_call(
    packs: list[PackVersion], record: dict[str, object], counted: int
) -> None:
    case, point, user = placed("K")
    called(case, point, **record)  # type: ignore[arg-type]
    assert check(case, point, "call", actor=user, at=NINE).facts["effective_today"] == counted


@pytest.mark.parametrize(
    ("record", "counted"),
    [
        ({"style": "informing", "seconds": 2}, 1),
        ({"style": "unknown"}, 1),
        ({"style": "interactive"}, 0),
        ({"connected": False}, 0),
    ],
)
def test_what_counts_as_an_informing_call(
    packs: list[PackVersion], record: dict[str, object], counted: int
) -> None:
    case, point, user = placed("K")
    called(case, point, **record)  # type: ignore[arg-type]
    assert check(case, point, "call", actor=user, at=NINE).facts["informing_today"] == counted


def test_unknown_style_meets_both_caps(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    called(case, point, 3, style="informing")
    assert check(case, point, "call", actor=user, at=NINE, style="unknown").rule == "CN-FREQ-INFORM"
    assert check(case, point, "call", actor=user, at=NINE, style="interactive").allowed


def test_tries_count_by_number_over_organisations_and_only_warn(packs: list[PackVersion]) -> None:
    mine, point, user = placed("SAME")
    theirs, their_point, _ = placed("SAME", "bank2", people.make_agency())
    called(theirs, their_point, 3, connected=False, answered="nobody")
    called(mine, point, 3, connected=False, answered="nobody")
    decision = check(mine, point, "call", actor=user, at=NINE, style="interactive")
    assert decision.allowed and said(decision) == ["CN-FREQ-6"]
    assert decision.rules[0]["strength"] == "advice"
    second = people.make_point(mine, value="+8613800000002")
    assert said(check(mine, second, "call", actor=user, at=NINE, style="interactive")) == []


def test_a_guarantor_has_a_counter_of_their_own(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    guarantor = people.make_point(case, "guarantor", value="+8613800000003")
    called(case, point, 3)
    assert check(case, guarantor, "call", actor=user, at=NINE, style="interactive").allowed
    called(case, guarantor, 3)
    assert (
        check(case, guarantor, "call", actor=user, at=NINE, style="interactive").rule
        == "CN-FREQ-TALK"
    )


def test_third_person_only_while_lost_and_only_to_ask(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    friend = people.make_point(case, "friend", value="+8613800000004")
    assert check(case, friend, "call", actor=user, at=NINE).rule == "CN-3P-LOST"
    called(case, point, 3, connected=False, answered="nobody")
    refused = check(case, friend, "call", actor=user, at=NINE)
    assert refused.rule == "CN-3P-LOST" and refused.earliest_at == people.moment(
        ON + dt.timedelta(1), 8
    )
    tomorrow = NINE + dt.timedelta(1)
    assert check(case, friend, "call", actor=user, at=tomorrow).allowed
    assert (
        check(case, friend, "call", actor=user, at=tomorrow, purpose="collect").rule
        == "CN-3P-PURPOSE"
    )
    people.make_contact(
        case, ON + dt.timedelta(1), point=point, hour=8, connected=True, answered="debtor"
    )
    facts.refresh([case.pk])
    assert check(case, friend, "call", actor=user, at=tomorrow).rule == "CN-3P-LOST"


def test_a_refusal_holds_for_good_and_for_every_organisation(packs: list[PackVersion]) -> None:
    mine, point, user = placed("SAME")
    theirs, _, _ = placed("SAME", "bank2", people.make_agency())
    friend = people.make_point(mine, "friend", value="+8613800000005")
    same = people.make_point(theirs, "relative", value="+8613800000005")
    called(mine, point, 3, on=ON - dt.timedelta(3), connected=False, answered="nobody")
    assert check(mine, friend, "call", actor=user, at=NINE).allowed
    people.make_refusal(same, theirs, ON - dt.timedelta(1))
    decision = check(mine, friend, "call", actor=user, at=NINE)
    assert decision.rule == "CN-3P-STOP" and decision.earliest_at is None
    assert check(mine, friend, "call", actor=user, at=NINE + dt.timedelta(365)).rule == "CN-3P-STOP"


def test_the_local_day_is_the_debtors(packs: list[PackVersion]) -> None:
    """00:30 in Shanghai is still yesterday in UTC, and counts for the new day."""
    case, point, user = placed("K")
    Agreement.objects.create(
        **people._row(case, ON), case=case, from_minute=0, to_minute=120, evidence="录音"
    )
    called(case, point, 3, on=ON)
    half_past = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)
    decision = check(case, point, "call", actor=user, at=half_past, style="interactive")
    assert (
        decision.allowed
        and decision.facts["minute"] == 30
        and decision.facts["effective_today"] == 0
    )
    before = dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC)
    assert (
        check(case, point, "call", actor=user, at=before, style="interactive").facts[
            "effective_today"
        ]
        == 3
    )


def test_agreed_hours_end(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    late = people.moment(ON, 22, 30)
    assert check(case, point, "call", actor=user, at=late).rule == "CN-HOURS"
    row = people._row(case, ON - dt.timedelta(5))
    Agreement.objects.create(
        **row, case=case, from_minute=1320, to_minute=1380, until_on=ON, evidence="录音"
    )
    assert check(case, point, "call", actor=user, at=late).allowed
    assert check(case, point, "call", actor=user, at=late + dt.timedelta(1)).rule == "CN-HOURS"


def test_another_zone(packs: list[PackVersion]) -> None:
    """09:00 in Shanghai is 02:00 in Berlin; the earliest moment is 08:00 there."""
    case, point, user = placed("K", timezone="Europe/Berlin")
    decision = check(case, point, "call", actor=user, at=NINE)
    assert decision.rule == "CN-HOURS"
    assert decision.earliest_at == dt.datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_zone_that_does_not_exist_refuses(packs: list[PackVersion]) -> None:
    case, point, user = placed("K", timezone="Asia/Nowhere")
    decision = check(case, point, "call", actor=user, at=NINE)
    assert (
        decision.rule == "CN-HOURS"
        and decision.rules[0]["unknown"]
        and decision.earliest_at is None
    )


def test_holds_of_case_person_and_item(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    second = people.make_item(case, dt.date(2026, 10, 1), 50_00)
    first = case.items.order_by("pk").first()
    people.make_hold(case, ON, "dispute", "item", item=first)
    facts.refresh([case.pk])
    assert check(case, point, "call", actor=user, at=NINE).allowed
    assert check(case, point, "call", actor=user, at=NINE, item=first).rule == "CN-DISPUTE"
    assert check(case, point, "call", actor=user, at=NINE, item=second).allowed
    people.make_hold(case, ON, "dispute", "item", item=second)
    facts.refresh([case.pk])
    assert check(case, point, "call", actor=user, at=NINE).rule == "CN-DISPUTE"
    people.make_hold(case, ON, "deceased", "person")
    facts.refresh([case.pk])
    decision = check(case, point, "call", actor=user, at=NINE)
    assert decision.rule == "CN-HOLD" and {"CN-HOLD", "CN-DISPUTE"} <= set(said(decision))


def test_an_item_of_another_case_is_unknown(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    other, _, _ = placed("L")
    decision = check(case, point, "call", actor=user, at=NINE, item=other.items.get())
    assert decision.rule == "CN-DISPUTE" and decision.rules[0]["unknown"]


def test_an_agency_waits_for_the_notice(packs: list[PackVersion]) -> None:
    case, point, user = placed("K", "bank2", people.make_agency())
    Case.objects.filter(pk=case.pk).update(told_on=None)
    facts.refresh([case.pk])
    assert check(case, point, "call", actor=user, at=NINE).rule == "CN-TOLD"


def test_an_earlier_day_is_judged_as_it_was(packs: list[PackVersion]) -> None:
    """A hold of today does not refuse what is asked of last week, and the history answers."""
    case, point, user = placed("K")
    people.make_hold(case, ON)
    facts.refresh([case.pk])
    assert check(case, point, "call", actor=user, at=NINE - dt.timedelta(7), record=False).allowed
    assert check(case, point, "call", actor=user, at=NINE, record=False).rule == "CN-HOLD"


def test_letters_and_visits_without_a_point(packs: list[PackVersion]) -> None:
    case, _, user = placed("K")
    assert check(case, None, "letter", actor=user, at=NINE).allowed
    assert check(case, None, "visit", actor=user, at=NINE, staff=2).allowed
    assert check(case, None, "visit", actor=user, at=NINE).rule == "CN-VISIT-2"
    assert check(case, None, "call", actor=user, at=NINE).rule == "CN-POINT-STATUS"


def test_no_rules_or_no_facts_allow_nothing(db: None) -> None:
    case, point, user = placed("K")
    assert check(case, point, "call", actor=user, at=NINE).rule == "NO-RULES"


def test_a_case_without_facts_allows_nothing(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    case.summary.delete()
    assert check(case, point, "call", actor=user, at=NINE).rule == "NO-FACTS"


def test_what_is_no_act_is_not_judged(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    _, other_point, stranger = placed("L", "bank2", people.make_agency())
    with pytest.raises(NotYours):
        check(case, point, "call", actor=stranger, at=NINE)
    for wrong in (
        {"channel": "fax"},
        {"channel": "letter"},
        {"point": other_point},
        {"purpose": "threat"},
        {"style": "loud"},
    ):
        given = {"point": point, "channel": "call"} | wrong
        with pytest.raises(Impossible):
            check(case, actor=user, at=NINE, **given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="time zone"):
        check(case, point, "call", actor=user, at=dt.datetime(2026, 11, 23, 9))
    assert not GateDecision.objects.exists()


def test_options_say_the_same_as_each_check(packs: list[PackVersion]) -> None:
    case, point, user = placed("K")
    people.make_point(case, "friend", value="+8613800000006")
    people.make_point(case, "debtor", "email", value="a@example.invalid")
    people.make_point(case, "debtor", "address", value="某路 1 号")
    unknown = people.make_point(case, "debtor", value="+8613800000007")
    ContactPoint.objects.filter(pk=unknown.pk).update(source="unknown")
    called(case, point, 3)
    found = options(case, user, NINE)
    assert len(found) == 2 * 3 + 1 + 2
    for option in found:
        staff = 2 if option.channel == "visit" else None
        decision = check(
            case, option.point, option.channel, actor=user, at=NINE, staff=staff, record=False
        )
        assert (option.allowed, option.earliest_at) == (decision.allowed, decision.earliest_at)
        assert [s.code for s in option.answer.spoken] == said(decision)
    calls = {(o.point.whose, o.point.pk): o for o in found if o.channel == "call"}
    assert (rule := calls["debtor", point.pk].rule) and rule.code == "CN-FREQ-TALK"


def test_options_are_for_those_who_see_the_case(packs: list[PackVersion]) -> None:
    case, _, _ = placed("K")
    with pytest.raises(NotYours):
        options(case, user_of(people.make_agency()), NINE)


def test_company_debtors_have_business_hours_and_no_consumer_caps(packs: list[PackVersion]) -> None:
    case, point, user = placed("C", kind="company")
    second = people.make_point(case, value="+8613800000008")
    called(case, point, 2)
    called(case, second, 1)
    assert check(case, point, "call", actor=user, at=NINE).rule == "B2B-TALK-DAY"
    assert check(case, second, "call", actor=user, at=NINE).allowed
    evening = people.moment(ON, 19)
    decision = check(case, second, "call", actor=user, at=evening)
    assert decision.rule == "B2B-HOURS" and decision.earliest_at == people.moment(
        ON + dt.timedelta(1), 8, 30
    )


def test_the_order_of_records_never_matters(packs: list[PackVersion]) -> None:
    kinds = [
        {"style": "informing"},
        {"seconds": 5},
        {"inbound": True},
        {"connected": False, "answered": "nobody"},
        {"exchange": None},
    ]
    answers = []
    for key, order in (("A", kinds), ("B", kinds[::-1]), ("C", kinds[2:] + kinds[:2])):
        case, point, user = placed(key)
        for record in order:
            called(case, point, **record)  # type: ignore[arg-type]
        answers.append(check(case, point, "call", actor=user, at=NINE, record=False).facts)
    assert answers[0] == answers[1] == answers[2]
    assert ContactRecord.objects.count() == 15
