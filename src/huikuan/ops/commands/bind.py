"""huikuan bind list | set | end: which procedures a creditor's product follows, from which day."""

import argparse
import json
from typing import TYPE_CHECKING

from huikuan.ops.arguments import (
    day,
    in_house_zone,
    known_at_argument,
    organisation_argument,
    today,
)

if TYPE_CHECKING:
    import datetime as dt

    from huikuan.casebook.models import Act, PackBinding
    from huikuan.people.models import Creditor, User

HELP = "which procedures a creditor's product follows, from which day"


def arguments(parser: argparse.ArgumentParser) -> None:
    """list, set, end."""
    from huikuan.ops.words import gettext as _

    actions = parser.add_subparsers(dest="action", required=True, metavar="list|set|end")
    shown = actions.add_parser("list", help=_("every binding, with its days and who said it"))
    shown.add_argument("creditor", nargs="?", metavar="CREDITOR")
    known_at_argument(shown)

    set_ = actions.add_parser("set", help=_("from a day the product follows these procedures only"))
    set_.add_argument("creditor", metavar="CREDITOR")
    set_.add_argument("packs", nargs="+", metavar="PACK")
    end = actions.add_parser("end", help=_("from a day the product follows no procedure"))
    end.add_argument("creditor", metavar="CREDITOR")

    for action in (set_, end):
        action.add_argument(
            "--product",
            default="",
            metavar="PRODUCT",
            help=_("empty: every product that has no binding of its own"),
        )
        action.add_argument(
            "--from", dest="from_on", type=day, default=today(), metavar="YYYY-MM-DD"
        )
        action.add_argument("--reason", default="", help=_("why; it is kept with the act"))
    for action in (shown, set_, end):
        organisation_argument(action)
        action.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 done. 1: an unknown creditor, or a procedure that is unknown or not in force on the day."""
    from django.utils import timezone

    from huikuan.ops.people_named import creditor_named
    from huikuan.ops.service import looking_on, service_user
    from huikuan.planning.load import load_all

    at = timezone.now()
    load_all(at=at)
    acts = looking_on if args.action == "list" else service_user
    actor = acts(args.organisation)
    assert actor.organisation is not None
    creditor = creditor_named(args.creditor, actor.organisation) if args.creditor else None
    if args.action == "list":
        known_at = args.known_at and in_house_zone(args.known_at)
        return _list(creditor, actor, known_at, as_json=args.json)

    assert creditor is not None
    _check_product(args.product, creditor)
    packs = args.packs if args.action == "set" else []
    _check(packs, args.from_on, actor)
    return _set(creditor, packs, actor, at, args)


def _check(packs: list[str], from_on: "dt.date", actor: "User") -> None:
    """Raises CommandError for what is no procedure, or not in force on the day, and for one that
    hands cases over to a procedure that is not named with it: they would be nobody's.
    """
    from django.utils.translation import gettext as _

    from huikuan.casebook import packs as in_force
    from huikuan.casebook.models import PackVersion
    from huikuan.lib.problems import did_you_mean
    from huikuan.ops.cli import CommandError

    procedure = PackVersion.Kind.PLAYBOOK
    versions = in_force.in_force_in(actor.organisation, from_on)
    holding = {version.pack: version for version in versions if version.kind == procedure}
    stored = PackVersion.objects.filter(kind=procedure)
    known = sorted(set(stored.values_list("pack", flat=True)))
    for pack in packs:
        if pack in holding:
            continue
        if pack in known:
            text = _("no version of {pack} is in force on {day}: huikuan pack list {pack}")
            raise CommandError(text.format(pack=pack, day=from_on))
        near = did_you_mean(pack, known)
        if near:
            text = _("there is no procedure {pack}; did you mean {near}?")
        else:
            text = _("there is no procedure {pack}; known: {known}")
        raise CommandError(text.format(pack=pack, near=near, known=", ".join(known)))

    for pack in packs:
        for handed in in_force.playbook_of(holding[pack]).track.hands_over:
            if handed.pack not in packs:
                text = _("{pack} hands cases over to {to}: name both procedures")
                raise CommandError(text.format(pack=pack, to=handed.pack))


def _check_product(product: str, creditor: "Creditor") -> None:
    """Says of a product that no case of the creditor has that it may be misspelt. It is bound all
    the same: its first file may be still to come. Raises CommandError where no case can have it.
    """
    import sys

    from django.utils.translation import gettext as _

    from huikuan.casebook.models import Case, PackBinding
    from huikuan.lib.problems import did_you_mean
    from huikuan.ops.cli import CommandError

    most = PackBinding._meta.get_field("product").max_length or 0
    if len(product) > most:
        text = _("the product has more than {most} characters")
        raise CommandError(text.format(most=most))

    products = Case.objects.filter(creditor=creditor).values_list("product", flat=True)
    known = sorted(set(products.distinct()))
    if not product or not known or product in known:
        return
    near = did_you_mean(product, known)
    if near:
        text = _("no case of {creditor} has the product {product}; did you mean {near}?")
    else:
        text = _("no case of {creditor} has the product {product}; there are: {known}")
    values = {"creditor": creditor.code, "product": product, "near": near}
    print(text.format(**values, known=", ".join(known)), file=sys.stderr)


def _set(
    creditor: "Creditor",
    packs: list[str],
    actor: "User",
    at: "dt.datetime",
    args: argparse.Namespace,
) -> int:
    """Writes the binding by an act of the service user."""
    from django.db import transaction
    from django.utils.translation import gettext as _

    from huikuan.casebook import bindings, journal
    from huikuan.clocks.refresh import catch_up

    reason = args.reason or f"{creditor.code} {args.product} {' '.join(packs)}".strip()
    with transaction.atomic():
        act: Act = journal.begin(actor, f"bind.{args.action}", at=at, reason=reason)
        bindings.set_packs(creditor.pk, args.product, packs, from_on=args.from_on, act=act)
        catch_up(by=act, at=at)

    if args.json:
        return _list(creditor, actor, None, as_json=True)
    names = ", ".join(packs) or _("no procedure")
    product = args.product or _("every product without a binding of its own")
    text = _("{creditor}, {product}, follows from {day}: {packs}")
    values = {"creditor": creditor.code, "product": product, "day": args.from_on}
    print(text.format(**values, packs=names))
    return 0


def _list(
    creditor: "Creditor | None", actor: "User", known_at: "dt.datetime | None", *, as_json: bool
) -> int:
    """Every binding, one a line."""
    from huikuan.casebook import bindings

    rows = bindings.believed(known_at).filter(creditor__organisation=actor.organisation)
    if creditor is not None:
        rows = rows.filter(creditor=creditor)
    for row in rows:
        if as_json:
            print(json.dumps(_as_dict(row), ensure_ascii=False))
        else:
            print(_line(row))
    return 0


def _as_dict(row: "PackBinding") -> dict[str, object]:
    from huikuan.casebook import spells

    names: dict[str, object] = {
        "creditor": row.creditor.code,
        "product": row.product,
        "pack": row.pack,
        "source": row.source,
    }
    return names | spells.as_dict(row)


def _line(row: "PackBinding") -> str:
    from django.utils.translation import gettext as _

    until = row.until_on or "…"
    product = row.product or _("every product")
    by = row.act.actor.username if row.act else "-"
    days = f"{row.from_on} – {until}"
    return f"{row.creditor.code}  {product}  {row.pack}  {days}  {row.get_source_display()}  {by}"
