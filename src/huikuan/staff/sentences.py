"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "staff.right": Entry(
        _("you may not change the staff"), _("ask a manager or the system administrator")
    ),
    "staff.house_right": Entry(
        _("you may not change the house"), _("ask a manager or the system administrator")
    ),
    "staff.code": Entry(
        _("'{value}' is no code: a letter, then letters, digits, hyphens and underscores"),
        _("write it like north-team"),
    ),
    "staff.empty": Entry(_("this is missing"), _("write it")),
    "staff.long": Entry(_("this has more than {most} characters"), _("write it shorter")),
    "house.exists": Entry(
        _("there is a house already: {name}"), _("change it with `huikuan house set`")
    ),
    "house.zone": Entry(_("there is no time zone '{value}'"), _("write it like Asia/Shanghai")),
    "house.phone": Entry(
        _("'{value}' is no telephone number"), _("digits, with spaces or hyphens between them")
    ),
    "house.trade": Entry(
        _("the neutral name tells what the house does: it has the word '{word}'"),
        _("a name without any word for collecting, loans or debts"),
    ),
    "team.exists": Entry(_("there is a team {code} already: {name}"), _("choose another code")),
    "team.unknown": Entry(
        _("there is no team '{value}'; known: {known}"),
        _("`huikuan team add CODE NAME`, or --make-teams with a file"),
    ),
    "team.unknown_near": Entry(_("there is no team '{value}'; did you mean {near}?")),
    "user.exists": Entry(
        _("there is a user {name} already"), _("change the user with `huikuan user role` or `team`")
    ),
    "user.elsewhere": Entry(
        _("the user name {name} is taken"), _("choose another: names are unique over all houses")
    ),
    "user.unknown": Entry(_("there is no user '{name}' here"), _("see `huikuan user list`")),
    "user.unknown_near": Entry(_("there is no user '{name}' here; did you mean {near}?")),
    "user.name": Entry(
        _("'{value}' is no user name: letters, digits and . _ @ + -"), _("write it like zhang.wei")
    ),
    "user.service": Entry(
        _("'{name}' is a name of the program itself"), _("names do not begin with service.")
    ),
    "user.number": Entry(_("'{value}' is no whole number from 0 on"), _("write it in digits")),
    "user.ended": Entry(_("{name} has left already"), "", "warning"),
    "user.last": Entry(
        _("{name} is the last who may change the staff"), _("give somebody else such a role first")
    ),
    "user.self": Entry(_("you cannot end yourself"), _("ask a colleague")),
    "user.own_roles": Entry(
        _("nobody changes their own roles"), _("ask a colleague who may change the staff")
    ),
    "user.own_team": Entry(
        _("nobody moves themselves to another team"),
        _("ask a colleague who may change the staff"),
    ),
    "user.above": Entry(
        _("you may not give the role {role}, so the account of {name} is not yours to change"),
        _("ask somebody who has that role or stands above it"),
    ),
    "user.other_team": Entry(
        _("you see one team only, and this is another one"),
        _("ask somebody who sees the whole house"),
    ),
    "user.password": Entry(_("the password is too weak: {why}"), _("choose a longer one")),
    "user.twice": Entry(
        _("the user name {name} stands in row {other} too"), _("keep one of the rows")
    ),
    "user.differs": Entry(
        _("{name} is here already with another {columns}"),
        _("change it with `huikuan user role` or `team`; a file only adds users"),
    ),
    "creditor.unknown": Entry(
        _("there is no creditor '{value}'; known: {known}"),
        _("creditors come with the first import"),
    ),
    "role.none": Entry(_("no role is named"), _("name at least one; see `huikuan role list`")),
    "role.unknown": Entry(_("there is no role '{value}'"), _("see `huikuan role list`")),
    "role.unknown_near": Entry(_("there is no role '{value}'; did you mean {near}?")),
    "role.outside": Entry(
        _("a client's role goes with no role of the house: a client would see all of it"),
        _("make two users"),
    ),
    "role.no_creditor": Entry(
        _("a client's user needs a creditor, whose cases it sees"), _("name it with --creditor")
    ),
    "role.no_team": Entry(
        _("{name} leads a team and belongs to none, so sees only cases that nobody holds"),
        _("`huikuan user team`"),
        "warning",
    ),
    "role.above_rank": Entry(
        _("the role {role} stands above your own"), _("ask somebody who stands as high or higher")
    ),
    "role.above_rights": Entry(
        _("the role {role} gives what you may neither do nor hand on: {rights}"),
        _("ask somebody who may, or leave these rights out"),
    ),
    "role.above_wall": Entry(
        _("the role {role} shows more cases than you see"),
        _("ask somebody who sees the whole house"),
    ),
    "role.rank": Entry(
        _("the rank {value} is none: a whole number from 0 to {most}"), _("write it in digits")
    ),
    "role.exists": Entry(_("there is a role {code} already"), _("choose another code")),
    "role.right": Entry(
        _("there is no right '{value}'; known: {known}"), _("see `huikuan role rights`")
    ),
    "role.needs_write": Entry(
        _("without the right 'write' a role only looks, and its other rights are of no use"),
        _("add --right write, or leave the others out"),
    ),
    "role.wall": Entry(_("there is no wall '{value}'; known: {known}")),
    "file.column": Entry(
        _("no column with the {field}; known headings: {known}"), _("see `huikuan user template`")
    ),
    "file.unknown_column": Entry(
        _("the column '{value}' is not known and was not read"),
        _("see `huikuan user template`"),
        "warning",
    ),
    "first.key": Entry(
        _("this address is not valid, was used, or is too old"),
        _("start Huikuan again: it prints a new one while there is no user"),
    ),
}

problem = speaker(CATALOGUE)
