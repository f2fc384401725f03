"""One file for a whole staff, XLSX or CSV: a row a user.

Taken whole or not at all, with every problem at its cell.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext

from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.read_table import read_table
from huikuan.lib.tables import ROW
from huikuan.people import roles
from huikuan.people.models import Organisation, Team, User
from huikuan.staff import teams, users
from huikuan.staff.access import begin, has_error, may_change
from huikuan.staff.sentences import problem
from huikuan.staff.users import Fitting, NewUser

#: Field → headings, the first one being what the template has.
HEADINGS = {
    "username": "用户名|登录名|账号|username|user name|login",
    "display_name": "姓名|名字|name|display name",
    "roles": "角色|岗位|职位|roles|role",
    "team": "小组|组|班组|team",
    "creditor": "委托方|客户|creditor|client",
    "capacity": "案件上限|持案上限|capacity",
    "skills": "技能|专长|skills",
}
REQUIRED = {"username": _("user name"), "roles": _("roles")}
_FIELDS = {
    unicodedata.normalize("NFKC", word).lower(): field
    for field, words in HEADINGS.items()
    for word in words.split("|")
}
#: Between several roles or skills in one cell.
_BETWEEN = re.compile(r"[、，,;；/|]+")
#: A staff file of invented people, which the template shows.
_EXAMPLES = (
    ("zhang.wei", "张伟", "催收员", "一组", "", "200", ""),
    ("li.na", "李娜", "组长、数据管理专员", "一组", "", "", ""),
)
_WIDTHS = (18, 12, 28, 14, 18, 12, 20)


@dataclass(frozen=True, slots=True)
class Read:
    """A row of the file: its number, who it is, and what could not be read."""

    row: int
    wanted: NewUser
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """Who was added, each with a password to hand over; who was here; or every problem."""

    added: tuple[tuple[User, str], ...] = ()
    unchanged: tuple[str, ...] = ()
    teams: tuple[Team, ...] = ()
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def take_in(path: Path, *, actor: User, at: dt.datetime, make_teams: bool = False) -> Taken:
    """Adds every user of the file. One error anywhere: nobody is added, and every error is told.

    A row that holds already changes nothing, so that the same file may come again. `make_teams`:
    teams that the house does not have are made under the name that the file gives.
    """
    house = actor.organisation
    if not may_change(actor) or house is None:
        return Taken(problems=(problem("staff.right"),))
    rows, problems = read(path)
    problems += _twice(rows, path.name)

    made: list[Team] = []
    if make_teams:
        made = _missing_teams(rows, house)
    fitting: list[Fitting] = []
    unchanged: list[str] = []
    for read_row in rows:
        fits, found = _check(read_row, house)
        problems += [_placed(one, path.name, read_row.row) for one in found]
        if fits is not None and found_here(fits, house):
            unchanged.append(fits.wanted.username)
        elif fits is not None:
            reach = users.reach_problems(fits, actor)
            problems += [_placed(one, path.name, read_row.row) for one in reach]
            fitting.append(fits)

    if has_error(problems):
        transaction.set_rollback(True)
        return Taken(problems=tuple(problems))
    added = _write(fitting, house)
    if added or made:
        reason = f"{len(added)} users, {len(made)} teams"
        given = {role for fits in fitting for role in fits.roles}
        begin(actor, "staff.import", at=at, reason=reason, given=given)
    return Taken(tuple(added), tuple(unchanged), tuple(made), tuple(problems))


def read(path: Path) -> tuple[list[Read], list[Problem]]:
    """The rows of the file as they are meant; never raises for what is in it."""
    table = read_table(path)
    # The template has a sheet of roles beside the first, which is read by people only.
    problems = [found for found in table.problems if found.code != "table.other_sheets"]
    if not table.readable:
        return [], problems

    columns, found = _columns(table.columns)
    problems += [one.at(file=table.name) for one in found]
    if has_error(problems):
        return [], problems

    rows = [_row(cells, columns) for cells in table.frame.iter_rows(named=True)]
    for row in rows:
        problems += [_placed(one, table.name, row.row) for one in row.problems]
    return rows, problems


def _columns(headings: list[str]) -> tuple[dict[str, str], list[Problem]]:
    """Field → heading of the file, and what is wrong with the headings."""
    columns: dict[str, str] = {}
    problems: list[Problem] = []
    for column in headings:
        field = _FIELDS.get(unicodedata.normalize("NFKC", column).strip().lower())
        if field is None:
            problems.append(problem("file.unknown_column", value=column))
        else:
            columns.setdefault(field, column)

    for field, word in REQUIRED.items():
        if field not in columns:
            known = HEADINGS[field].replace("|", ", ")
            problems.append(problem("file.column", field=gettext(word), known=known))
    return columns, problems


def _row(cells: dict[str, Any], columns: dict[str, str]) -> Read:
    """A row as it is meant; a number that is none is a problem of its cell."""
    texts = {field: (cells[column] or "").strip() for field, column in columns.items()}
    problems: list[Problem] = []
    capacity = users.CAPACITY
    written = texts.get("capacity", "")
    if written.isascii() and written.isdigit():
        capacity = int(written)
    elif written:
        problems.append(problem("user.number", column="capacity", value=written))

    wanted = NewUser(
        username=texts.get("username", ""),
        display_name=texts.get("display_name", ""),
        roles=split(texts.get("roles", "")),
        team=texts.get("team", ""),
        creditor=texts.get("creditor", ""),
        capacity=capacity,
        skills=split(texts.get("skills", "")),
    )
    return Read(cells[ROW], wanted, tuple(problems))


def split(text: str) -> tuple[str, ...]:
    """Several words of one cell: 组长、财务."""
    return tuple(word.strip() for word in _BETWEEN.split(text) if word.strip())


def _check(read_row: Read, house: Organisation) -> tuple[Fitting | None, list[Problem]]:
    """Whether the row fits; somebody who is here already must be here as the row says."""
    fits, problems = users.fit(read_row.wanted, house)
    before = User.objects.filter(username=read_row.wanted.username).first()
    if before is None or fits is None:
        return fits, problems
    if before.organisation_id != house.pk:
        return None, problems + users.taken(before.username, house)

    differing = differences(before, fits)
    if differing:
        found = problem(
            "user.differs", column="username", name=before.username, columns=", ".join(differing)
        )
        return None, [*problems, found]
    return fits, problems


def differences(user: User, fits: Fitting) -> list[str]:
    """In what a user of the house differs from a row of the file: names of the file's columns."""
    pairs = {
        "roles": (set(user.role_codes), {role.code for role in fits.roles}),
        "team": (user.team, fits.team),
        "creditor": (user.creditor, fits.creditor),
        "capacity": (user.capacity, fits.wanted.capacity),
        "skills": (list(user.skills), list(fits.wanted.skills)),
    }
    return [heading(field) for field, (has, wants) in pairs.items() if has != wants]


def found_here(fits: Fitting, house: Organisation) -> bool:
    """Whether the house has this user already."""
    return User.objects.filter(organisation=house, username=fits.wanted.username).exists()


def _twice(rows: list[Read], file: str) -> Iterator[Problem]:
    """A user name that stands in two rows."""
    first: dict[str, int] = {}
    for row in rows:
        name = row.wanted.username
        if name and name in first:
            found = problem("user.twice", column="username", name=name, other=first[name])
            yield _placed(found, file, row.row)
        first.setdefault(name, row.row)


def _missing_teams(rows: list[Read], house: Organisation) -> list[Team]:
    """Makes the teams that the rows name and the house does not have, in the order of the file."""
    made: list[Team] = []
    for name in dict.fromkeys(row.wanted.team for row in rows if row.wanted.team):
        team, _problems = teams.find(house, name)
        if team is None and len(name) <= teams.LONGEST_NAME:
            made.append(Team.objects.create(organisation=house, code=_free_code(house), name=name))
    return made


def _free_code(house: Organisation) -> str:
    number = Team.objects.filter(organisation=house).count() + 1
    while Team.objects.filter(organisation=house, code=f"team{number}").exists():
        number += 1
    return f"team{number}"


def _write(fitting: list[Fitting], house: Organisation) -> list[tuple[User, str]]:
    added = []
    for fits in fitting:
        password = users.new_password()
        added.append((users.write(fits, house, password), password))
    return added


def _placed(found: Problem, file: str, row: int) -> Problem:
    """The problem at its cell, the column by the heading of the template."""
    return replace(found, file=file, row=row, column=heading(str(found.column)))


def heading(field: str) -> str:
    """What the template calls a field."""
    return HEADINGS.get(field, field).split("|")[0]


def write_template(path: Path, house: Organisation | None) -> None:
    """A workbook to be filled in: headings, two invented people, and a sheet of the roles."""
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("staff")
        for column, field in enumerate(HEADINGS):
            sheet.write_string(0, column, heading(field), bold)
            sheet.set_column(column, column, _WIDTHS[column])
        for row, example in enumerate(_EXAMPLES, start=1):
            for column, text in enumerate(example):
                sheet.write_string(row, column, text)
        _write_roles(book.add_worksheet("roles"), house, bold)


def _write_roles(sheet: Any, house: Organisation | None, bold: Any) -> None:
    for column, text in enumerate((gettext("Code"), gettext("Role"), gettext("sees"))):
        sheet.write_string(0, column, text, bold)
        sheet.set_column(column, column, 30)
    for row, role in enumerate(roles.of_house(house).order_by("pk"), start=1):
        sheet.write_string(row, 0, role.code)
        sheet.write_string(row, 1, role.title)
        sheet.write_string(row, 2, str(role.get_wall_display()))
