"""What a statement says, as scripts write it."""

from __future__ import annotations

from huikuan.casebook.models import Statement
from huikuan.lib.money import to_decimal


def stated(statement: Statement) -> dict[str, str]:
    """Variable → text: the month, its closing balance, and what is invoiced for it."""
    summary = statement.summary
    return {
        "statement_month": f"{statement.month:%Y-%m}",
        "statement_amount": _amount(summary.month_owed_minor, statement),
        "invoice_amount": _amount(summary.month_charged_minor, statement),
    }


def _amount(minor: int, statement: Statement) -> str:
    """Without the symbol: the scripts write the unit themselves."""
    return f"{to_decimal(minor, statement.currency):,f}"
