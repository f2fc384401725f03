"""Users, teams and roles are made, changed and ended; with an error nothing is changed."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from huikuan.casebook import facts
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act, Assignment, CaseSummary
from huikuan.ops.made_once import made_once
from huikuan.people.models import Organisation, Role, Team, User
from huikuan.people.rights import Right
from huikuan.people.service import service_user_of
from huikuan.staff import house as house_verbs
from huikuan.staff import leave, roles, teams, users
from huikuan.staff.users import NewUser
from tests import people
from tests.together import at_once

pytestmark = pytest.mark.django_db
AT = people.moment(dt.date(2026, 11, 26), 9)


def codes(done: object) -> list[str]:
    return [found.code for found in done.problems]  # type: ignore[attr-defined]


@made_once
def boss() -> User:
    return people.make_user("manager")


def test_a_user_of_two_roles_gets_a_password_that_is_shown_once(boss: User) -> None:
    teams.add("north", "北组", actor=boss, at=AT)
    wanted = NewUser("li.na", "李娜", roles=("组长", "data_admin"), team="北组")
    done = users.add(wanted, actor=boss, at=AT)

    assert done.user is not None and not done.problems
    assert done.user.check_password(done.password)
    assert done.user.role_codes == ("team_lead", "data_admin")
    assert done.user.team == Team.objects.get(code="north")
    assert Act.objects.filter(verb="staff.user", actor=boss).count() == 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (NewUser("", roles=("finance",)), "staff.empty"),
        (NewUser("a b", roles=("finance",)), "user.name"),
        (NewUser("service.x", roles=("finance",)), "user.service"),
        (NewUser("a"), "role.none"),
        (NewUser("a", roles=("colector",)), "role.unknown_near"),
        (NewUser("a", roles=("finance",), team="nowhere"), "team.unknown"),
        (NewUser("a", roles=("client",)), "role.no_creditor"),
        (NewUser("a", roles=("client",), creditor="nobody"), "creditor.unknown"),
    ],
)
def test_what_is_no_user_is_told_and_nobody_is_made(wanted: NewUser, code: str, boss: User) -> None:
    before = User.objects.count()
    done = users.add(wanted, actor=boss, at=AT)
    assert code in codes(done)
    assert User.objects.count() == before


def test_a_name_is_unique_over_all_houses(boss: User) -> None:
    other = people.make_user("finance", people.make_house("other"))
    assert codes(users.add(NewUser(boss.username, roles=("finance",)), actor=boss, at=AT)) == [
        "user.exists"
    ]
    assert codes(users.add(NewUser(other.username, roles=("finance",)), actor=boss, at=AT)) == [
        "user.elsewhere"
    ]


def test_only_who_may_changes_the_staff_and_only_of_the_own_house(boss: User) -> None:
    lead = people.make_user("team_lead", team=people.make_team())
    stranger = people.make_user("finance", people.make_house("other"))
    assert codes(users.set_roles(boss.username, ["finance"], actor=lead, at=AT)) == ["staff.right"]
    assert codes(users.set_roles(stranger.username, ["manager"], actor=boss, at=AT)) == [
        "user.unknown"
    ]
    assert not stranger.may(Right.SIGN_PACKS)


def test_the_last_who_may_change_the_staff_stays(boss: User) -> None:
    other = people.make_user("finance")
    admin = people.make_user("system_admin")
    assert admin.organisation is not None
    chief = people.make_user("general_manager")

    assert users.set_roles(boss.username, ["finance"], actor=chief, at=AT).problems == ()
    assert users.set_roles(chief.username, ["finance"], actor=boss, at=AT).problems != ()
    chief.is_active = False
    chief.save()

    machine = service_user_of(admin.organisation)
    assert codes(users.set_roles(admin.username, ["finance"], actor=machine, at=AT)) == [
        "user.last"
    ]
    assert codes(leave.end(admin.username, actor=admin, at=AT)) == ["user.self"]
    assert other.may(Right.POST_MONEY)


def test_who_leaves_gives_back_first(boss: User) -> None:
    team = people.make_team()
    collector = people.make_user("collector", team=team)
    lead = people.make_user("team_lead", team=team)
    case = people.make_case(items=[(dt.date(2026, 9, 1), 100_00)])
    people.make_assignment(case, people.PLACED_ON, collector)
    facts.refresh([case.pk])

    done = leave.end(collector.username, actor=boss, at=AT)
    assert (done.cases, done.problems) == (1, ())
    collector.refresh_from_db()
    assert not collector.is_active
    summary = CaseSummary.objects.get(case=case)
    assert (summary.assignee_id, summary.team_id) == (None, team.pk)
    assert Assignment.objects.filter(case=case).latest("pk").reason == "left"
    assert visible_cases(lead).filter(pk=case.pk).exists()
    assert not leave.left_behind(team.organisation_id).exists()

    again = leave.end(collector.username, actor=boss, at=AT)
    assert (again.cases, codes(again)) == (0, ["user.ended"])


def test_what_a_closed_account_still_holds_counts_as_held_by_nobody(boss: User) -> None:
    from huikuan.reports.board import board

    collector = people.make_user("collector", team=people.make_team())
    case = people.make_case(items=[(dt.date(2026, 9, 1), 100_00)])
    people.make_assignment(case, people.PLACED_ON, collector)
    facts.refresh([case.pk])
    assert board(boss, AT.date(), AT).waits["cases"] == 0

    User.objects.filter(pk=collector.pk).update(is_active=False)
    assert board(boss, AT.date(), AT).waits["cases"] == 1
    assert list(leave.left_behind(collector.organisation_id or 0)) == [collector]
    assert leave.end(collector.username, actor=boss, at=AT).cases == 1
    assert board(boss, AT.date(), AT).waits["cases"] == 1, "nobody's until it is allotted"


def test_a_role_of_the_house_gives_just_its_rights(boss: User) -> None:
    wanted = roles.NewRole("night", "夜班", rights=("write", "plan"))
    role = roles.add(wanted, actor=boss, at=AT).role
    assert role is not None
    user = people.make_user("night")
    assert user.may(Right.PLAN) and not user.may(Right.ALLOCATE)
    assert codes(roles.add(wanted, actor=boss, at=AT)) == ["role.exists"]
    wrong = roles.NewRole("finance", "", wall="sky", rights=("fly",))
    found = codes(roles.add(wrong, actor=boss, at=AT))
    assert set(found) == {"staff.empty", "role.wall", "role.right", "role.exists"}
    assert Role.objects.filter(organisation=boss.organisation).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_first_houses_in_one_moment_one_is_made() -> None:
    def makes(code: str, name: str) -> list[str]:
        return codes(house_verbs.make({"name": name, "kind": "house"}, code=code))

    answers = at_once([partial(makes, "jia", "示例甲"), partial(makes, "yi", "示例乙")])
    assert sorted(answers) == [[], ["house.exists"]]
    assert Organisation.objects.count() == 1


def test_another_kind_of_house_makes_the_facts_anew(boss: User) -> None:
    case = people.make_case(items=[(dt.date(2026, 9, 1), 100_00)])
    facts.refresh([case.pk])
    assert CaseSummary.objects.get(case=case).collector_kind == "house"

    done = house_verbs.change(boss.organisation_id or 0, {"kind": "agency"}, actor=boss, at=AT)
    assert (done.columns, done.refreshed) == (("kind",), 1)
    assert CaseSummary.objects.get(case=case).collector_kind == "agency"
    again = house_verbs.change(boss.organisation_id or 0, {"kind": "agency"}, actor=boss, at=AT)
    assert (again.columns, again.refreshed) == ((), 0)


def test_the_neutral_name_never_names_the_trade(boss: User) -> None:
    values = {"outward_name": "安信催收", "callback_phone": "call me", "timezone": "Mars"}
    done = house_verbs.change(boss.organisation_id or 0, values, actor=boss, at=AT)
    assert codes(done) == ["house.zone", "house.phone", "house.trade"]
    assert done.columns == ()
