"""A staff file is taken whole or not at all, with each problem at its row and column."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests import people

from huikuan.ops.made_once import made_once
from huikuan.people.models import Team, User
from huikuan.people.roles import create_user
from huikuan.staff import file

pytestmark = pytest.mark.django_db
AT = people.moment(dt.date(2026, 11, 26), 9)
HEAD = "用户名,姓名,角色,小组,案件上限"


@made_once
def boss() -> User:
    return people.make_user("manager")


def written(folder: Path, *rows: str) -> Path:
    path = folder / "staff.csv"
    path.write_text("\n".join([HEAD, *rows]), "utf-8")
    return path


def test_a_whole_staff_with_its_teams(tmp_path: Path, boss: User) -> None:
    path = written(tmp_path, "zhang.wei,张伟,催收员,一组,150", "li.na,李娜,组长、财务,一组,")
    done = file.take_in(path, actor=boss, at=AT, make_teams=True)

    assert done.problems == ()
    assert [user.username for user, _password in done.added] == ["zhang.wei", "li.na"]
    zhang, li = (user for user, _password in done.added)
    assert (zhang.capacity, zhang.team) == (150, Team.objects.get(name="一组"))
    assert set(li.role_codes) == {"team_lead", "finance"}
    assert all(user.check_password(password) for user, password in done.added)

    again = file.take_in(path, actor=boss, at=AT)
    assert (again.added, again.unchanged, again.problems) == ((), ("zhang.wei", "li.na"), ())


def test_one_error_and_nobody_is_added(tmp_path: Path, boss: User) -> None:
    path = written(
        tmp_path,
        "zhang.wei,张伟,催收员,一组,150",
        "li.na,李娜,组长长,,x",
        "zhang.wei,张三,财务,,",
    )

    done = file.take_in(path, actor=boss, at=AT, make_teams=True)
    places = {(found.code, found.place) for found in done.problems}
    assert places == {
        ("role.unknown_near", "staff.csv:3:角色"),
        ("user.number", "staff.csv:3:案件上限"),
        ("user.twice", "staff.csv:4:用户名"),
    }
    assert not done.added
    assert not User.objects.filter(username="zhang.wei").exists()
    assert not Team.objects.filter(name="一组").exists()


def test_a_file_without_roles_names_the_headings(tmp_path: Path, boss: User) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("用户名,星座\nzhang.wei,白羊\n", "utf-8")
    done = file.take_in(path, actor=boss, at=AT)
    assert [found.code for found in done.problems] == ["file.unknown_column", "file.column"]


def test_somebody_who_is_here_otherwise_is_not_changed_by_a_file(
    tmp_path: Path, boss: User
) -> None:
    user = create_user("zhang.wei", organisation=boss.organisation, roles=["finance"])
    done = file.take_in(written(tmp_path, "zhang.wei,张伟,催收员,,"), actor=boss, at=AT)
    assert [found.code for found in done.problems] == ["user.differs"]
    assert user.role_codes == ("finance",)


def test_the_template_is_a_file_that_can_be_taken(tmp_path: Path, boss: User) -> None:
    path = tmp_path / "staff.xlsx"
    file.write_template(path, boss.organisation)
    done = file.take_in(path, actor=boss, at=AT, make_teams=True)
    assert done.problems == ()
    assert len(done.added) == 2
