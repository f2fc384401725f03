"""What was promised, and what became of it."""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import ITSELF, Fact, Family

FACTS = (
    Fact(
        "promise_made_on",
        "date",
        "承诺日",
        "promise made",
        "Day on which the last promise was given.",
        "promises",
        since=ITSELF,
    ),
    Fact(
        "promise_due_on",
        "date",
        "承诺还款日",
        "promised for",
        "Day promised for the next instalment not yet settled.",
        "promises",
        since="promise_made_on",
    ),
    Fact(
        "promise_last_day",
        "date",
        "承诺宽限末日",
        "promise, last day",
        "Promised day plus grace.",
        "promises",
        since="promise_made_on",
    ),
    Fact(
        "promised",
        "money",
        "承诺金额",
        "promised amount",
        "Amount of that instalment.",
        "promises",
        column="promise_minor",
        since="promise_made_on",
    ),
    Fact(
        "promise_paid",
        "money",
        "承诺期内已还",
        "paid on the promise",
        "Paid from the day of the promise to its last day.",
        "ledger",
        column="promise_paid_minor",
        sql="promises.promise_paid_minor::bigint",
        since="promise_made_on",
        course="rises",
    ),
    Fact(
        "promise_needed",
        "money",
        "承诺应还",
        "needed to keep it",
        "Promised amount less tolerance.",
        "promises",
        column="promise_needed_minor",
        since="promise_made_on",
    ),
    Fact(
        "promise_rest",
        "money",
        "承诺未还总额",
        "still promised",
        "All instalments of the plan, less what was paid since it was made.",
        "promises",
        column="promise_rest_minor",
        sql="promises.promise_rest_minor::bigint",
        since="promise_made_on",
    ),
    Fact(
        "broken_before",
        "int",
        "此前违约次数",
        "broken before",
        "Earlier promises that were not kept in full.",
        "promises",
        always=True,
        sql="coalesce(promises.broken_before, 0)::int",
        course="rises",
    ),
)

PROMISES = Family(
    name="promises",
    facts=FACTS,
    reads=("casebook_promise", "casebook_payment", "casebook_reversal"),
    file="promises.sql",
    needs=("paid",),
    last="r.last_on",
)

DERIVED = (
    Fact(
        "promise",
        "text",
        "承诺状态",
        "promise",
        "none, open, kept, part (paid in part) or broken, on the day.",
        "derived",
        expr=(
            "'none' if not known(promise_due_on)"
            " else 'kept' if promise_paid >= promise_needed"
            " else 'open' if on <= promise_last_day"
            " else 'part' if promise_paid > 0"
            " else 'broken'"
        ),
        options=options.PROMISE_STATES,
    ),
    Fact(
        "broken_promises",
        "int",
        "违约次数",
        "broken promises",
        "Promises not kept in full, the last one included.",
        "derived",
        expr="broken_before + (1 if promise in ('part', 'broken') else 0)",
    ),
)
