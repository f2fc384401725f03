"""huikuan pack list | activate | rollback | take-back: which version of a pack is in force, for
whom.
"""

import argparse
import json
from typing import TYPE_CHECKING, Any

from huikuan.ops.arguments import day, organisation_argument, today

if TYPE_CHECKING:
    import datetime as dt

    from huikuan.casebook.models import PackActivation, PackVersion
    from huikuan.people.models import Organisation, User
    from huikuan.planning.activate import Said, Scope

HELP = "which version of a pack is in force, for whom and from when; activate another, or roll back"


def arguments(parser: argparse.ArgumentParser) -> None:
    """list, activate, rollback, take-back."""
    from huikuan.ops.words import gettext as _

    actions = parser.add_subparsers(
        dest="action", required=True, metavar="list|activate|rollback|take-back"
    )
    shown = actions.add_parser("list", help=_("versions of each pack, and every activation"))
    shown.add_argument("pack", nargs="?", metavar="PACK")

    activate = actions.add_parser(
        "activate", help=_("puts an approved version in force from a day")
    )
    activate.add_argument("pack", metavar="PACK")
    activate.add_argument(
        "--version",
        metavar="VERSION",
        help=_("version or beginning of its hash; default: what the files say"),
    )
    activate.add_argument("--from", dest="from_on", type=day, metavar="YYYY-MM-DD")
    activate.add_argument(
        "--until",
        dest="until_on",
        type=day,
        metavar="YYYY-MM-DD",
        help=_("the first day without it"),
    )
    rollback = actions.add_parser(
        "rollback", help=_("puts the version in force again that held before, from today")
    )
    rollback.add_argument("pack", metavar="PACK")
    for action in (activate, rollback):
        action.add_argument("--creditor", metavar="CODE", help=_("only the cases of this creditor"))
        action.add_argument("--product", default="", help=_("only the cases of this product"))
        action.add_argument("--team", metavar="CODE", help=_("only the cases that this team holds"))

    take_back = actions.add_parser(
        "take-back", help=_("withdraws an activation that has not begun")
    )
    take_back.add_argument("number", type=int, metavar="NUMBER", help=_("as list shows it"))
    for action in (activate, rollback, take_back):
        action.add_argument("--user", required=True, help=_("the manager who decides it"))
        action.add_argument("--reason", default="", help=_("why; it is kept with the act"))
    for action in (shown, activate, rollback, take_back):
        organisation_argument(action)
        action.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 done. 1: an unknown pack, version or user, or why it may not be done."""
    from django.utils import timezone

    from huikuan.ops.cli import CommandError
    from huikuan.ops.people_named import user_named
    from huikuan.planning.load import load_all
    from huikuan.planning.not_activated import NotActivated

    at = timezone.now()
    load_all(at=at)
    if args.action == "list":
        return _list(_named(args.pack), _house(args.organisation), as_json=args.json)

    user = user_named(args.user)
    try:
        pack = _decide(args, user, at)
    except NotActivated as error:
        raise CommandError(error.sentence) from error
    return _list([pack], user.organisation, as_json=args.json)


def _house(code: str | None) -> "Organisation | None":
    """The house whose activations are shown; None in a book without one. Raises CommandError."""
    from huikuan.ops.service import looking_on
    from huikuan.people.models import Organisation

    if code is None and not Organisation.objects.exists():
        return None
    return looking_on(code).organisation


def _decide(args: argparse.Namespace, user: "User", at: "dt.datetime") -> str:
    """Does what was asked for; the name of the pack. Raises NotActivated."""
    from huikuan.planning.activate import activate, roll_back, take_back

    if args.action == "take-back":
        activation = _activation(args.number, user)
        take_back(activation, actor=user, at=at, reason=args.reason)
        return activation.pack

    [pack] = _named(args.pack)
    scope = _scope(args, user)
    if args.action == "rollback":
        roll_back(pack, actor=user, at=at, scope=scope, reason=args.reason)
    else:
        days = {"from_on": args.from_on, "until_on": args.until_on}
        version = _version(pack, args.version)
        activate(version, actor=user, at=at, scope=scope, reason=args.reason, **days)
    return pack


def _named(pack: str | None) -> list[str]:
    """The pack, or every stored one. Raises CommandError for an unknown name."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.models import PackVersion
    from huikuan.lib.problems import did_you_mean
    from huikuan.ops.cli import CommandError

    known = sorted(set(PackVersion.objects.values_list("pack", flat=True)))
    if pack is None:
        return known
    if pack in known:
        return [pack]

    near = did_you_mean(pack, known)
    if near:
        text = _("there is no pack {name}; did you mean {near}?")
    else:
        text = _("there is no pack {name}; known: {known}")
    raise CommandError(text.format(name=pack, near=near, known=", ".join(known)))


def _scope(args: argparse.Namespace, user: "User") -> "Scope":
    from huikuan.ops.people_named import creditor_named, team_named
    from huikuan.planning.activate import Scope
    from huikuan.planning.not_activated import MayNotActivate

    if user.organisation is None:
        raise MayNotActivate
    creditor = creditor_named(args.creditor, user.organisation) if args.creditor else None
    team = team_named(args.team, user.organisation) if args.team else None
    return Scope(creditor, args.product, team)


def _version(pack: str, wanted: str | None) -> "PackVersion":
    """The version of this name or hash; without one, what the files say. Raises CommandError."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.models import PackVersion
    from huikuan.ops.cli import CommandError
    from huikuan.people.roles import known_codes
    from huikuan.planning import load

    versions = PackVersion.objects.filter(pack=pack).defer("content", "compiled").order_by("-pk")
    if wanted is None:
        folder = load.folders().get(pack)
        checked = load.check(pack, folder, known_codes()) if folder else None
        digest = checked.pack.hash if checked and checked.pack else ""
        found = [version for version in versions if version.hash == digest]
    else:
        found = [v for v in versions if v.version == wanted or v.hash.startswith(wanted)]

    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{v.version} ({v.hash[:12]})" for v in versions)
    if found:
        text = _("several versions of {pack} are named {version}; name one by its hash: {known}")
    else:
        text = _("there is no version {version} of {pack}; known: {known}")
    raise CommandError(text.format(pack=pack, version=wanted or "", known=known))


def _activation(number: int, user: "User") -> "PackActivation":
    """An activation of the user's house: what another one said is no business of theirs."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.models import PackActivation
    from huikuan.ops.cli import CommandError

    of_house = PackActivation.objects.filter(organisation=user.organisation)
    found = of_house.filter(pk=number).first()
    if found is None:
        raise CommandError(_("there is no activation {number}").format(number=number))
    return found


def _list(packs: list[str], house: "Organisation | None", *, as_json: bool) -> int:
    """Each pack with its versions and the activations of the house, the newest first."""
    for pack in packs:
        row = _as_dict(pack, house)
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            _print(row)
    return 0


def _as_dict(pack: str, house: "Organisation | None") -> dict[str, Any]:
    """The pack with its versions and every activation that was said in the house."""
    from huikuan.casebook import packs as holding
    from huikuan.casebook.models import PackVersion
    from huikuan.planning.activate import history

    held = {version.pk for version in holding.in_force_in(house, today())}
    versions = PackVersion.objects.filter(pack=pack).defer("content", "compiled").order_by("-pk")
    listed = [
        {
            "version": version.version,
            "hash": version.hash[:12],
            "approved_by": version.approved_by,
            "effective_from": version.effective_from.isoformat(),
            "in_force": version.pk in held,
        }
        for version in versions
    ]
    return {
        "pack": pack,
        "versions": listed,
        "activations": [_activation_as_dict(said) for said in history(pack, today(), house)],
    }


def _activation_as_dict(said: "Said") -> dict[str, object]:
    """One activation: which version, for whom, from when to when, by whom."""
    from huikuan.casebook import spells

    row = said.row
    scope: dict[str, object] = {"creditor": None, "product": row.product or None, "team": None}
    if row.creditor is not None:
        scope["creditor"] = row.creditor.code
    if row.team is not None:
        scope["team"] = row.team.code

    house = row.organisation and row.organisation.code
    version = {
        "number": row.pk,
        "house": house,
        "version": row.version.version,
        "hash": row.version.hash[:12],
    }
    until_on = said.until_on and said.until_on.isoformat()
    left = {"until_on": until_on, "state": said.state}
    return version | scope | spells.as_dict(row) | left


def _print(row: dict[str, Any]) -> None:
    """The same for people."""
    from django.utils.translation import gettext as _

    print(row["pack"])
    for version in row["versions"]:
        approved = version["approved_by"] or _("not approved")
        mark = _("in force") if version["in_force"] else ""
        print(f"  {version['version']} {version['hash']}  {approved}  {mark}".rstrip())

    for line in row["activations"]:
        scope = [line["creditor"], line["product"], line["team"]]
        whom = " · ".join(part for part in scope if part) or _("all cases")
        until = line["until_on"] or "…"
        days = f"{line['from_on']} – {until}"
        by = line["by"] or _("the program")
        if line["by"] is None and line["house"] is not None:
            by = _("said for all houses before")
        state = _(str(line["state"]))
        print(f"    {line['number']}: {line['version']}  {whom}  {days}  {state}  {by}")
