"""What is owed and what was paid, of a case and of an item."""

from __future__ import annotations

from huikuan.engine.fact import AS_IT_STANDS, ITSELF, Column, Fact, Family, Total
from huikuan.engine.ledger import KINDS, group_of

#: What is open is told apart as it is paid: by the groups of art. 561.
GROUPS_OF_OPEN = {"principal": "principal", "interest": "interest", "fees": "cost"}

LEDGER_FACTS = (
    Fact(
        "oldest_due_on",
        "date",
        "最早到期日",
        "oldest due date",
        "Due date of the oldest item still unpaid.",
        "ledger",
        since=AS_IT_STANDS,
    ),
    Fact(
        "balance",
        "money",
        "欠款余额",
        "balance",
        "All charges less allocated payments.",
        "ledger",
        unit="minor units",
        column="balance_minor",
        always=True,
        sql="coalesce(ledger.balance_minor, 0)::bigint",
        made_of=Total(over="item", where="item_open > 0", value="item_open"),
    ),
    Fact(
        "open_items",
        "int",
        "未结笔数",
        "open items",
        "Items with an unpaid rest.",
        "ledger",
        always=True,
        sql="coalesce(ledger.open_items, 0)::int",
        made_of=Total(over="item", where="item_open > 0"),
    ),
    Fact(
        "disputed_items",
        "int",
        "争议笔数",
        "disputed items",
        "Items under dispute.",
        "holds",
        always=True,
        sql="coalesce(ledger.disputed_items, 0)::int",
        made_of=Total(over="item", where="item_disputed"),
    ),
)

#: What may happen to an item without its statement when a step of it is done.
ITEM_EVENTS = ("item_confirmed",)

#: A confirmation or a claim of the customer changes the last day of an item, and so the ledger's.
CONFIRMING_TABLES = (
    "casebook_itemconfirmation",
    "casebook_statement",
    "casebook_statementevent",
    "casebook_statementline",
    "casebook_statementvoid",
)
#: So do a hold, a lock, and what the customer says of it.
_OF_ITEMS = ("casebook_hold", "casebook_paymentclaim", "casebook_deliverylock")
_MONEY = ("casebook_charge", "casebook_allocation", "casebook_reversal", "casebook_item")

LEDGER = Family(
    name="ledger",
    facts=LEDGER_FACTS,
    reads=(*_MONEY, *_OF_ITEMS, *CONFIRMING_TABLES),
    file="ledger.sql",
    last="r.last_on",
)

PAID_FACTS = (
    Fact(
        "paid_on",
        "date",
        "最近还款日",
        "last paid on",
        "Day of the last payment that was not reversed.",
        "ledger",
        fold="max(r.valid_on) FILTER (WHERE r.reversed_on IS NULL)",
        since=ITSELF,
    ),
)

PAID = Family(
    name="paid",
    facts=PAID_FACTS,
    reads=("casebook_payment", "casebook_reversal"),
    file="payments.sql",
    source="payment",
    last="max(greatest(r.valid_on, r.reversed_on))",
)


def _open_of_case(name: str, zh: str, en: str, meaning: str) -> Fact:
    """What is not paid of one group, over all items of the case."""
    each = f"item_{name}_open"

    return Fact(
        f"{name}_open",
        "money",
        zh,
        en,
        meaning,
        "ledger",
        unit="minor units",
        always=True,
        total=Total(over="item", where=f"{each} > 0", value=each),
    )


#: So many items that were paid up the case remembers.
PAID_UP_ITEMS = 12


def _late(place: int) -> Fact:
    """One fact of the series `paid_late`: the item that fell due last stands first."""
    return Fact(
        f"paid_late_{place}",
        "int",
        f"第 {place} 近已结账款的拖延天数",
        f"paid late, {place} back",
        (
            f"Of the {place}. newest item that is paid up: days from its due day to its last"
            " payment; negative where it was paid before."
        ),
        "ledger",
        unit="days",
        fold=f"max(r.days_late) FILTER (WHERE r.place = {place})",
    )


PAID_UP = Family(
    name="paid_up",
    facts=tuple(_late(place) for place in range(1, PAID_UP_ITEMS + 1)),
    reads=(*_MONEY, "casebook_payment"),
    file="paid_up.sql",
    source="paid_up_item",
)

DERIVED = (
    Fact(
        "days_past_due",
        "int",
        "逾期天数",
        "days past due",
        "Days since the oldest unpaid item fell due; negative before.",
        "derived",
        unit="days",
        expr="on - oldest_due_on",
    ),
    Fact(
        "overdue",
        "money",
        "逾期金额",
        "overdue amount",
        "What is open on items whose due day lies before the day.",
        "ledger",
        unit="minor units",
        always=True,
        total=Total(over="item", where="item_open > 0 and item_due_on < on", value="item_open"),
    ),
    Fact(
        "locked_for",
        "money",
        "锁货账款未付金额",
        "open of what deliveries are locked for",
        (
            "What is open on the items for which deliveries are locked; what a hold or dispute"
            " covers is left out."
        ),
        "delivery locks, ledger",
        unit="minor units",
        always=True,
        total=Total(
            over="item",
            where="item_open > 0 and known(item_locked_on) and not item_held",
            value="item_open",
        ),
    ),
    Fact(
        "overdue_items",
        "int",
        "逾期笔数",
        "overdue items",
        "Unpaid items whose due day lies before the day.",
        "ledger",
        always=True,
        total=Total(over="item", where="item_open > 0 and item_due_on < on"),
    ),
    _open_of_case(
        "principal", "未付本金", "open principal", "Principal that is not paid, over all items."
    ),
    _open_of_case(
        "interest",
        "未付利息与违约金",
        "open interest and penalties",
        "Interest and penalties that are not paid, over all items.",
    ),
    _open_of_case(
        "fees",
        "未付费用",
        "open fees and costs",
        "Fees and costs that are not paid, over all items.",
    ),
)

# --- of an item -----------------------------------------------------------------------------------

ITEM_FACTS = (
    Fact(
        "item_due_on",
        "date",
        "到期日",
        "due date",
        "Contractual due date of the item.",
        "placement",
        column="due_on",
        always=True,
        sql="i.due_on",
        since="item_valid_on",
    ),
)

VALID_FACTS = (
    Fact(
        "item_valid_on",
        "date",
        "入账日",
        "on the book since",
        "Day from which the item is on the book: its own day, or that of the placement.",
        "placement",
        column="valid_on",
        always=True,
        sql="i.valid_on",
        since=ITSELF,
    ),
)

ITEMS = Family(
    name="items",
    facts=(*VALID_FACTS, *ITEM_FACTS),
    reads=("casebook_item",),
    last="i.valid_on",
    columns=(
        Column("shard", "integer", "i.shard", always=True),
        Column("case_id", "bigint", "i.case_id", always=True),
        Column("account_id", "bigint", "i.account_id", always=True),
    ),
)

CONFIRMED_FACTS = (
    Fact(
        "item_confirmed_on",
        "date",
        "确认日",
        "confirmed on",
        (
            "The customer confirmed the item: as was entered or said of it alone, else by its"
            " statement or as the placement says, whichever came first. Not known while a line says"
            " last that it differs."
        ),
        "statements, placement, entry",
        column="confirmed_on",
        sql=(
            "CASE WHEN item_confirmed.differs THEN NULL"
            " WHEN item_confirmed.has_line THEN item_confirmed.line_on"
            " ELSE least(i.confirmed_on, item_confirmed.whole_on) END"
        ),
        since="item_confirmed_on",
    ),
)

CONFIRMED = Family(
    name="item_confirmed",
    facts=CONFIRMED_FACTS,
    reads=("casebook_item", *CONFIRMING_TABLES),
    file="item_confirmed.sql",
    last="r.last_on",
)


def _charged(name: str, kinds: str, zh: str, en: str, meaning: str) -> Fact:
    """What was charged of some kinds, paid or not."""
    return Fact(
        f"item_{name}",
        "money",
        zh,
        en,
        meaning,
        "ledger",
        column=f"{name}_minor",
        always=True,
        fold=f"sum(r.amount_minor) FILTER (WHERE r.kind IN ({kinds}))",
        sql=f"coalesce(charges.{name}_minor, 0)::bigint",
    )


def _open(name: str, zh: str, en: str, meaning: str) -> Fact:
    """What of that is not paid."""
    return Fact(
        f"item_{name}_open",
        "money",
        zh,
        en,
        meaning,
        "ledger",
        column=f"{name}_open_minor",
        always=True,
        sql=(
            f"(coalesce(charges.{name}_charged, 0) - coalesce(allocations.{name}_paid, 0))::bigint"
        ),
        since="item_valid_on",
        course="falls",
    )


def _kinds_in(*groups: str) -> str:
    """The kinds of charge of these groups, as SQL lists them."""
    kinds = [kind for kind in KINDS if group_of(kind) in groups]
    return ", ".join(f"'{kind}'" for kind in kinds)


CHARGE_FACTS = (
    Fact(
        "item_amount",
        "money",
        "账款金额",
        "amount",
        "All charges of the item.",
        "ledger",
        column="amount_minor",
        always=True,
        fold="sum(r.amount_minor)",
        sql="coalesce(charges.amount_minor, 0)::bigint",
    ),
    _charged(
        "interest",
        "'interest'",
        "已计利息",
        "interest",
        "All interest that was charged of the item, paid or not.",
    ),
    _charged(
        "penalty",
        "'penalty'",
        "已计违约金",
        "penalty",
        "All penalties that were charged of the item, paid or not.",
    ),
    _charged(
        "fees",
        "'fee', 'cost'",
        "已计费用",
        "fees and costs",
        "All fees and costs that were charged of the item, paid or not.",
    ),
)

CHARGES = Family(
    name="charges",
    facts=CHARGE_FACTS,
    reads=("casebook_charge",),
    source="casebook_charge",
    last="max(r.valid_on)",
    hidden={
        f"{name}_charged": f"sum(r.amount_minor) FILTER (WHERE r.kind IN ({_kinds_in(group)}))"
        for name, group in GROUPS_OF_OPEN.items()
    },
)

ALLOCATION_FACTS = (
    Fact(
        "item_open",
        "money",
        "未付金额",
        "open amount",
        "Charges less allocated payments.",
        "ledger",
        column="open_minor",
        always=True,
        sql="(coalesce(charges.amount_minor, 0) - coalesce(allocations.paid_minor, 0))::bigint",
        since="item_valid_on",
        course="falls",
    ),
)

OPEN_FACTS = (
    _open(
        "principal",
        "未付本金",
        "open principal",
        "Principal of the item that is not paid.",
    ),
    _open(
        "interest",
        "未付利息与违约金",
        "open interest and penalties",
        "Interest and penalties of the item that are not paid.",
    ),
    _open(
        "fees",
        "未付费用",
        "open fees and costs",
        "Fees and costs of the item that are not paid.",
    ),
)

ALLOCATIONS = Family(
    name="allocations",
    facts=(*ALLOCATION_FACTS, *OPEN_FACTS),
    reads=("casebook_allocation", "casebook_reversal", "casebook_payment"),
    file="allocations.sql",
    needs=("charges",),
    last="r.last_on",
)

ITEM_HOLD_FACTS = (
    Fact(
        "item_disputed",
        "bool",
        "有争议",
        "disputed",
        "A dispute on the item is open.",
        "holds",
        column="disputed",
        always=True,
        sql="item_holds.disputed_on IS NOT NULL",
        since="item_disputed_on",
    ),
    Fact(
        "item_disputed_on",
        "date",
        "争议提出日",
        "disputed on",
        "Day of the oldest open dispute on the item or its account.",
        "holds",
        column="disputed_on",
        sql="item_holds.disputed_on",
        since="item_disputed_on",
    ),
    Fact(
        "item_held",
        "bool",
        "账款停催",
        "item held",
        "A hold on the item or its account is in force.",
        "holds",
        column="held",
        always=True,
        sql="coalesce(item_holds.held, false)",
    ),
)

ITEM_HOLDS = Family(
    name="item_holds",
    facts=ITEM_HOLD_FACTS,
    reads=("casebook_hold",),
    file="item_holds.sql",
    last="r.last_on",
)

ITEM_LOCK_FACTS = (
    Fact(
        "item_locked_on",
        "date",
        "该笔锁货日",
        "locked for since",
        (
            "Day from which deliveries are locked for this item; not known where they are not, or"
            " are for others."
        ),
        "delivery locks",
        sql="item_locks.locked_on",
    ),
)

ITEM_LOCKS = Family(
    name="item_locks",
    facts=ITEM_LOCK_FACTS,
    reads=("casebook_deliverylock",),
    file="item_locks.sql",
    last="r.last_on",
)

CLAIM_FACTS = (
    Fact(
        "item_claimed_on",
        "date",
        "客户称已付日",
        "said to be paid on",
        "Last day on which the customer said that the item has been paid.",
        "contacts",
        column="claimed_on",
        fold="max(r.valid_on)",
        since=ITSELF,
    ),
)

CLAIMS = Family(
    name="claims",
    facts=CLAIM_FACTS,
    reads=("casebook_paymentclaim",),
    source="casebook_paymentclaim",
    last="max(r.valid_on)",
)

ITEM_DERIVED = (
    Fact(
        "days_late",
        "int",
        "逾期天数",
        "days late",
        "Days since the item fell due; negative before.",
        "derived",
        unit="days",
        expr="on - item_due_on",
    ),
)
