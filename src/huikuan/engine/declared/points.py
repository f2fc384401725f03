"""How the debtor can be reached."""

from __future__ import annotations

from huikuan.engine.fact import Fact, Family

FACTS = (
    Fact(
        "has_point",
        "bool",
        "有联系方式",
        "has a contact point",
        "Any usable contact point of the debtor.",
        "contact points",
        always=True,
        sql="coalesce(points.has_point, false)",
    ),
    Fact(
        "has_phone",
        "bool",
        "有可用电话",
        "has a phone",
        "A usable number of the debtor's own, at home or at work.",
        "contact points",
        always=True,
        sql="coalesce(points.has_phone, false)",
    ),
    Fact(
        "has_address",
        "bool",
        "有可用地址",
        "has an address",
        "A usable address of the debtor.",
        "contact points",
        always=True,
        sql="coalesce(points.has_address, false)",
    ),
    Fact(
        "has_email",
        "bool",
        "有可用邮箱",
        "has an e-mail address",
        "A usable e-mail address of the debtor.",
        "contact points",
        always=True,
        sql="coalesce(points.has_email, false)",
    ),
    Fact(
        "email_dead_on",
        "date",
        "邮箱失效日",
        "e-mail address dead on",
        "Day on which the last e-mail address was found dead; not known while one can be used.",
        "contact points",
        sql="CASE WHEN NOT points.has_email THEN points.email_dead_on END",
    ),
    Fact(
        "phone_dead_on",
        "date",
        "电话失效日",
        "telephone dead on",
        "Day from which no number of the debtor's own can be used; not known while one can.",
        "contact points",
        sql="CASE WHEN NOT points.has_phone THEN points.phone_dead_on END",
    ),
    Fact(
        "has_third_party",
        "bool",
        "有联系人",
        "has a third party",
        "A contact point of somebody else who has not refused.",
        "contact points",
        always=True,
        sql="coalesce(points.has_third_party, false)",
    ),
)

POINTS = Family(
    name="points",
    facts=FACTS,
    reads=("casebook_contactpoint", "casebook_pointstatus"),
    file="points.sql",
    last="r.last_on",
)
