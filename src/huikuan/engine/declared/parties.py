"""Who owes whom, and who works it: from the case, its debtor, creditor and house."""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import Column, Fact, Family

FACTS = (
    Fact(
        "product",
        "text",
        "产品",
        "product",
        "Product of the accounts.",
        "placement",
        always=True,
        sql="c.product",
    ),
    Fact(
        "creditor_kind",
        "text",
        "委托方类型",
        "kind of creditor",
        "What kind of institution is owed.",
        "creditor",
        options=options.CREDITOR_KINDS,
        always=True,
        sql="k.kind",
    ),
    Fact(
        "collector_kind",
        "text",
        "催收方类型",
        "kind of collector",
        "Whether the creditor's own house or an agency works it.",
        "organisation",
        options=options.COLLECTOR_KINDS,
        always=True,
        sql="o.kind",
    ),
    Fact(
        "debtor_kind",
        "text",
        "债务人类型",
        "kind of debtor",
        "A natural person or a company.",
        "placement",
        options=options.DEBTOR_KINDS,
        always=True,
        sql="p.kind",
    ),
    Fact(
        "hand",
        "int",
        "手别",
        "hand",
        "How many times the debt was placed: 3 is a three-hand case.",
        "placement",
        always=True,
        sql="c.hand",
    ),
    Fact(
        "register_local",
        "bool",
        "户籍本地",
        "register local",
        "Household register in the creditor's region.",
        "ID number",
        sql=(
            "CASE WHEN p.region <> '' AND k.region <> ''"
            " THEN left(p.region, 4) = left(k.region, 4) END"
        ),
    ),
    Fact(
        "minor_until",
        "date",
        "成年日",
        "comes of age",
        "First day of being 18.",
        "ID number",
        sql="(p.born_on + interval '18 years')::date",
    ),
    Fact(
        "settles_by_receipts",
        "bool",
        "回单结算",
        "settles by receipts",
        "The customer settles by delivery receipts.",
        "mapping",
        always=True,
        sql="c.settles_by_receipts",
    ),
    Fact(
        "statement_cycle",
        "bool",
        "月度对账",
        "statement cycle",
        "A monthly statement is agreed with the customer.",
        "mapping",
        always=True,
        sql="c.statement_cycle",
    ),
)

PARTIES = Family(
    name="parties",
    facts=FACTS,
    reads=("casebook_case", "casebook_person", "people_creditor", "people_organisation"),
    last="c.placed_on",
    columns=(
        Column("shard", "integer", "c.shard", always=True),
        Column("organisation_id", "bigint", "c.organisation_id", always=True),
        Column("creditor_id", "bigint", "c.creditor_id", always=True),
        Column("person_id", "bigint", "c.person_id", always=True),
        Column("person_key_id", "bigint", "p.key_id"),
    ),
)

DERIVED = (
    Fact(
        "told",
        "bool",
        "已告知委外",
        "told of the outsourcing",
        "True for the own house; for an agency once the debtor was told (CPMM art. 41).",
        "derived",
        expr="collector_kind == 'house' or known(told_on) and told_on <= on",
    ),
    Fact(
        "minor",
        "bool",
        "未成年",
        "minor",
        "Under 18 on the day.",
        "derived",
        expr="known(minor_until) and on < minor_until",
    ),
    Fact(
        "days_since_placed",
        "int",
        "委案天数",
        "days since placement",
        "Days since the placement.",
        "derived",
        unit="days",
        expr="on - placed_on",
    ),
    Fact(
        "days_to_return",
        "int",
        "距退案天数",
        "days to return",
        "Days left until the return.",
        "derived",
        unit="days",
        expr="return_on - on",
    ),
)
