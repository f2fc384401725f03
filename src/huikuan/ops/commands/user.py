"""huikuan user list | add | role | team | password | end | import | template"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huikuan.people.models import User

HELP = "users: add, roles, team, password, end; a whole staff from one file"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs and what they take."""
    from huikuan.ops import staff
    from huikuan.ops.words import gettext as _

    made = staff.verbs(
        parser,
        {
            "list": _("who works here, with roles, team and how many open cases they hold"),
            "add": _("a new user; the password is printed once"),
            "role": _("give a user exactly these roles"),
            "team": _("move a user to a team, or out of any"),
            "password": _("another password, printed once"),
            "end": _("somebody leaves: the open cases come back, then the account is closed"),
            "import": _("a whole staff from one XLSX or CSV file, all of it or nothing"),
            "template": _("write the file that `import` takes, to be filled in"),
        },
    )
    for verb in ("add", "role", "team", "password", "end"):
        made[verb].add_argument("username", metavar="NAME", help=_("what the user signs in with"))

    add = made["add"]
    add.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="ROLE",
        help=_("code or title; several may come"),
    )
    add.add_argument("--team", default="", metavar="TEAM", help=_("code or name"))
    add.add_argument("--display-name", default="", metavar="NAME", help=_("as colleagues see it"))
    add.add_argument("--creditor", default="", metavar="CODE", help=_("of a client's user"))
    add.add_argument("--capacity", type=int, default=200, metavar="N", help=_("open cases at most"))
    add.add_argument(
        "--skill", action="append", default=[], metavar="WORD", help=_("several may come")
    )
    for verb in ("add", "password"):
        made[verb].add_argument(
            "--ask", action="store_true", help=_("ask for the password instead of making one")
        )

    made["role"].add_argument("roles", nargs="+", metavar="ROLE", help=_("codes or titles"))
    made["team"].add_argument(
        "team", nargs="?", default="", metavar="TEAM", help=_("code or name; none: out of any")
    )
    made["end"].add_argument("--reason", default="", metavar="TEXT", help=_("for the record"))
    for verb in ("import", "template"):
        made[verb].add_argument("file", type=Path, metavar="FILE", help=_("XLSX or CSV"))
    made["import"].add_argument(
        "--make-teams", action="store_true", help=_("make the teams that the house does not have")
    )


def run(args: argparse.Namespace) -> int:
    """1 when something stands in the way; then nothing is changed."""
    handlers = {
        "list": show,
        "add": add,
        "role": set_roles,
        "team": set_team,
        "password": set_password,
        "end": end,
        "import": take_in,
        "template": template,
    }

    return handlers[args.verb](args)


def show(args: argparse.Namespace) -> int:
    """Each user in one line; who has left comes last."""
    from huikuan.casebook.models import CaseSummary
    from huikuan.ops import staff
    from huikuan.people.models import User

    house = staff.actor(args).organisation
    people = User.objects.filter(organisation=house).exclude(username__startswith="service.")
    people = people.with_roles().select_related("team")
    listed = []
    for user in people.order_by("-is_active", "username"):
        held = CaseSummary.objects.filter(assignee_id=user.pk, is_open=True).count()
        listed.append(as_row(user) | {"active": user.is_active, "cases": held})
    return staff.rows(args, listed, _shown)


def _shown(username: str, name: str, titles: str, team: str | None, cases: int, **more: Any) -> str:
    from django.utils.translation import gettext as _

    text = _("{username}  {name}  {titles}  {team}  {cases} open cases")
    shown = text.format(username=username, name=name, titles=titles, team=team or "-", cases=cases)
    if more["active"]:
        return shown
    return shown + "  " + _("has left")


def as_row(user: User) -> dict[str, Any]:
    """A user as JSON has it."""
    team = None
    if user.team is not None:
        team = user.team.code
    return {
        "username": user.username,
        "name": user.display_name,
        "roles": list(user.role_codes),
        "titles": user.role_title,
        "team": team,
    }


def add(args: argparse.Namespace) -> int:
    """Adds one user."""
    from huikuan.ops import staff
    from huikuan.staff.users import NewUser
    from huikuan.staff.users import add as verb

    wanted = NewUser(
        username=args.username,
        display_name=args.display_name,
        roles=tuple(args.role),
        team=args.team,
        creditor=args.creditor,
        capacity=args.capacity,
        skills=tuple(args.skill),
    )
    password = _asked(args)
    done = verb(wanted, actor=staff.actor(args), at=staff.now(), password=password)
    return _kept(args, done)


def set_roles(args: argparse.Namespace) -> int:
    """Gives roles."""
    from huikuan.ops import staff
    from huikuan.staff.users import set_roles as verb

    return _kept(args, verb(args.username, args.roles, actor=staff.actor(args), at=staff.now()))


def set_team(args: argparse.Namespace) -> int:
    """Moves to a team."""
    from huikuan.ops import staff
    from huikuan.staff.users import set_team as verb

    return _kept(args, verb(args.username, args.team, actor=staff.actor(args), at=staff.now()))


def set_password(args: argparse.Namespace) -> int:
    """Sets a password."""
    from huikuan.ops import staff
    from huikuan.staff.users import set_password as verb

    password = _asked(args)
    done = verb(args.username, actor=staff.actor(args), at=staff.now(), password=password)
    return _kept(args, done)


def _asked(args: argparse.Namespace) -> str:
    """The password that is typed, or nothing: then one is made."""
    from huikuan.ops import staff

    if args.ask:
        return staff.ask_password()
    return ""


def _kept(args: argparse.Namespace, done: Any) -> int:
    """Prints a user as it now stands, and a new password once."""
    from django.utils.translation import gettext as _

    from huikuan.ops import staff

    row: dict[str, Any] = {"username": args.username}
    text = ""
    if done.user is not None:
        row = as_row(done.user)
        text = "{username}  {titles}  {team}".format(**row | {"team": row["team"] or "-"})
    if done.password:
        row["password"] = done.password
        text += "\n" + _("password, shown only now: {password}").format(password=done.password)
    return staff.answer(args, row, text, done.problems)


def end(args: argparse.Namespace) -> int:
    """Gives back what somebody holds and closes the account."""
    from django.utils.translation import gettext as _

    from huikuan.ops import staff
    from huikuan.staff import leave

    done = leave.end(args.username, actor=staff.actor(args), at=staff.now(), reason=args.reason)
    row = {"username": args.username, "cases": done.cases}
    text = _("{username} has left; {cases} open cases are nobody's now: allocate them")
    return staff.answer(args, row, text.format(**row), done.problems)


def take_in(args: argparse.Namespace) -> int:
    """Adds every user of a file and prints their passwords once."""
    from django.utils.translation import gettext as _

    from huikuan.ops import staff
    from huikuan.staff import file

    done = file.take_in(
        args.file, actor=staff.actor(args), at=staff.now(), make_teams=args.make_teams
    )
    added = [as_row(user) | {"password": password} for user, password in done.added]
    row = {
        "added": added,
        "unchanged": list(done.unchanged),
        "teams": [team.code for team in done.teams],
    }
    counts = _("{added} users added, {unchanged} were here already, {teams} teams made")
    lines = [counts.format(added=len(added), unchanged=len(done.unchanged), teams=len(done.teams))]
    if added:
        lines.append(_("User names and passwords, shown only now:"))
    lines += [f"  {user['username']}  {user['password']}" for user in added]
    return staff.answer(args, row, "\n".join(lines), done.problems)


def template(args: argparse.Namespace) -> int:
    """Writes the workbook to fill in. It never overwrites a file."""
    from django.utils.translation import gettext as _

    from huikuan.ops import staff
    from huikuan.ops.cli import CommandError
    from huikuan.people.models import Organisation
    from huikuan.staff import file

    if args.file.exists():
        raise CommandError(_("{file} is there already").format(file=args.file))
    if args.file.suffix.lower() != ".xlsx":
        raise CommandError(_("the template is a workbook: name it .xlsx"))
    file.write_template(args.file, Organisation.objects.order_by("pk").first())
    text = _("{file} is written: one row a user").format(file=args.file)
    return staff.answer(args, {"file": str(args.file)}, text)
