"""What stops the work on a case or a person."""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import Fact, Family

FACTS = (
    Fact(
        "held_from",
        "date",
        "停催起始日",
        "held from",
        "First day of the hold on the case or person.",
        "holds",
        since="held_from",
    ),
    Fact(
        "held_until",
        "date",
        "停催截止日",
        "held until",
        "First day without it; 9999-12-31 while open.",
        "holds",
        since="held_from",
    ),
    Fact(
        "hold_kind",
        "text",
        "停催原因",
        "kind of hold",
        "Why it is held.",
        "holds",
        options=options.HOLD_KINDS,
        since="held_from",
    ),
)

HOLDS = Family(
    name="holds",
    facts=FACTS,
    reads=("casebook_hold",),
    file="holds.sql",
    last="r.last_on",
)

DERIVED = (
    Fact(
        "held",
        "bool",
        "停催",
        "held",
        "A hold on the case or person is in force.",
        "derived",
        expr="known(held_from) and held_from <= on and on < held_until or minor",
    ),
)
