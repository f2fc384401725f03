"""huikuan role list | rights | add"""

from __future__ import annotations

import argparse

HELP = "roles: which there are, which rights there are, a role of the house's own"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs and what they take."""
    from huikuan.ops import staff
    from huikuan.ops.words import gettext as _

    made = staff.verbs(
        parser,
        {
            "list": _("every role with what it sees, and who has it"),
            "rights": _("every right that a role can give"),
            "add": _("a role of this house, beside those that ship"),
        },
    )
    add = made["add"]
    add.add_argument("code", metavar="CODE", help=_("the word that packs use"))
    add.add_argument("title", metavar="TITLE", help=_("as people call it"))
    add.add_argument("--title-en", default="", metavar="TITLE", help=_("in English"))
    add.add_argument(
        "--wall",
        default="own",
        choices=("own", "team", "creditor", "house"),
        help=_("which cases it sees; own when absent"),
    )
    add.add_argument(
        "--right", action="append", default=[], metavar="RIGHT", help=_("may come several times")
    )
    add.add_argument(
        "--gives",
        action="append",
        default=[],
        metavar="RIGHT",
        help=_("may be handed on to others without having it; may come several times"),
    )
    add.add_argument(
        "--rank", type=int, default=0, metavar="N", help=_("does what lower ranks are asked for")
    )


def run(args: argparse.Namespace) -> int:
    """1 when the role cannot be made."""
    verb = {"list": show, "rights": show_rights, "add": add}[args.verb]
    return verb(args)


def add(args: argparse.Namespace) -> int:
    """Makes a role of the house."""
    from django.utils.translation import gettext as _

    from huikuan.ops import staff
    from huikuan.staff import roles

    wanted = roles.NewRole(
        args.code,
        args.title,
        args.title_en,
        args.wall,
        tuple(args.right),
        args.rank,
        tuple(args.gives),
    )
    done = roles.add(wanted, actor=staff.actor(args), at=staff.now())
    row = {"code": args.code, "title": args.title, "wall": args.wall, "rights": args.right}
    text = _("Role {code}: {title}").format(code=args.code, title=args.title)
    return staff.answer(args, row, text, done.problems)


def show(args: argparse.Namespace) -> int:
    """Each role in one line."""
    from huikuan.ops import staff
    from huikuan.people import roles

    house = staff.actor(args).organisation
    listed = []
    for role in roles.of_house(house).order_by("pk"):
        people = role.users.filter(organisation=house, is_active=True)
        names = people.exclude(username__startswith="service.").order_by("username")
        listed.append(
            {
                "code": role.code,
                "title": role.title,
                "wall": role.wall,
                "rank": role.rank,
                "rights": role.rights,
                "gives": role.gives,
                "own": role.organisation_id is not None,
                "users": list(names.values_list("username", flat=True)),
            }
        )
    return staff.rows(args, listed, _shown)


def _shown(code: str, title: str, wall: str, users: list[str], **_more: object) -> str:
    return f"{code:<24} {title}  [{wall}]  {', '.join(users) or '-'}"


def show_rights(args: argparse.Namespace) -> int:
    """Each right with what it allows."""
    from huikuan.ops import staff
    from huikuan.people.rights import Right

    listed = [{"right": right.value, "title": str(right.label)} for right in Right]
    return staff.rows(args, listed, _right_shown)


def _right_shown(right: str, title: str) -> str:
    return f"{right:<18} {title}"
