"""huikuan team add | list | rename"""

from __future__ import annotations

import argparse

HELP = "teams: add, list, rename"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs and what they take."""
    from huikuan.ops import staff
    from huikuan.ops.words import gettext as _

    made = staff.verbs(
        parser,
        {
            "list": _("the teams with their leads and how many users they have"),
            "add": _("a new team"),
            "rename": _("another name for a team; its code stays"),
        },
    )
    for verb in ("add", "rename"):
        made[verb].add_argument("code", metavar="CODE", help=_("letters and digits: north"))
        made[verb].add_argument("name", metavar="NAME", help=_("as people call it"))


def run(args: argparse.Namespace) -> int:
    """1 when the team cannot be made or renamed."""
    from django.utils.translation import gettext as _

    from huikuan.ops import staff
    from huikuan.staff import teams

    if args.verb == "list":
        return show(args)

    verb = {"add": teams.add, "rename": teams.rename}[args.verb]
    done = verb(args.code, args.name, actor=staff.actor(args), at=staff.now())
    row = {"code": args.code, "name": args.name}
    text = _("Team {code}: {name}").format(**row)
    return staff.answer(args, row, text, done.problems)


def show(args: argparse.Namespace) -> int:
    """Each team in one line."""
    from huikuan.ops import staff
    from huikuan.people.models import Team

    house = staff.actor(args).organisation
    listed = []
    for team in Team.objects.filter(organisation=house).order_by("code"):
        people = team.users.filter(is_active=True)
        leads = [person.username for person in people if person.leads_team]
        listed.append({"code": team.code, "name": team.name, "users": len(people), "leads": leads})
    return staff.rows(args, listed, _shown)


def _shown(code: str, name: str, users: int, leads: list[str]) -> str:
    from django.utils.translation import gettext as _

    text = _("{code}  {name}  {users} users  lead: {leads}")
    return text.format(code=code, name=name, users=users, leads=", ".join(leads) or "-")
