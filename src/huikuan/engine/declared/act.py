"""Facts of one act of contact that somebody asks the gate for.

Contact rules may use every fact of the case beside them.
"""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import Fact

ACT_FACTS = (
    Fact(
        "channel",
        "text",
        "渠道",
        "channel",
        "How contact is made.",
        "the act",
        options=options.CHANNELS,
    ),
    Fact(
        "target",
        "text",
        "对象",
        "target",
        "Whom the act addresses, by the owner of the contact point.",
        "contact point",
        options=options.TARGETS,
    ),
    Fact(
        "purpose",
        "text",
        "目的",
        "purpose",
        (
            "Why: collecting, a reminder before the due date, business that asks for no "
            "payment, a reply, a notice the law demands, or finding the debtor."
        ),
        "the act",
        options=options.PURPOSES,
    ),
    Fact(
        "style",
        "text",
        "方式",
        "style",
        "Informing (one-way) or interactive.",
        "the act",
        options=options.STYLES,
    ),
    Fact(
        "staff",
        "int",
        "外访人数",
        "staff",
        "How many staff take part in a visit.",
        "the act",
    ),
    Fact(
        "subject_held",
        "bool",
        "催收标的停催",
        "what it is about is held",
        "The item of the act, or else every unpaid item of the case, is disputed or held.",
        "holds",
    ),
    Fact(
        "minute",
        "int",
        "当地时刻",
        "local minute",
        "Minute of the debtor's local day; unknown when their time zone is.",
        "the act",
        unit="minutes",
    ),
    Fact(
        "working_day",
        "bool",
        "工作日",
        "working day",
        "The day is a working day in the debtor's country.",
        "calendar",
    ),
    Fact(
        "agreed_from",
        "int",
        "约定起始时刻",
        "agreed from",
        "Start of the hours that the debtor agreed to.",
        "agreements",
        unit="minutes",
    ),
    Fact(
        "agreed_to",
        "int",
        "约定截止时刻",
        "agreed to",
        "End of the hours that the debtor agreed to.",
        "agreements",
        unit="minutes",
    ),
    Fact(
        "agreed_now",
        "bool",
        "在约定时段内",
        "within agreed hours",
        "The moment lies in hours that the debtor agreed to, past midnight too.",
        "derived",
        expr=(
            "known(agreed_from) and known(agreed_to) and (minute >= agreed_from and minute < "
            "agreed_to if agreed_from <= agreed_to else minute >= agreed_from or minute < "
            "agreed_to)"
        ),
    ),
    Fact(
        "informing_today",
        "int",
        "今日告知类接通次数",
        "informing calls today",
        (
            "Connected informing calls to the person today, all cases and organisations; "
            "style unknown counts."
        ),
        "contacts of the person",
    ),
    Fact(
        "effective_today",
        "int",
        "今日有效通话次数",
        "effective calls today",
        (
            "Interactive calls with a real exchange (unknown counts), long enough to count "
            "(packs/law.yaml), started by a collector."
        ),
        "contacts of the person",
    ),
    Fact(
        "visits_today",
        "int",
        "今日外访沟通次数",
        "visit talks today",
        "Effective on-site talks with the person today.",
        "contacts of the person",
    ),
    Fact(
        "tries_today",
        "int",
        "今日未接通次数",
        "unconnected tries today",
        "Unconnected tries to this number today, by whichever organisation.",
        "contacts of the point",
    ),
    Fact(
        "talks_today",
        "int",
        "今日该联系人沟通次数",
        "talks with this contact today",
        "Connected calls to this number or this contact person today.",
        "contacts of the point",
    ),
    Fact(
        "letter_age",
        "int",
        "距上次信函天数",
        "days since last letter",
        "Days since the last letter of the case, which is one person's debt of one product.",
        "derived",
        unit="days",
        expr="on - letter_on",
    ),
    Fact(
        "person_joined",
        "bool",
        "可跨机构合并计数",
        "counted across organisations",
        (
            "An ID number or company code joins the person's records; without it only this "
            "creditor's record is counted."
        ),
        "person",
    ),
    Fact(
        "point_given",
        "bool",
        "已指明联系方式",
        "contact point named",
        "The act names a number or an address.",
        "the act",
    ),
    Fact(
        "point_status",
        "text",
        "联系方式状态",
        "status of the contact point",
        "Last known status.",
        "contact point",
        options=options.POINT_STATUSES,
    ),
    Fact(
        "point_refused",
        "bool",
        "该联系人已拒绝",
        "contact refused",
        "Somebody at this number once asked not to be contacted again, whoever was told.",
        "contact point",
    ),
    Fact(
        "point_source",
        "text",
        "联系方式来源",
        "source of the contact point",
        "Where the number or address comes from.",
        "contact point",
        options=options.POINT_SOURCES,
    ),
)
