"""huikuan report day --on D"""

import argparse
import json
from typing import TYPE_CHECKING, Any

from huikuan.ops.arguments import day_argument, organisation_argument, today

if TYPE_CHECKING:
    from huikuan.reports.day import Figures, Line, Report

HELP = "the report of a day: calls, promises, payments and tasks per collector, team and client"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", choices=["day"])
    day_argument(parser)
    organisation_argument(parser)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0: told; 1: the day lies ahead."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import service_user
    from huikuan.reports.day import report

    if args.on > today():
        raise CommandError(
            _("{day} lies ahead; choose today or an earlier day").format(day=args.on)
        )
    told = report(service_user(args.organisation), args.on, seen=today())
    if args.json:
        print(json.dumps(as_json(told), ensure_ascii=False))
    else:
        _tell(told, _)
    return 0


def as_json(told: "Report") -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    from huikuan.reports.day import as_json as figures

    def lines(of: "tuple[Line, ...]") -> list[dict[str, object]]:
        return [
            {"code": line.code or None, "name": line.name or None, **figures(line.figures)}
            for line in of
        ]

    return {
        "on": told.on.isoformat(),
        "total": figures(told.total),
        "collectors": lines(told.users),
        "teams": lines(told.teams),
        "clients": lines(told.clients),
    }


def _tell(told: "Report", _: Any) -> None:
    tables = (
        (_("By collector"), told.users),
        (_("By team"), told.teams),
        (_("By client"), told.clients),
    )
    print(told.on.isoformat())
    for title, lines in tables:
        print(title)
        for line in lines:
            print(f"  {line.name or '—'}: {_sentence(line.figures, _)}")
    print(f"{_('Total')}: {_sentence(told.total, _)}")


def _sentence(figures: "Figures", _: Any) -> str:
    """The figures that a lead asks for first."""
    from huikuan.lib.money import format_minor

    def amounts(measure: str) -> str:
        return (
            " ".join(format_minor(minor, currency) for currency, minor in figures.amounts(measure))
            or "0"
        )

    text = _(
        "{calls} calls, answered {rate}, {right_party} with the debtor, {promises} promises of {promised}, "
        "{kept} of {due} due kept, {payments} payments of {received}"
    )
    rate = "—" if figures.rate is None else f"{figures.rate:.0%}"
    told = {
        code: figures.numbers[code]
        for code in ("calls", "right_party", "promises", "kept", "due", "payments")
    }
    return text.format(
        **told, rate=rate, promised=amounts("promised"), received=amounts("received")
    )
