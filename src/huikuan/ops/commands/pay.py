"""huikuan pay FILE --creditor C: payments are matched to cases, posted once and set against what is owed."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huikuan.ops.arguments import organisation_argument

if TYPE_CHECKING:
    from huikuan.payments.report import Outcome, Report

HELP = "post a file of payments: match each to its case, show what is doubtful or unmatched"
NEEDS_DATABASE = True
SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --creditor and what goes with them."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV or XLSX file"))
    parser.add_argument("--creditor", required=True, metavar="CODE", help=_("code of the creditor"))
    parser.add_argument("--dry-run", action="store_true", help=_("check and show, write nothing"))
    parser.add_argument("--json", action="store_true", help=_("one JSON object on standard output"))
    organisation_argument(parser)


def run(args: argparse.Namespace) -> int:
    """0: every row is in the book; 1: some row is not, or the file could not be read."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.ops.service import service_user
    from huikuan.payments.receive import receive
    from huikuan.people.models import Creditor

    actor = service_user(args.organisation)
    creditors = Creditor.objects.filter(organisation=actor.organisation)
    creditor = creditors.filter(code=args.creditor).first()
    if creditor is None:
        known = ", ".join(creditors.order_by("code").values_list("code", flat=True)) or "-"
        text = _("there is no creditor '{code}'; known: {known}")
        raise CommandError(text.format(code=args.creditor, known=known))
    report = receive(
        args.file, creditor=creditor, actor=actor, at=timezone.now(), dry_run=args.dry_run
    )
    if args.json:
        print(json.dumps(_json(report, _), ensure_ascii=False))
    else:
        _tell(report, _)
    return 0 if report.clean else 1


def _json(report: "Report", _: Any) -> dict[str, object]:
    """Amounts in minor units. `rows` are those that are not simply posted or known."""
    return {
        "file": report.file,
        "dry_run": report.dry_run,
        **report.counts,
        "posted_minor": report.amounts["posted"],
        "allocated_minor": sum(outcome.allocated_minor for outcome in report.outcomes),
        "rest_minor": sum(outcome.rest_minor for outcome in report.outcomes),
        "rows": [
            _row(outcome, _) for outcome in report.outcomes if outcome.why or outcome.rest_minor
        ],
        "problems": [problem.as_dict(_) for problem in report.problems],
    }


def _row(outcome: "Outcome", _: Any) -> dict[str, object]:
    return {
        "row": outcome.line.row,
        "state": outcome.state,
        "case": outcome.case_number or None,
        "reference": outcome.line.reference,
        "amount_minor": outcome.line.amount_minor,
        "rest_minor": outcome.rest_minor,
        "why": [problem.as_dict(_) for problem in outcome.why],
    }


def _tell(report: "Report", _: Any) -> None:
    counts = report.counts
    done = _("{matched} can be posted") if report.dry_run else _("{posted} posted")
    left = _(
        "{repeated} posted before, {doubtful} doubtful, {unmatched} unmatched, {refused} refused"
    )
    print(_("{received} rows:").format(**counts), f"{done}, {left}".format(**counts))
    if report.dry_run:
        print(_("Nothing was written."))
    lines = [f"{problem.place}: {problem.text(_)}" for problem in report.problems]
    for outcome in report.outcomes:
        if outcome.state == "repeated":
            continue
        lines += [
            f"{report.file}:{outcome.line.row}: {why.text(_)}; {why.remedy_text(_)}"
            for why in outcome.why
        ]
        if outcome.rest_minor:
            rest = _("{row}: {amount} is more than is owed and stays with the payment")
            from huikuan.lib.money import format_minor

            lines.append(
                rest.format(
                    row=f"{report.file}:{outcome.line.row}", amount=format_minor(outcome.rest_minor)
                )
            )
    print("\n".join(lines[:SHOWN]), end="\n" if lines else "")
    if len(lines) > SHOWN:
        print(_("… and {n} more; --json lists all").format(n=len(lines) - SHOWN))
