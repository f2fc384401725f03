"""The statement of a customer and a month, and what a case's statements say of the customer."""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import ALWAYS, ITSELF, Column, Fact, Family

#: What may happen to a statement, in its usual order.
EVENTS = (
    "submitted",
    "returned",
    "checked",
    "sent",
    "progress",
    "confirmed",
    "invoice_data",
    "invoice_sent",
    "receipts",
)
#: So many decided months the case remembers.
MONTHS = 12
#: The day of a month that was never confirmed: later than any.
NEVER = 9999


def _first(kind: str) -> str:
    return f"min(r.valid_on) FILTER (WHERE r.kind = '{kind}')"


# --- of a statement -------------------------------------------------------------------------------

MONTH_FACTS = (
    Fact(
        "stated_month",
        "date",
        "对账月份",
        "statement month",
        "First day of the month that the statement states.",
        "statements",
        always=True,
        sql="m.month",
        since=ALWAYS,
    ),
    Fact(
        "month_from_on",
        "date",
        "对账单应编日",
        "statement to be made from",
        "Day from which the statement is to be made.",
        "statements",
        always=True,
        sql="m.valid_on",
        since=ITSELF,
    ),
)

MONTH = Family(
    name="month",
    facts=MONTH_FACTS,
    reads=("casebook_statement",),
    last="m.valid_on",
    columns=(
        Column("shard", "integer", "m.shard", always=True),
        Column("case_id", "bigint", "m.case_id", always=True),
    ),
)

EVENT_FACTS = (
    Fact(
        "month_submitted_on",
        "date",
        "对账单提交日",
        "statement submitted",
        "To the supervisor, and not sent back since.",
        "statement events",
        fold=_first("submitted"),
        since=ITSELF,
    ),
    Fact(
        "month_returned_on",
        "date",
        "对账单退回日",
        "statement sent back",
        "To its maker, with a reason; the last time.",
        "statement events",
        fold="max(r.valid_on) FILTER (WHERE r.kind = 'returned')",
    ),
    Fact(
        "month_checked_on",
        "date",
        "对账单审核日",
        "statement checked",
        "By somebody else than its maker.",
        "statement events",
        fold=_first("checked"),
        since=ITSELF,
    ),
    Fact(
        "month_sent_on",
        "date",
        "对账单发送日",
        "statement sent",
        "To the customer.",
        "statement events",
        fold=_first("sent"),
        since=ITSELF,
    ),
    Fact(
        "month_progress_on",
        "date",
        "对账进展日",
        "statement progress",
        "Customer's last answer.",
        "statement events",
        fold="max(r.valid_on) FILTER (WHERE r.kind = 'progress')",
        since=ITSELF,
    ),
    Fact(
        "month_confirmed_on",
        "date",
        "对账确认日",
        "statement confirmed",
        "By the customer.",
        "statement events",
        fold=_first("confirmed"),
        since=ITSELF,
    ),
    Fact(
        "month_invoice_data_on",
        "date",
        "开票资料日",
        "invoice data",
        "To finance.",
        "statement events",
        fold=_first("invoice_data"),
        since=ITSELF,
    ),
    Fact(
        "month_invoice_sent_on",
        "date",
        "发票寄出日",
        "invoice sent",
        "Its dispatch told to the customer.",
        "statement events",
        fold=_first("invoice_sent"),
        since=ITSELF,
    ),
    Fact(
        "month_receipts_on",
        "date",
        "回单齐备日",
        "receipts complete",
        "All delivery receipts are in.",
        "statement events",
        fold=_first("receipts"),
        since=ITSELF,
    ),
)

MONTH_EVENTS = Family(
    name="month_events",
    facts=EVENT_FACTS,
    reads=("casebook_statementevent", "casebook_statementvoid"),
    file="month_events.sql",
    source="month_event",
    last="max(r.valid_on)",
)

LINE_FACTS = (
    Fact(
        "month_differing",
        "int",
        "差异笔数",
        "items that differ",
        "Items of which the customer's books say something else, and that are not settled.",
        "statement lines",
        always=True,
        sql="coalesce(month_lines.differing, 0)::int",
    ),
    Fact(
        "month_differs_on",
        "date",
        "差异提出日",
        "differs since",
        "Day of the oldest difference that is not settled.",
        "statement lines",
        sql="month_lines.differs_on",
        since="month_differs_on",
    ),
)

MONTH_LINES = Family(
    name="month_lines",
    facts=LINE_FACTS,
    reads=("casebook_statementline", "casebook_statementvoid"),
    file="month_lines.sql",
    last="r.last_on",
)

MONEY_FACTS = (
    Fact(
        "month_charged",
        "money",
        "本月应收",
        "charged in the month",
        "Charges of the month, less its credit notes.",
        "ledger",
        unit="minor units",
        column="month_charged_minor",
        always=True,
        sql="coalesce(month_money.charged_minor, 0)::bigint",
    ),
    Fact(
        "month_paid",
        "money",
        "本月已收",
        "paid in the month",
        "Payments of the month, less those that were taken back in it.",
        "ledger",
        unit="minor units",
        column="month_paid_minor",
        always=True,
        sql="coalesce(month_money.paid_minor, 0)::bigint",
    ),
    Fact(
        "month_owed",
        "money",
        "月末应收余额",
        "owed at the end of the month",
        "The closing balance that the statement states.",
        "ledger",
        unit="minor units",
        column="month_owed_minor",
        always=True,
        sql="coalesce(month_money.owed_minor, 0)::bigint",
    ),
)

MONTH_MONEY = Family(
    name="month_money",
    facts=MONEY_FACTS,
    reads=(
        "casebook_statement",
        "casebook_charge",
        "casebook_payment",
        "casebook_reversal",
    ),
    file="month_money.sql",
    last="r.last_on",
)

MONTH_DERIVED = (
    Fact(
        "month_state",
        "text",
        "对账状态",
        "state of the statement",
        "How far the statement has come.",
        "derived",
        expr=(
            "'invoiced' if known(month_invoice_sent_on)"
            " else 'invoice_data' if known(month_invoice_data_on)"
            " else 'confirmed' if known(month_confirmed_on)"
            " else 'sent' if known(month_sent_on)"
            " else 'checked' if known(month_checked_on)"
            " else 'submitted' if known(month_submitted_on)"
            " else 'none'"
        ),
        options=options.MONTH_STATES,
    ),
)

# --- of a case ------------------------------------------------------------------------------------


def _day_of(place: int) -> Fact:
    """One fact of the series `statement_day`: the newest decided month stands first."""
    return Fact(
        f"statement_day_{place}",
        "int",
        f"第 {place} 近对账月的确认日",
        f"confirmation, {place} back",
        (
            f"Of the {place}. newest month that is confirmed, or followed by another: the day of"
            " confirmation, counted from the first of the month after as day 1 (20: the 20th);"
            f" {NEVER} where it is not confirmed."
        ),
        "statement events",
        unit="days",
        fold=f"max(r.day) FILTER (WHERE r.place = {place})",
    )


CASE_FACTS = (
    Fact(
        "unconfirmed_month",
        "date",
        "最早未确认月份",
        "unconfirmed month",
        "First day of the oldest month whose statement was sent and is not confirmed.",
        "statement events",
        fold="min(r.month) FILTER (WHERE r.sent_on IS NOT NULL AND r.confirmed_on IS NULL)",
    ),
    Fact(
        "newest_month",
        "date",
        "最近对账月份",
        "newest statement month",
        "First day of the newest month that has a statement.",
        "statements",
        fold="max(r.month)",
    ),
    *(_day_of(place) for place in range(1, MONTHS + 1)),
)

STATEMENTS = Family(
    name="statements",
    facts=CASE_FACTS,
    reads=("casebook_statement", "casebook_statementevent", "casebook_statementvoid"),
    file="statements.sql",
    source="statement_month",
    last="max(r.last_on)",
)

# --- of the newest month of a case ----------------------------------------------------------------
# For procedures whose steps are about the case and not about one statement.

NEWEST_FACTS = (
    Fact(
        "statement_month",
        "date",
        "对账月份",
        "statement month",
        "First day of the newest month of which something was recorded.",
        "statement events",
        fold="max(r.newest)",
    ),
    Fact(
        "statement_submitted_on",
        "date",
        "对账单提交日",
        "statement submitted",
        "To the supervisor.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'submitted' AND r.month = r.newest)",
        since="statement_submitted_on",
    ),
    Fact(
        "statement_sent_on",
        "date",
        "对账单发送日",
        "statement sent",
        "To the customer.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'sent' AND r.month = r.newest)",
        since="statement_sent_on",
    ),
    Fact(
        "statement_progress_on",
        "date",
        "对账进展日",
        "statement progress",
        "Customer's last answer.",
        "statement events",
        fold="max(r.valid_on) FILTER (WHERE r.kind = 'progress' AND r.month = r.newest)",
        since="statement_progress_on",
    ),
    Fact(
        "statement_confirmed_on",
        "date",
        "对账确认日",
        "statement confirmed",
        "By the customer.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'confirmed' AND r.month = r.newest)",
        since="statement_confirmed_on",
    ),
    Fact(
        "invoice_data_on",
        "date",
        "开票资料日",
        "invoice data",
        "To finance.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'invoice_data' AND r.month = r.newest)",
        since="invoice_data_on",
    ),
    Fact(
        "invoice_sent_on",
        "date",
        "发票寄出日",
        "invoice sent",
        "Its dispatch told to the customer.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'invoice_sent' AND r.month = r.newest)",
        since="invoice_sent_on",
    ),
    Fact(
        "receipts_on",
        "date",
        "回单齐备日",
        "receipts complete",
        "All delivery receipts are in.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'receipts' AND r.month = r.newest)",
        since="receipts_on",
    ),
)

NEWEST = Family(
    name="newest_statement",
    facts=NEWEST_FACTS,
    reads=("casebook_statement", "casebook_statementevent", "casebook_statementvoid"),
    file="newest_statement.sql",
    source="statement_event",
    last="max(r.valid_on)",
)

DERIVED = (
    Fact(
        "statement_state",
        "text",
        "对账状态",
        "state of the statement",
        "Of the month before the day's month.",
        "derived",
        expr=(
            "'none' if not known(statement_month) or statement_month < statement_due_month"
            " else 'invoiced' if known(invoice_sent_on)"
            " else 'invoice_data' if known(invoice_data_on)"
            " else 'confirmed' if known(statement_confirmed_on)"
            " else 'sent' if known(statement_sent_on)"
            " else 'submitted' if known(statement_submitted_on)"
            " else 'none'"
        ),
        options=options.STATEMENT_STATES,
    ),
)
