"""Nobody gives more than they have or may hand on: every verb that changes the staff is tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.casebook.models import Act
from huikuan.ops.made_once import made_once
from huikuan.people import authority
from huikuan.people.models import Role, User
from huikuan.people.rights import Right, Wall
from huikuan.people.service import service_user_of
from huikuan.planning.activate import may_activate
from huikuan.staff import file, first, house, leave, roles, teams, users
from huikuan.staff.users import NewUser
from tests import people

pytestmark = pytest.mark.django_db
AT = people.moment(dt.date(2026, 11, 26), 9)

#: What a system administrator makes by day, and what a manager has to make.
BY_THE_ADMINISTRATOR = ("collector", "data_admin", "field_visitor", "quality", "administration")
BY_A_MANAGER = ("team_lead", "finance", "quality_supervision", "supervisor")
ABOVE_A_MANAGER = ("general_manager", "proprietor")


def codes(done: object) -> list[str]:
    return [found.code for found in done.problems]  # type: ignore[attr-defined]


@made_once
def admin() -> User:
    return people.make_user("system_admin")


@made_once
def manager() -> User:
    return people.make_user("manager")


def staff_file(path: Path, username: str, role: str) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["username", "roles"])
        sheet.write_row(1, 0, [username, role])
    return path


# --- giving a role, by every verb


def by_adding(role: str, actor: User, _path: Path) -> bool:
    return users.add(NewUser("new", roles=(role,)), actor=actor, at=AT).user is not None


def by_changing(role: str, actor: User, _path: Path) -> bool:
    somebody = people.make_user("administration")
    users.set_roles(somebody.username, [role], actor=actor, at=AT)
    return User.objects.get(pk=somebody.pk).role_codes == (role,)


def by_the_sheet(role: str, actor: User, path: Path) -> bool:
    taken = file.take_in(staff_file(path / "staff.xlsx", "new", role), actor=actor, at=AT)
    return bool(taken.added)


WAYS = (by_adding, by_changing, by_the_sheet)
Way = Callable[[str, User, Path], bool]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", BY_THE_ADMINISTRATOR)
def test_an_administrator_makes_who_does_the_work(
    way: Way, role: str, admin: User, tmp_path: Path
) -> None:
    assert way(role, admin, tmp_path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", [*BY_A_MANAGER, "manager", *ABOVE_A_MANAGER])
def test_an_administrator_makes_nobody_who_decides(
    way: Way, role: str, admin: User, tmp_path: Path
) -> None:
    assert not way(role, admin, tmp_path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", [*BY_THE_ADMINISTRATOR, *BY_A_MANAGER, "manager"])
def test_a_manager_makes_the_office(way: Way, role: str, manager: User, tmp_path: Path) -> None:
    assert way(role, manager, tmp_path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", ABOVE_A_MANAGER)
def test_nobody_makes_somebody_above_themselves(
    way: Way, role: str, manager: User, tmp_path: Path
) -> None:
    assert not way(role, manager, tmp_path)


def test_every_shipped_role_can_be_given_by_somebody_without_the_machine() -> None:
    """Else a house would need its machine for everyday work."""
    owner = people.make_user("proprietor")
    for role in Role.objects.filter(organisation=None):
        assert authority.beyond(role, owner) is None, role.code


# --- changing an account


def by_roles(user: User, actor: User) -> list[str]:
    return codes(users.set_roles(user.username, ["administration"], actor=actor, at=AT))


def by_password(user: User, actor: User) -> list[str]:
    return codes(users.set_password(user.username, actor=actor, at=AT))


def by_team(user: User, actor: User) -> list[str]:
    return codes(users.set_team(user.username, "", actor=actor, at=AT))


def by_ending(user: User, actor: User) -> list[str]:
    return codes(leave.end(user.username, actor=actor, at=AT))


CHANGES = (by_roles, by_password, by_team, by_ending)
Change = Callable[[User, User], list[str]]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["finance", "manager", "proprietor"])
def test_an_account_is_changed_by_whoever_could_give_its_roles(
    change: Change, role: str, admin: User
) -> None:
    """Of finance the rank is no higher than the administrator's: it is the rights that count."""
    above = people.make_user(role)
    before = (above.password, above.role_codes)
    assert change(above, admin) == ["user.above"]

    after = User.objects.get(pk=above.pk)
    assert (after.password, after.role_codes) == before
    assert after.is_active

    equal = people.make_user("collector")
    assert "user.above" not in change(equal, admin)


@pytest.mark.parametrize(
    ("change", "code"),
    [(by_roles, "user.own_roles"), (by_team, "user.own_team"), (by_ending, "user.self")],
)
def test_nobody_changes_what_they_themselves_may(change: Change, code: str, manager: User) -> None:
    people.make_user("general_manager")
    assert change(manager, manager) == [code]


def test_everybody_may_have_another_password_of_their_own(admin: User) -> None:
    assert by_password(admin, admin) == []


# --- a role of the house's own


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"rank": -1}, "role.rank"),
        ({"rank": 40_000}, "role.rank"),
        ({"rank": 4}, "role.above_rank"),
        ({"rights": ("write", "own_tasks", "import"), "rank": 3}, None),
        ({"gives": ("sign_packs",)}, None),
        ({"rights": ("plan",)}, "role.needs_write"),
        ({"rights": ("see_money",)}, None),
        ({"title_en": "x" * 61}, "staff.long"),
    ],
)
def test_a_manager_makes_a_role_within_their_own(
    wanted: dict[str, object], code: str | None, manager: User
) -> None:
    new = roles.NewRole("night", "夜班", **wanted)  # type: ignore[arg-type]
    assert codes(roles.add(new, actor=manager, at=AT)) == [code] * (code is not None)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"rights": ("write", "sign_packs")}, "role.above_rights"),
        ({"gives": ("sign_packs",)}, "role.above_rights"),
        ({"rank": 1}, "role.above_rank"),
        ({"rights": ("write", "import")}, None),
    ],
)
def test_an_administrator_makes_no_role_that_may_more(
    wanted: dict[str, object], code: str | None, admin: User
) -> None:
    """Also not one that only hands on what the administrator cannot give."""
    new = roles.NewRole("night", "夜班", **wanted)  # type: ignore[arg-type]
    assert codes(roles.add(new, actor=admin, at=AT)) == [code] * (code is not None)


def test_a_wall_is_not_widened_by_somebody_who_sees_less() -> None:
    north = people.make_team("north")
    south = people.make_team("south")
    house_of = north.organisation
    Role.objects.create(
        organisation=house_of,
        code="site",
        title_zh="驻场",
        title_en="site",
        wall=Wall.TEAM,
        rights=["write", "own_tasks", "manage_users"],
    )
    site = people.make_user("site", house_of, team=north)
    added = users.add(NewUser("a", roles=("engineering",)), actor=site, at=AT)
    assert "role.above_wall" in codes(added)

    own = roles.NewRole("desk", "前台", wall="own", rights=("write",))
    assert roles.add(own, actor=site, at=AT).role is not None
    wanted = NewUser("b", roles=("desk",), team=south.code)
    assert codes(users.add(wanted, actor=site, at=AT)) == ["user.other_team"]
    wanted = NewUser("b", roles=("desk",), team=north.code)
    assert users.add(wanted, actor=site, at=AT).user is not None
    assert codes(users.set_team("b", south.code, actor=site, at=AT)) == ["user.other_team"]
    southern = people.make_user("desk", house_of, team=south)
    for change in (by_password, by_ending):
        assert change(southern, site) == ["user.other_team"], change.__name__
    found = users.set_roles(southern.username, ["desk"], actor=site, at=AT)
    assert codes(found) == ["user.other_team"]


def test_the_journal_says_from_what_to_what_a_house_was_changed(manager: User) -> None:
    """Hours of contact follow its time zone, and rules its kind."""
    own = manager.organisation
    assert own is not None
    old = own.timezone
    changed = house.change(own.pk, {"timezone": "America/New_York"}, actor=manager, at=AT)
    assert changed.problems == ()
    assert Act.objects.get(verb="staff.house").reason == f"timezone {old} → America/New_York"


def test_the_house_is_set_up_by_whoever_has_that_right(manager: User) -> None:
    new = roles.NewRole("staffing", "人事", wall="house", rights=("write", "manage_users"))
    assert roles.add(new, actor=manager, at=AT).role is not None
    staffing = people.make_user("staffing")
    changed = house.change(
        staffing.organisation_id or 0, {"outward_name": "客户服务"}, actor=staffing, at=AT
    )
    assert codes(changed) == ["staff.house_right"]


def test_a_role_that_only_looks_changes_nothing_by_any_verb(tmp_path: Path) -> None:
    """Also one that an earlier version let a house make, with a rank but without `write`."""
    office = people.make_house()
    Role.objects.create(
        organisation=office,
        code="adviser",
        title_zh="顾问",
        title_en="adviser",
        wall=Wall.HOUSE,
        rank=9,
        rights=["manage_users", "set_up_house", "sign_packs", "see_money"],
    )
    adviser = people.make_user("adviser", office)

    for way in WAYS:
        assert not way("quality", adviser, tmp_path), way.__name__
    changed = house.change(office.pk, {"outward_name": "客户服务"}, actor=adviser, at=AT)
    assert codes(changed) == ["staff.house_right"]

    assert not may_activate(adviser)
    assert not adviser.may_in_house(Right.MANAGE_USERS)
    assert adviser.may(Right.SEE_MONEY)


# --- the law behind it


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rights=st.sets(st.sampled_from(Right.values)),
    gives=st.sets(st.sampled_from(Right.values)),
    rank=st.integers(0, 6),
    wall=st.sampled_from(Wall.values),
)
def test_whatever_is_given_reaches_no_further_than_the_giver(
    rights: set[str], gives: set[str], rank: int, wall: str, admin: User
) -> None:
    """Also over several hands: who has a role that was given may give nothing that could not be."""
    role = Role(
        code="x", title_zh="x", title_en="x", rights=list(rights), gives=list(gives), rank=rank
    )
    role.wall = wall
    if authority.beyond(role, admin) is not None:
        return

    assert authority.rights_to_give([role]) <= authority.rights_to_give(admin.held_roles)
    assert role.rank <= admin.rank
    heir = User(username="heir", organisation=admin.organisation)
    heir.held_roles = (role,)
    for each in Role.objects.filter(organisation=None):
        if authority.beyond(each, heir) is None:
            assert authority.beyond(each, admin) is None, each.code


# --- the machine itself


def test_the_machine_makes_whoever_is_needed_and_the_journal_says_so() -> None:
    lead = people.make_user("team_lead", team=people.make_team())
    assert lead.organisation is not None
    machine = service_user_of(lead.organisation)

    owner = users.add(NewUser("owner", roles=("proprietor",)), actor=machine, at=AT).user
    assert owner is not None
    assert users.set_password("owner", actor=machine, at=AT).password

    acts = Act.objects.filter(actor=machine, verb__startswith="staff.").order_by("pk")
    assert [act.verb for act in acts] == ["staff.user", "staff.password"]
    assert all(authority.NOTE_OF_PROGRAM in act.reason for act in acts)


def test_what_its_role_covers_is_no_exception_of_the_machine(admin: User) -> None:
    assert admin.organisation is not None
    machine = service_user_of(admin.organisation)
    teams.add("north", "北组", actor=machine, at=AT)
    users.add(NewUser("a", roles=("collector",), team="north"), actor=machine, at=AT)
    assert not Act.objects.filter(reason__contains=authority.NOTE_OF_PROGRAM).exists()


def test_the_first_address_makes_the_first_manager_and_nobody_higher() -> None:
    people.make_house()
    token = first.make_key(AT)
    wanted = NewUser("first", "王经理", roles=("proprietor",))
    opened = first.open_book(token, {}, wanted, "correct horse battery", at=AT)
    assert opened.user is not None
    assert set(opened.user.role_codes) == set(first.FIRST_ROLES)


@pytest.mark.parametrize("capacity", [-1, 10**12])
def test_a_capacity_is_a_number_that_fits(capacity: int, manager: User) -> None:
    wanted = NewUser("a", roles=("collector",), capacity=capacity)
    assert codes(users.add(wanted, actor=manager, at=AT)) == ["user.number"]
