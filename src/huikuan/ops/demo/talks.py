"""How contacts go in the demo: outcome codes of the shipped packs, each with what its pack asks for, and how often."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """`who` and `code` as in outcomes.yaml, which says what they set. `promise`: days from now, one for each instalment."""

    who: str
    code: str
    often: int
    note: str = ""
    willingness: str = ""
    reason: str = ""
    promise: tuple[int, ...] = ()
    next_days: int | None = None


_NOBODY = (
    Talk("nobody", "no_answer", 20),
    Talk("nobody", "rejected", 4),
    Talk("nobody", "line_busy", 3),
    Talk("nobody", "switched_off", 3),
)
CARD = (
    Talk(
        "debtor",
        "promised",
        17,
        "已核实身份。资金周转困难，约定日期和金额，已复述。",
        "willing",
        "hardship",
        (3,),
    ),
    Talk(
        "debtor",
        "promised",
        11,
        "已核实身份。发薪后还款，约定日期和金额。",
        "willing",
        "payday",
        (6,),
    ),
    Talk(
        "debtor",
        "promised",
        6,
        "已核实身份。一次还清有困难，约定分两期。",
        "willing",
        "hardship",
        (2, 9),
    ),
    Talk(
        "debtor",
        "next_contact",
        11,
        "已核实身份。尚不能定日期，约定再谈。",
        "wavering",
        "no_time",
        next_days=2,
    ),
    Talk(
        "debtor",
        "hardship",
        6,
        "已核实身份。失业，月收入不足，愿提供证明，待商方案。",
        "unable",
        "hardship",
        next_days=3,
    ),
    Talk(
        "debtor",
        "says_paid",
        2,
        "已核实身份。称昨日已转账，请其发回单核对。",
        "willing",
        "other",
        next_days=2,
    ),
    Talk("debtor", "away", 2, "已核实身份。在外地务工，下周返回。", "willing", "away", next_days=3),
    Talk("debtor", "hung_up", 3, "已核实身份。说知道了即挂断。", "wavering", next_days=1),
    Talk("debtor", "busy", 3, "称在忙，未核实身份，约定再打。", next_days=1),
    Talk("debtor", "refuses", 2, "已核实身份。明确拒绝还款，已如实告知后果。", "refusing"),
    Talk("debtor", "wilful", 1, "已核实身份。有固定收入，屡次推托。", "wilful"),
    Talk(
        "debtor", "dispute", 2, "已核实身份。对年费和违约金有异议，要求核对账单。", reason="dispute"
    ),
    Talk("debtor", "complains", 1, "已核实身份。投诉此前来电时间过早，已逐点记录。"),
    Talk("debtor", "fraud_victim", 1, "已核实身份。称身份被冒用开卡，已报警，可提供回执。"),
    Talk("debtor", "fraud_suspected", 1, "已核实身份。所述单位与资料不符，只记事实，转法务判断。"),
    Talk("stranger", "new_owner", 2, "新机主，不认识本人，已致歉。"),
    Talk("nobody", "suspended", 2),
    Talk("nobody", "invalid", 5),
    *_NOBODY,
)
#: On the promised day one asks after the money and takes no new promise.
CHECK = (
    Talk(
        "debtor",
        "next_contact",
        6,
        "已核实身份。称今天到账，明早再核对。",
        "willing",
        "no_time",
        next_days=1,
    ),
    Talk(
        "debtor",
        "says_paid",
        4,
        "已核实身份。称已转账，请其发回单核对。",
        "willing",
        "other",
        next_days=1,
    ),
    Talk("nobody", "no_answer", 5),
)
BROKEN = (
    Talk(
        "debtor",
        "promise_broken",
        7,
        "已核实身份。工资未发，重新约定，已说明不再宽限。",
        "willing",
        "payday",
        (3,),
    ),
    Talk(
        "debtor",
        "next_contact",
        2,
        "已核实身份。未能说清原因，约定明日再谈。",
        "wavering",
        "other",
        next_days=1,
    ),
    Talk("nobody", "no_answer", 4),
)
#: Whoever is asked where the debtor can be reached hears nothing of the debt.
RELAY = (
    Talk("relative", "will_relay", 5, "家属接听，只留姓名和回电号码，答应转告。"),
    Talk("relative", "no_contact", 3, "家属接听，称久未联系，已致歉。"),
    Talk("relative", "deceased", 3, "家属接听，称本人已去世，已致以慰问，未谈债务，请委托方核实。"),
    Talk("relative", "refuses_contact", 1, "家属接听，要求不再联系，当即登记。"),
    Talk("nobody", "no_answer", 3),
)
COMPANY = (
    Talk(
        "debtor",
        "promised",
        14,
        "对接人确认付款日和金额，到日核对到账。",
        "willing",
        "downstream",
        (4,),
    ),
    Talk(
        "debtor",
        "short_of_cash",
        4,
        "资金紧张，请求分两期，第一期已定。",
        "unable",
        "cash",
        (3, 10),
    ),
    Talk(
        "debtor",
        "in_approval",
        8,
        "付款单在财务总监处审批，缺一份回单。",
        "willing",
        "approval",
        next_days=2,
    ),
    Talk(
        "debtor", "next_contact", 6, "未定日期，约定再联系。", "wavering", "forgotten", next_days=2
    ),
    Talk("debtor", "statement_confirmed", 3, "对账单已确认，签章件以邮件发回。", "willing"),
    Talk("debtor", "dispute", 2, "对其中一张发票的数量有争议，已记下送货单号。", reason="goods"),
    Talk("debtor", "refuses", 1, "对方暂不付款，已报主管。", "refusing"),
    Talk("colleague", "out_now", 4, "对接人外出，同事告知下午在。", next_days=1),
    *_NOBODY,
)
COMPANY_CHECK = (
    Talk("debtor", "says_paid", 5, "称已付款，请其发回单，转财务核对。", "willing"),
    Talk(
        "debtor",
        "in_approval",
        4,
        "付款单今天走完审批，明早再核对。",
        "willing",
        "approval",
        next_days=1,
    ),
    Talk("nobody", "no_answer", 4),
)
#: What the sender writes of a message, a letter and a visit.
SENT = {
    "sms": Talk("nobody", "", 1, "按承诺日发提醒短信。"),
    "email": Talk("nobody", "", 1, "按账款明细发邮件催付。"),
    "letter": Talk("nobody", "", 1, "按原地址寄出，已登记挂号。"),
    "visit": Talk(
        "nobody", "no_answer", 1, "许峰、赵云鹏两人上门，全程录音录像，无人在家，留下联系卡。"
    ),
}
#: The same of a company, where it is something else.
SENT_TO_COMPANY = SENT | {
    "visit": Talk(
        "nobody", "no_answer", 1, "许峰、赵云鹏两人拜访客户，对接人外出，对账单留给其财务部。"
    ),
}
