"""Roles are rows: the thirteen may what they might when their names stood in the code."""

from __future__ import annotations

import pytest
from tests import people

from huikuan.ops import database
from huikuan.people import roles
from huikuan.people.models import Role, User
from huikuan.people.rights import Right, Wall

LEADS = {"team_lead", "manager", "general_manager"}
MANAGERS = {"manager", "general_manager"}
ALLOCATORS = LEADS | {"system_admin"}
LOOK_ONLY = {"quality", "client"}
WRITERS = set(people.THIRTEEN) - LOOK_ONLY
WORKERS = LEADS | {"collector"}
MONEY = {"finance", "data_admin", "manager", "general_manager", "system_admin"}
#: Who of the thirteen may do what, as the screens and verbs asked for it by name.
HELD = {
    Right.HANDLE_COMPLAINTS: {"complaints", "manager", "general_manager"},
    Right.WRITE: WRITERS,
    Right.ACKNOWLEDGE_EVENTS: MANAGERS | {"system_admin"},
    Right.RECORD_CONTACTS: WRITERS,
    Right.REVEAL: WRITERS,
    Right.HOLD_CASES: {"collector"},
    Right.OWN_TASKS: {
        "collector",
        "field_visitor",
        "data_admin",
        "legal",
        "complaints",
        "administration",
        "finance",
    },
    Right.WALK_LIST: {"collector", "field_visitor", "team_lead"},
    Right.ENTER_TOLD: LEADS | {"data_admin", "administration"},
    Right.ASK_VISITS: WORKERS | {"field_visitor"},
    Right.KEEP_CASES: LEADS,
    Right.CLOSE_CASES: LEADS,
    Right.AGREE_MEASURES: MANAGERS,
    Right.WORK_STATEMENTS: WORKERS,
    Right.SEND_INVOICES: LEADS | {"finance"},
    Right.ENTER_RECEIPTS: WORKERS | {"finance"},
    Right.ALLOCATE: ALLOCATORS,
    Right.SET_TARGETS: ALLOCATORS,
    Right.DECIDE_HOLDS: LEADS,
    Right.DECIDE_MONEY: MANAGERS | {"finance"},
    Right.HEAR_OF_CASES: {"team_lead"},
    Right.WATCH_CLOCKS: LEADS,
    Right.LIFT_BREACHES: MANAGERS,
    Right.WATCH_BOARD: ALLOCATORS,
    Right.SEE_REVEALS: ALLOCATORS | {"quality"},
    Right.PLAN: ALLOCATORS | {"data_admin"},
    Right.SIGN_PACKS: MANAGERS,
    Right.SEE_IMPORTS: ALLOCATORS | {"data_admin"},
    Right.IMPORT: {"data_admin", "system_admin"},
    Right.SEE_MONEY: MONEY | {"team_lead", "collector"},
    Right.POST_MONEY: MONEY,
    Right.ASK_CORRECTIONS: MONEY | {"collector", "team_lead", "legal"},
    Right.SET_UP_HOUSE: MANAGERS | {"system_admin"},
    Right.MANAGE_USERS: MANAGERS | {"system_admin"},
    # given to roles of the agency's own rules, beside the thirteen
    Right.NAME_HANDLERS: {"general_manager"},
    Right.WORK_LOOK_UPS: set(),
    Right.PROPOSE_PENALTIES: MANAGERS,
    Right.DECIDE_PENALTIES: MANAGERS,
}


@pytest.mark.parametrize("right", list(Right))
def test_the_thirteen_may_what_they_always_might(right: Right) -> None:
    holding = {code for code in people.THIRTEEN if right in roles.unsaved(code).rights}
    assert holding == HELD[right]


def test_the_file_names_only_rights_and_walls_that_exist() -> None:
    for code, columns in roles.shipped_columns().items():
        assert set(columns["rights"]) <= set(Right.values), code
        assert columns["wall"] in Wall.values, code
        assert columns["title_zh"] and columns["title_en"], code
    assert set(people.THIRTEEN) < set(roles.shipped_codes())


@pytest.mark.django_db
def test_rows_are_the_file() -> None:
    rows = {role.code: role for role in Role.objects.filter(organisation=None)}
    assert set(rows) == set(roles.shipped_codes())
    for code, role in rows.items():
        written = roles.shipped_columns()[code]
        assert {name: getattr(role, name) for name in written} == written, code


@pytest.mark.django_db
def test_a_book_of_an_earlier_version_gets_the_rights_that_the_file_has_since() -> None:
    """Else nobody holds a right that a version brings: no migration of tables tells of it."""
    manager = people.make_user("manager")
    row = Role.objects.get(organisation=None, code="manager")
    row.rights = [right for right in row.rights if right != Right.LIFT_BREACHES]
    row.save(update_fields=["rights"])
    assert not User.objects.get(pk=manager.pk).may(Right.LIFT_BREACHES)

    database.migrate()
    assert User.objects.get(pk=manager.pk).may(Right.LIFT_BREACHES)
    test_rows_are_the_file()


@pytest.mark.django_db
def test_rows_that_were_lost_come_back_when_a_role_is_given() -> None:
    Role.objects.all().delete()
    user = people.make_user("finance")
    assert user.may(Right.POST_MONEY)


@pytest.mark.django_db
def test_somebody_of_several_roles_may_what_any_of_them_may() -> None:
    user = people.make_user(["collector", "finance"], team=people.make_team())
    assert user.may(Right.HOLD_CASES) and user.may(Right.POST_MONEY)
    assert not user.may(Right.ALLOCATE)
    assert user.sees_house and not user.works_alone
    assert user.role_codes == ("collector", "finance")


@pytest.mark.django_db
def test_a_right_over_the_house_needs_a_role_that_gives_both() -> None:
    user = people.make_user(["team_lead", "finance"], team=people.make_team())
    assert user.may(Right.ALLOCATE) and user.sees_house
    assert not user.may_in_house(Right.ALLOCATE)
    assert people.make_user("manager").may_in_house(Right.ALLOCATE)


@pytest.mark.django_db
def test_who_may_finds_somebody_of_two_fitting_roles_once() -> None:
    user = people.make_user(["manager", "finance"])
    people.make_user("collector")
    assert list(User.objects.who_may(Right.POST_MONEY)) == [user]
    assert list(User.objects.of_role("manager", "finance")) == [user]


@pytest.mark.django_db
def test_a_client_has_a_creditor_and_no_role_of_the_house() -> None:
    creditor = people.make_creditor()
    with pytest.raises(ValueError, match=r"role\.no_creditor"):
        people.make_user("client")
    with pytest.raises(ValueError, match=r"role\.outside"):
        people.make_user(["client", "manager"], creditor=creditor)
    assert people.make_user("client", creditor=creditor).is_client


@pytest.mark.django_db
def test_a_role_of_one_house_is_none_of_another() -> None:
    ours = people.make_house("ours")
    role = Role.objects.create(
        organisation=ours, code="night_shift", title_zh="夜班", title_en="night shift"
    )
    assert list(people.make_user("night_shift", ours).roles.all()) == [role]
    with pytest.raises(roles.UnknownRole):
        people.make_user("night_shift", people.make_house("theirs"))
    assert "night_shift" in roles.known_codes()
