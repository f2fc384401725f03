"""huikuan house show | set"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huikuan.people.models import Organisation

HELP = "the house: name, kind, telephone numbers, neutral outward name, time zone"
KINDS = ("house", "agency")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs and what they take."""
    from huikuan.ops import staff
    from huikuan.ops.words import gettext as _

    made = staff.verbs(
        parser,
        {
            "show": _("what the house is called and which numbers it gives"),
            "set": _("make the house, or change it; asks nothing that is not named"),
        },
    )
    change = made["set"]
    change.add_argument("--name", metavar="NAME", help=_("what debtors hear and letters say"))
    change.add_argument(
        "--kind",
        choices=KINDS,
        help=_("house: collects its own debts; agency: those of others, who told the debtor of it"),
    )
    change.add_argument("--code", default="house", metavar="CODE", help=_("only when it is made"))
    change.add_argument("--callback-phone", metavar="NUMBER", help=_("number to call back"))
    change.add_argument("--complaint-phone", metavar="NUMBER", help=_("complaints number"))
    change.add_argument(
        "--outward-name", metavar="NAME", help=_("neutral name for third persons; no trade in it")
    )
    change.add_argument("--timezone", metavar="ZONE", help=_("such as Asia/Shanghai"))


def run(args: argparse.Namespace) -> int:
    """1 when a value is wrong; then nothing is changed."""
    if args.verb == "show":
        return show(args)
    return change(args)


def show(args: argparse.Namespace) -> int:
    """Prints the house, and on standard error what it should still say of itself."""
    import sys

    from django.utils.translation import gettext as _

    from huikuan.ops import staff
    from huikuan.staff import house as verbs

    found = staff.actor(args).organisation
    assert found is not None
    text = "\n".join(f"{name}: {value}" for name, value in as_row(found).items())
    wanting = verbs.warnings(found)
    if wanting and not args.json:
        message = _("still to be said with `huikuan house set`: {columns}")
        print(message.format(columns=", ".join(wanting)), file=sys.stderr)
    return staff.answer(args, {**as_row(found), "wanting": wanting}, text)


def change(args: argparse.Namespace) -> int:
    """Makes the house in an empty book, else changes it."""
    from django.utils.translation import gettext as _

    from huikuan.ops import staff
    from huikuan.people.models import Organisation
    from huikuan.staff import house as verbs

    values = {
        name: getattr(args, name) for name in verbs.COLUMNS if getattr(args, name) is not None
    }
    if not Organisation.objects.exists():
        if "name" not in values or "kind" not in values:
            return _wants_both()
        done = verbs.make(values, code=args.code)
        text = _("The house is made.")
    else:
        user = staff.actor(args)
        done = verbs.change(user.organisation_id or 0, values, actor=user, at=staff.now())
        text = _changed_text(done)
    row: dict[str, Any] = {}
    if done.house is not None:
        row = as_row(done.house)
    row |= {"changed": list(done.columns), "refreshed": done.refreshed}
    return staff.answer(args, row, text, done.problems)


def _wants_both() -> int:
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError

    raise CommandError(
        _("there is no house yet: `huikuan house set --name NAME --kind house` or `--kind agency`")
    )


def _changed_text(done: Any) -> str:
    from django.utils.translation import gettext as _

    if not done.columns:
        return _("This holds already; nothing was changed.")
    text = _("Changed: {columns}.").format(columns=", ".join(done.columns))
    if done.refreshed:
        more = _("The facts of {n} cases were made anew; plan the day again.")
        text = f"{text} {more.format(n=done.refreshed)}"
    return text


def as_row(house: Organisation) -> dict[str, Any]:
    """The house as JSON has it."""
    return {
        "code": house.code,
        "name": house.name,
        "kind": house.kind,
        "timezone": house.timezone,
        "callback_phone": house.callback_phone,
        "complaint_phone": house.complaint_phone,
        "outward_name": house.outward_name,
    }
