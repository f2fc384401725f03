"""The words that a fact may take, each in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from huikuan.engine import acts
from huikuan.engine.fact import Words

Options = Mapping[str, Words]

CREDITOR_KINDS: Options = {
    "bank": ("银行", "bank"),
    "insurer": ("保险公司", "insurer"),
    "consumer_finance": ("消费金融公司", "consumer-finance company"),
    "micro_loan": ("小额贷款公司", "micro-loan company"),
    "supplier": ("供应商", "supplier"),
    "property": ("物业公司", "property manager"),
    "other": ("其他委托方", "other creditor"),
}
#: Those of lib/money.py.
CURRENCIES: Options = {
    "CNY": ("人民币", "renminbi"),
    "HKD": ("港元", "Hong Kong dollar"),
    "MOP": ("澳门元", "Macao pataca"),
    "TWD": ("新台币", "new Taiwan dollar"),
    "USD": ("美元", "US dollar"),
    "EUR": ("欧元", "euro"),
    "GBP": ("英镑", "pound sterling"),
    "AUD": ("澳元", "Australian dollar"),
    "CAD": ("加元", "Canadian dollar"),
    "CHF": ("瑞士法郎", "Swiss franc"),
    "SGD": ("新加坡元", "Singapore dollar"),
    "NZD": ("新西兰元", "New Zealand dollar"),
    "THB": ("泰铢", "baht"),
    "MYR": ("林吉特", "ringgit"),
    "INR": ("印度卢比", "Indian rupee"),
    "RUB": ("俄罗斯卢布", "Russian rouble"),
    "IDR": ("印尼盾", "Indonesian rupiah"),
    "PHP": ("菲律宾比索", "Philippine peso"),
    "SEK": ("瑞典克朗", "Swedish krona"),
    "NOK": ("挪威克朗", "Norwegian krone"),
    "DKK": ("丹麦克朗", "Danish krone"),
    "JPY": ("日元", "yen"),
    "KRW": ("韩元", "won"),
    "VND": ("越南盾", "dong"),
    "KWD": ("科威特第纳尔", "Kuwaiti dinar"),
    "BHD": ("巴林第纳尔", "Bahraini dinar"),
}
COLLECTOR_KINDS: Options = {
    "house": ("本机构", "own house"),
    "agency": ("催收机构", "agency"),
}
DEBTOR_KINDS: Options = {
    "person": ("自然人", "person"),
    "company": ("企业", "company"),
}
WILLINGNESS: Options = {
    "willing": ("愿意还款", "willing"),
    "wavering": ("意愿摇摆", "wavering"),
    "unable": ("无力偿还", "unable to pay"),
    "refusing": ("拒绝还款", "refusing"),
    "wilful": ("恶意拖延", "wilful delay"),
}
PROMISE_STATES: Options = {
    "none": ("无", "none"),
    "open": ("待履行", "open"),
    "kept": ("已履行", "kept"),
    "part": ("部分履行", "kept in part"),
    "broken": ("未履行", "broken"),
}
#: The kinds of casebook/models/holds.py.
HOLD_KINDS: Options = {
    "dispute": ("争议", "dispute"),
    "complaint": ("投诉", "complaint"),
    "deceased": ("身故", "deceased"),
    "minor": ("未成年", "minor"),
    "bankrupt": ("破产", "bankrupt"),
    "ill": ("重病", "seriously ill"),
    "fraud_victim": ("诈骗受害人", "victim of fraud"),
    "represented": ("已委托律师", "represented by a lawyer"),
    "plan": ("分期履行中", "plan being kept"),
    "do_not_call": ("拒绝来电", "do not call"),
}
STATEMENT_STATES: Options = {
    "none": ("未编制", "not prepared"),
    "submitted": ("主管审核中", "with the supervisor"),
    "sent": ("已发送", "sent"),
    "confirmed": ("已确认", "confirmed"),
    "invoice_data": ("开票资料已交", "invoice data handed over"),
    "invoiced": ("已开票", "invoiced"),
}
#: Of one statement, which somebody checks before it is sent.
MONTH_STATES: Options = {
    "none": STATEMENT_STATES["none"],
    "submitted": STATEMENT_STATES["submitted"],
    "checked": ("审核通过，待发送", "checked, to be sent"),
    **{
        name: title for name, title in STATEMENT_STATES.items() if name not in ("none", "submitted")
    },
}
CHANNELS: Options = acts.CHANNELS
TARGETS: Options = {
    "debtor": ("债务人", "debtor"),
    "guarantor": ("担保人", "guarantor"),
    "co_debtor": ("共同债务人", "co-debtor"),
    "third_party": ("联系人", "contact person"),
}
PURPOSES: Options = {
    "collect": ("催收", "collecting"),
    "remind": ("到期前提醒", "reminder before the due date"),
    "business": ("业务往来，不催款", "business that asks for no payment"),
    "reply": ("答复来询", "reply"),
    "statutory": ("法定告知", "notice that the law demands"),
    "locate": ("查找债务人", "finding the debtor"),
}
STYLES: Options = {
    "informing": ("告知类", "informing"),
    "interactive": ("交互类", "interactive"),
    "unknown": ("未知", "unknown"),
}
POINT_STATUSES: Options = {
    "valid": ("有效", "valid"),
    "invalid": ("空号", "number invalid"),
    "suspended": ("停机", "suspended"),
    "stranger": ("号码已换机主", "changed owner"),
    "refused": ("已拒绝联系", "asked not to be contacted"),
}
POINT_SOURCES: Options = {
    "contract": ("合同", "contract"),
    "reserved": ("预留", "reserved with the institution"),
    "talk": ("债务人告知", "told by the debtor"),
    "public": ("债务人公开", "made public by the debtor"),
    "authorised": ("授权查询", "authorised enquiry"),
    "unknown": ("未注明", "not stated"),
}
COMPLAINT_CHANNELS: Options = {
    "phone": ("电话", "telephone"),
    "letter": ("信函", "letter"),
    "regulator": ("监管部门", "regulator"),
    "client": ("委托方", "client"),
    "talk": ("催收通话中提出", "said to a collector"),
    "online": ("网上书面", "in writing, online"),
}
