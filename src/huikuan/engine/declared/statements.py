"""The statement month of a customer, as facts of the case."""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import Fact, Family

FACTS = (
    Fact(
        "statement_month",
        "date",
        "对账月份",
        "statement month",
        "First day of the newest month with a statement event.",
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
    ),
    Fact(
        "statement_sent_on",
        "date",
        "对账单发送日",
        "statement sent",
        "To the customer.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'sent' AND r.month = r.newest)",
    ),
    Fact(
        "statement_progress_on",
        "date",
        "对账进展日",
        "statement progress",
        "Customer's last answer.",
        "statement events",
        fold="max(r.valid_on) FILTER (WHERE r.kind = 'progress' AND r.month = r.newest)",
    ),
    Fact(
        "statement_confirmed_on",
        "date",
        "对账确认日",
        "statement confirmed",
        "By the customer.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'confirmed' AND r.month = r.newest)",
    ),
    Fact(
        "invoice_data_on",
        "date",
        "开票资料日",
        "invoice data",
        "To finance.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'invoice_data' AND r.month = r.newest)",
    ),
    Fact(
        "invoice_sent_on",
        "date",
        "发票寄出日",
        "invoice sent",
        "Its dispatch told to the customer.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'invoice_sent' AND r.month = r.newest)",
    ),
    Fact(
        "receipts_on",
        "date",
        "回单齐备日",
        "receipts complete",
        "All delivery receipts are in.",
        "statement events",
        fold="min(r.valid_on) FILTER (WHERE r.kind = 'receipts' AND r.month = r.newest)",
    ),
)

STATEMENTS = Family(
    name="statements",
    facts=FACTS,
    reads=("casebook_statementevent",),
    file="statements.sql",
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
