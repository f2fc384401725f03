"""Which version of which pack is in force for whom: by rows that somebody said."""

from __future__ import annotations

import datetime as dt
import importlib
import random

import pytest
from django.apps import apps

from huikuan.casebook import bindings, facts, packs
from huikuan.casebook.models import Act, Case, PackActivation, PackBinding, PackVersion, Task
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, User
from huikuan.planning.activate import Scope, activate, history, roll_back, take_back
from huikuan.planning.not_activated import (
    AlreadyTakenBack,
    BeforeEffective,
    HasBegun,
    MayNotActivate,
    NothingBefore,
    NotSigned,
    RolledBackAlready,
    RulesHoldForAll,
)
from huikuan.planning.plan import plan
from tests import people
from tests.shipped import load_packs, texts_of, version_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY = dt.timedelta(1)
TODAY = dt.date(2026, 11, 23)
AT = people.moment(TODAY, 9)
FIRST = dt.date(2020, 1, 1)
SHIPPED = version_of("phone_collection")
rows_of_the_migration = importlib.import_module("huikuan.casebook.migrations.0019_activation_rows")


@made_once
def boss() -> User:
    return people.make_user("manager")


def version(
    name: str, *, pack: str = "first", effective: dt.date = FIRST, by: str = "boss", **more: object
) -> PackVersion:
    """A stored version without a text."""
    texts = {"kind": "playbook", "content": {}, "loaded_at": AT, "hash": f"{pack}-{name}"}
    columns = texts | more
    return PackVersion.objects.create(
        pack=pack,
        version=name,
        effective_from=effective,
        approved_by=by,
        **columns,
    )


def held(on: dt.date, known_at: dt.datetime | None = None) -> list[str]:
    """The versions in force on the day."""
    return [found.version for found in packs.in_force(on, known_at)]


# --- the old rule and its rows


def by_the_old_rule(on: dt.date) -> list[int]:
    """The newest signed version that was effective on the day, of each pack."""
    signed = PackVersion.objects.filter(effective_from__lte=on).exclude(approved_by="")
    newest = signed.order_by("pack", "-effective_from", "-id").distinct("pack")
    return [found.pk for found in newest]


def bound_by_the_old_rule(on: dt.date) -> set[tuple[int, str, str]]:
    """Of each creditor and product the bindings of the newest day."""
    found = set()
    for row in PackBinding.objects.filter(from_on__lte=on):
        same = PackBinding.objects.filter(creditor=row.creditor, product=row.product)
        newest = same.filter(from_on__lte=on).order_by("-from_on").first()
        assert newest is not None
        if newest.from_on == row.from_on:
            found.add((row.creditor_id, row.product, row.pack))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_rows_of_an_old_book_give_every_day_the_answer_that_it_had(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(chance.randint(1, 12)):
        version(
            f"v{number}",
            pack=chance.choice(["first", "second", "rules"]),
            effective=FIRST + chance.randint(0, 30) * DAY,
            by=chance.choice(["boss", "boss", ""]),
        )
    creditors = [people.make_creditor("bank"), people.make_creditor("shop")]
    for _number in range(chance.randint(0, 12)):
        PackBinding.objects.create(
            creditor=chance.choice(creditors),
            product=chance.choice(["card", "loan", ""]),
            pack=chance.choice(["first", "second"]),
            from_on=FIRST + chance.randint(0, 30) * DAY,
        )
    days = [FIRST + n * DAY for n in range(-1, 33)]
    expected = {on: (by_the_old_rule(on), bound_by_the_old_rule(on)) for on in days}

    rows_of_the_migration.activations(apps, None)
    rows_of_the_migration.bindings(apps, None)

    for on in days:
        in_force = [found.pk for found in packs.in_force(on)]
        assert (in_force, set(packs.holding(on).bound)) == expected[on], on


# --- activation


def test_the_first_version_holds_from_its_own_day_a_later_one_never_before_today(
    boss: User,
) -> None:
    activate(version("1"), actor=boss, at=AT)
    assert held(FIRST - DAY) == []
    assert held(FIRST) == ["1"]

    activate(version("2", effective=FIRST + DAY), actor=boss, at=AT)
    assert held(TODAY - DAY) == ["1"]
    assert held(TODAY) == ["2"]
    third = activate(version("3"), actor=boss, at=AT, from_on=FIRST + DAY)
    assert third.from_on == TODAY


def test_a_coming_version_waits_for_its_day(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    row = activate(version("2", effective=TODAY + 3 * DAY), actor=boss, at=AT)
    assert held(TODAY + 2 * DAY) == ["1"]
    assert held(TODAY + 3 * DAY) == ["2"]
    assert [
        line.state for line in history("first", TODAY, boss.organisation) if line.row == row
    ] == ["coming"]


def test_an_activation_that_ends_gives_its_days_back(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    activate(version("2"), actor=boss, at=AT, until_on=TODAY + 2 * DAY)
    assert [held(TODAY + n * DAY) for n in range(4)] == [["2"], ["2"], ["1"], ["1"]]


def test_a_roll_back_is_a_row_of_its_own_and_is_not_rolled_back(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    second = version("2")
    activate(second, actor=boss, at=AT + 1 * DAY)
    assert held(TODAY + DAY) == ["2"]

    back = roll_back("first", actor=boss, at=AT + 3 * DAY, reason="too many calls")
    assert [held(TODAY + n * DAY) for n in range(5)] == [["1"], ["2"], ["2"], ["1"], ["1"]]
    assert back.act is not None and back.act.reason == "too many calls"
    told = history("first", TODAY + 3 * DAY, boss.organisation)
    assert [(line.row.version.version, line.state, line.until_on) for line in told] == [
        ("1", "in force", None),
        ("2", "ended", TODAY + 3 * DAY),
        ("1", "ended", TODAY + DAY),
    ]

    second_boss = people.make_user("manager")
    with pytest.raises(RolledBackAlready) as told:
        roll_back("first", actor=second_boss, at=AT + 4 * DAY)
    assert boss.username in told.value.sentence
    assert held(TODAY + 4 * DAY) == ["1"]

    # Forward again by saying so; and that may be rolled back once more.
    activate(second, actor=boss, at=AT + 5 * DAY)
    assert held(TODAY + 5 * DAY) == ["2"]
    roll_back("first", actor=second_boss, at=AT + 6 * DAY)
    assert held(TODAY + 6 * DAY) == ["1"]


def test_there_is_nothing_to_roll_back_to(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    with pytest.raises(NothingBefore):
        roll_back("first", actor=boss, at=AT)


def test_what_was_taken_back_before_it_began_is_never_rolled_back_to(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    coming = activate(version("2", effective=TODAY + DAY), actor=boss, at=AT)
    take_back(coming, actor=boss, at=AT)
    with pytest.raises(NothingBefore):
        roll_back("first", actor=boss, at=AT + 5 * DAY)


def test_an_activation_that_has_not_begun_is_taken_back(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    second = activate(version("2", effective=TODAY + 5 * DAY), actor=boss, at=AT)
    activate(version("3", effective=TODAY + 9 * DAY), actor=boss, at=AT + dt.timedelta(hours=1))

    take_back(second, actor=boss, at=AT + dt.timedelta(hours=2))
    assert [held(TODAY + n * DAY)[0] for n in (4, 5, 8, 9)] == ["1", "1", "1", "3"]
    states = {line.row.pk: line.state for line in history("first", TODAY, boss.organisation)}
    assert states[second.pk] == "taken back"
    with pytest.raises(AlreadyTakenBack):
        take_back(second, actor=boss, at=AT)


def test_what_has_begun_is_not_taken_back(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    second = activate(version("2"), actor=boss, at=AT)
    with pytest.raises(HasBegun):
        take_back(second, actor=boss, at=AT)


def test_who_and_what_may_not_come_into_force(boss: User) -> None:
    with pytest.raises(NotSigned):
        activate(version("draft", by=""), actor=boss, at=AT)

    lead = people.make_user("team_lead")
    with pytest.raises(MayNotActivate):
        activate(version("1"), actor=lead, at=AT)
    rules = version("rules", pack="rules", kind="limits")
    with pytest.raises(RulesHoldForAll):
        activate(rules, actor=boss, at=AT, scope=Scope(product="card"))
    late = version("late", effective=TODAY + 9 * DAY)
    with pytest.raises(BeforeEffective):
        activate(late, actor=boss, at=AT, from_on=TODAY + DAY)


def test_saying_the_same_again_writes_nothing(boss: User) -> None:
    first = activate(version("1"), actor=boss, at=AT)
    again = activate(first.version, actor=boss, at=AT + DAY)
    assert again == first
    assert PackActivation.objects.count() == 1
    assert Act.objects.filter(verb="planning.activate").count() == 1


def test_what_was_known_then_is_answered_as_then(boss: User) -> None:
    activate(version("1"), actor=boss, at=AT)
    activate(version("2", effective=TODAY + 5 * DAY), actor=boss, at=AT + 2 * DAY)
    roll_back("first", actor=boss, at=AT + 6 * DAY)

    far = TODAY + 20 * DAY
    assert held(far, AT - DAY) == []
    assert held(far, AT + DAY) == ["1"]
    assert held(far, AT + 3 * DAY) == ["2"]
    assert held(far, AT + 7 * DAY) == ["1"]
    assert held(TODAY + 5 * DAY) == ["2"]


# --- for whom


def test_what_names_more_decides(boss: User) -> None:
    bank = people.make_creditor("bank")
    shop = people.make_creditor("shop")
    team = people.make_team("phone")
    activate(version("all"), actor=boss, at=AT)
    scopes = {
        "bank": Scope(creditor=bank),
        "card": Scope(product="card"),
        "bank card": Scope(creditor=bank, product="card"),
        "team": Scope(team=team),
    }
    for name, scope in scopes.items():
        activate(version(name), actor=boss, at=AT, scope=scope)

    day = packs.holding(TODAY)
    names = {found.pk: found.version for found in day.versions}

    def of(creditor_id: int, product: str, team_id: int | None = None) -> str:
        chosen = day.version_of("first", creditor_id, product, team_id)
        assert chosen is not None
        return names[chosen]

    assert of(bank.pk, "card") == "bank card"
    assert of(bank.pk, "loan") == "bank"
    assert of(shop.pk, "card") == "card"
    assert of(shop.pk, "loan") == "all"
    assert of(shop.pk, "loan", team.pk) == "team"
    assert of(bank.pk, "loan", team.pk) == "bank"
    assert of(bank.pk, "card", team.pk) == "bank card"
    assert held(TODAY)[0] == "all"


def changed_pack(name: str) -> PackVersion:
    """The shipped procedure under another version number."""
    from huikuan.engine import playbook, vocabulary

    texts = dict(texts_of("phone_collection"))
    texts["pack.yaml"] = texts["pack.yaml"].replace(SHIPPED, name)
    book, problems = playbook.read_playbook(texts, vocabulary.standard())
    assert book is not None, problems
    return version(
        name,
        pack="phone_collection",
        content=texts,
        hash=book.pack.hash,
        effective=book.pack.effective_from,
    )


def overdue_case(creditor: Creditor, collector: User | None = None) -> Case:
    """A case for which something is to be done today."""
    items = [(TODAY - 40 * DAY, 100_000)]
    case = people.make_case(creditor=creditor, items=items, collector=collector)
    people.make_point(case)
    facts.refresh([case.pk])
    return case


def follow(creditor: Creditor, act: Act) -> None:
    """Binds the creditor's cards to the shipped procedure."""
    bindings.set_packs(creditor.pk, "card", ["phone_collection"], from_on=FIRST, act=act)


def versions_of_tasks() -> list[tuple[int, str]]:
    """Case and version of the tasks, each pair once."""
    rows = Task.objects.values_list("case_id", "pack_version__version")
    return sorted(rows.distinct())


def test_two_creditors_follow_two_versions_of_one_pack(boss: User) -> None:
    load_packs()
    bank = overdue_case(people.make_creditor("bank"))
    shop = overdue_case(people.make_creditor("shop"))
    for case in (bank, shop):
        follow(case.creditor, case.act)
    activate(changed_pack("trial"), actor=boss, at=AT, scope=Scope(creditor=shop.creditor))

    plan(TODAY, actor=boss, at=AT, calendar=china())
    assert versions_of_tasks() == [(bank.pk, SHIPPED), (shop.pk, "trial")]


def test_a_version_of_all_may_be_that_of_a_team_elsewhere(boss: User) -> None:
    """The shop has the trial for all cases; of the bank's cases one team tries it."""
    load_packs()
    team = people.make_team("one")
    shop = overdue_case(people.make_creditor("shop"))
    bank = people.make_creditor("bank")
    held = overdue_case(bank, people.make_user("collector", team=team))
    other = overdue_case(bank)
    for case in (shop, held):
        follow(case.creditor, case.act)

    trial = changed_pack("trial")
    for scope in (Scope(creditor=shop.creditor), Scope(creditor=bank, team=team)):
        activate(trial, actor=boss, at=AT, scope=scope)
    plan(TODAY, actor=boss, at=AT, calendar=china())

    expected = [(shop.pk, "trial"), (held.pk, "trial"), (other.pk, SHIPPED)]
    assert versions_of_tasks() == sorted(expected)


def test_a_team_tries_another_version_and_every_case_has_one(boss: User) -> None:
    load_packs()
    teams = [people.make_team("one"), people.make_team("two")]
    bank = people.make_creditor("bank")
    collectors = [people.make_user("collector", team=team) for team in teams]
    cases = [overdue_case(bank, collector) for collector in [*collectors, None]]
    follow(bank, cases[0].act)
    trial = activate(changed_pack("trial"), actor=boss, at=AT, scope=Scope(team=teams[0]))

    plan(TODAY, actor=boss, at=AT, calendar=china())
    planned = Task.objects.values_list("case_id", "pack_version__version").distinct()
    assert dict(planned) == {cases[0].pk: "trial", cases[1].pk: SHIPPED, cases[2].pk: SHIPPED}
    assert Task.objects.count() == Task.objects.values("case_id", "step_id", "anchor").count()
    assert [found.pk for found in packs.of_case(cases[0], TODAY)] == [trial.version_id]
    assert packs.of_case(cases[2], TODAY)[0].version == SHIPPED
    # before the trial nobody followed it
    assert packs.of_case(cases[0], TODAY - DAY)[0].version == SHIPPED


# --- bindings


def lines(case: Case, on: dt.date, known_at: dt.datetime | None = None) -> list[str]:
    return packs.holding(on, known_at).packs_of(case.creditor_id, case.product)


def act_at(at: dt.datetime) -> Act:
    act = people.make_act(people.make_house())
    act.at = at
    act.save(update_fields=["at"])
    return act


def test_a_binding_is_corrected_for_cases_that_are_there() -> None:
    case = people.make_case()
    bindings.set_packs(case.creditor_id, "card", ["wrong"], from_on=FIRST, act=act_at(AT))
    bindings.set_packs(case.creditor_id, "card", ["first"], from_on=FIRST, act=act_at(AT + DAY))
    assert lines(case, TODAY) == ["first"]
    assert lines(case, TODAY, AT) == ["wrong"]
    assert lines(case, TODAY, AT - DAY) == []


def test_a_case_follows_several_packs_at_once_until_that_is_ended() -> None:
    case = people.make_case()
    named = ["first", "second"]
    bindings.set_packs(case.creditor_id, "card", named, from_on=FIRST, act=act_at(AT))
    bindings.set_packs(case.creditor_id, "card", [], from_on=TODAY, act=act_at(AT))
    assert lines(case, TODAY - DAY) == named
    assert lines(case, TODAY) == []


def test_an_empty_product_stands_for_every_product_without_its_own() -> None:
    card = people.make_case()
    loan = people.make_case(creditor=card.creditor, product="loan")
    other = people.make_case(creditor=people.make_creditor("shop"))

    bindings.set_packs(card.creditor_id, "", ["first"], from_on=FIRST, act=act_at(AT))
    bindings.set_packs(card.creditor_id, "loan", ["second"], from_on=FIRST, act=act_at(AT))
    assert [lines(case, TODAY) for case in (card, loan, other)] == [["first"], ["second"], []]
    assert packs.bindings(TODAY) == [
        (card.creditor_id, "", "first"),
        (card.creditor_id, "card", "first"),
        (card.creditor_id, "loan", "second"),
    ]


def test_the_same_mapping_does_not_undo_what_the_office_corrected() -> None:
    case = people.make_case()
    said = [bindings.Line("wrong", FIRST)]
    assert bindings.say_by_mapping(case.creditor_id, "card", said, act=act_at(AT))
    bindings.set_packs(case.creditor_id, "card", ["first"], from_on=FIRST, act=act_at(AT))

    assert not bindings.say_by_mapping(case.creditor_id, "card", said, act=act_at(AT + DAY))
    assert lines(case, TODAY) == ["first"]
    mended = [bindings.Line("second", FIRST)]
    assert bindings.say_by_mapping(case.creditor_id, "card", mended, act=act_at(AT + 2 * DAY))
    assert lines(case, TODAY) == ["second"]
    # and back again: what was said before the last time is no reason to be silent
    assert bindings.say_by_mapping(case.creditor_id, "card", said, act=act_at(AT + 3 * DAY))
    assert lines(case, TODAY) == ["wrong"]


def test_a_mapping_may_change_the_pack_from_a_day() -> None:
    case = people.make_case()
    said = [bindings.Line("second", TODAY), bindings.Line("first", FIRST)]
    bindings.say_by_mapping(case.creditor_id, "card", said, act=act_at(AT))
    assert lines(case, TODAY - DAY) == ["first"]
    assert lines(case, TODAY) == ["second"]
