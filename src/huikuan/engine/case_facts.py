"""Facts of a case and of an item."""

from huikuan.engine.vocabulary import Fact

_OPEN_ENDED = "9999-12-31"


def _case(
    name: str, type: str, zh: str, en: str, meaning: str, source: str, **more: object
) -> Fact:
    return Fact(name, type, "case", zh, en, meaning, source, **more)  # type: ignore[arg-type]


def _item(
    name: str, type: str, zh: str, en: str, meaning: str, source: str, **more: object
) -> Fact:
    return Fact(name, type, "item", zh, en, meaning, source, **more)  # type: ignore[arg-type]


CASE_FACTS = (
    _case("on", "date", "当日", "the day", "The day one asks about.", "the run"),
    # who and whose
    _case("product", "text", "产品", "product", "Product of the accounts.", "placement"),
    _case(
        "creditor_kind", "text", "委托方类型", "kind of creditor", "What kind of institution is owed.", "creditor",
        options=("bank", "consumer_finance", "micro_loan", "supplier", "property", "other"),
    ),
    _case(
        "collector_kind", "text", "催收方类型", "kind of collector", "Whether the creditor's own house or an agency works it.",
        "organisation", options=("house", "agency"),
    ),
    _case(
        "debtor_kind", "text", "债务人类型", "kind of debtor", "A natural person or a company.", "placement",
        options=("person", "company"),
    ),
    _case("is_open", "bool", "在催", "open", "Placed and neither returned, recalled nor closed.", "case events"),
    _case("placed_on", "date", "委案日", "placed on", "Day of the (last) placement.", "placement"),
    _case("return_on", "date", "退案日", "return day", "Agreed day of return, retention included.", "placement, case events"),
    _case("hand", "int", "手别", "hand", "How many times the debt was placed: 3 is a three-hand case.", "placement"),
    _case("told_on", "date", "委外告知日", "told on", "Day on which the debtor was told of the outsourcing.", "case events"),
    _case(
        "told", "bool", "已告知委外", "told of the outsourcing",
        "True for the own house; for an agency once the debtor was told (CPMM art. 41).", "derived",
        expr="collector_kind == 'house' or known(told_on) and told_on <= on",
    ),
    _case(
        "register_local", "bool", "户籍本地", "register local", "Household register in the creditor's region.", "ID number",
    ),
    _case("minor_until", "date", "成年日", "comes of age", "First day of being 18.", "ID number"),
    _case("minor", "bool", "未成年", "minor", "Under 18 on the day.", "derived", expr="known(minor_until) and on < minor_until"),
    # money and age
    _case("oldest_due_on", "date", "最早到期日", "oldest due date", "Due date of the oldest item still unpaid.", "ledger"),
    _case("balance", "money", "欠款余额", "balance", "All charges less allocated payments.", "ledger", unit="minor units", column="balance_minor"),
    _case("open_items", "int", "未结笔数", "open items", "Items with an unpaid rest.", "ledger"),
    _case("paid_on", "date", "最近还款日", "last paid on", "Day of the last payment that was not reversed.", "ledger"),
    _case(
        "days_past_due", "int", "逾期天数", "days past due", "Days since the oldest unpaid item fell due; negative before.",
        "derived", unit="days", expr="on - oldest_due_on",
    ),
    _case("days_since_placed", "int", "委案天数", "days since placement", "Days since the placement.", "derived", unit="days", expr="on - placed_on"),
    _case("days_to_return", "int", "距退案天数", "days to return", "Days left until the return.", "derived", unit="days", expr="return_on - on"),
    # how the debtor can be reached
    _case("has_point", "bool", "有联系方式", "has a contact point", "Any usable contact point of the debtor.", "contact points"),
    _case("has_phone", "bool", "有可用电话", "has a phone", "A usable number of the debtor's own, at home or at work.", "contact points"),
    _case("has_address", "bool", "有可用地址", "has an address", "A usable address of the debtor.", "contact points"),
    _case("has_third_party", "bool", "有联系人", "has a third party", "A contact point of somebody else who has not refused.", "contact points"),
    # what was done
    _case("first_attempt_on", "date", "首次外呼日", "first attempt", "Day of the first try to reach anybody since the placement.", "contacts"),
    _case("last_attempt_on", "date", "最近外呼日", "last attempt", "Day of the last try.", "contacts"),
    _case("first_reached_on", "date", "首次本人接通日", "first reached", "Day of the first talk with the debtor.", "contacts"),
    _case("reached_on", "date", "最近本人接通日", "last reached", "Day of the last talk with the debtor.", "contacts"),
    _case("lost_from_on", "date", "失联起始日", "lost from", "First day on which third persons may be asked (CBA ch. 3: number invalid; three failed calls → next day; three failed days).", "contacts"),
    _case("lost", "bool", "失联", "debtor lost", "Third persons may be asked for contact data or to relay.", "derived", expr="known(lost_from_on) and lost_from_on <= on"),
    _case("next_contact_on", "date", "约定下次联系日", "next contact agreed", "Day agreed in the last talk.", "contacts"),
    _case("last_outcome", "text", "最近结果", "last outcome", "Outcome code of the last contact.", "contacts"),
    _case(
        "willingness", "text", "还款意愿", "willingness", "As judged in the last talk with the debtor.", "contacts",
        options=("willing", "wavering", "unable", "refusing", "wilful"),
    ),
    _case("letter_on", "date", "最近发函日", "last letter", "Day of the last letter.", "contacts"),
    _case("visit_on", "date", "最近外访日", "last visit", "Day of the last field visit.", "contacts"),
    _case("visit_asked_on", "date", "外访申请日", "visit requested", "Day of the last request for a field visit.", "case events"),
    _case("lock_agreed_on", "date", "同意锁货日", "lock agreed", "Day on which the owner agreed to lock deliveries.", "case events"),
    _case("legal_agreed_on", "date", "同意发律师函日", "legal letters agreed", "Day on which the owner agreed to legal letters.", "case events"),
    _case(
        "days_without_talk", "int", "未直接联系天数", "days without a talk", "Days since the debtor was last talked to, else since the first try.",
        "derived", unit="days", expr="on - reached_on if known(reached_on) else on - first_attempt_on",
    ),
    # promises
    _case("promise_made_on", "date", "承诺日", "promise made", "Day on which the last promise was given.", "promises"),
    _case("promise_due_on", "date", "承诺还款日", "promised for", "Day promised for the next instalment not yet settled.", "promises"),
    _case("promise_last_day", "date", "承诺宽限末日", "promise, last day", "Promised day plus grace.", "promises"),
    _case("promised", "money", "承诺金额", "promised amount", "Amount of that instalment.", "promises", column="promise_minor"),
    _case("promise_paid", "money", "承诺期内已还", "paid on the promise", "Paid from the day of the promise to its last day.", "ledger", column="promise_paid_minor"),
    _case("promise_needed", "money", "承诺应还", "needed to keep it", "Promised amount less tolerance.", "promises", column="promise_needed_minor"),
    _case(
        "promise", "text", "承诺状态", "promise", "none, open, kept, part (paid in part) or broken, on the day.", "derived",
        options=("none", "open", "kept", "part", "broken"),
        expr="'none' if not known(promise_due_on) else 'kept' if promise_paid >= promise_needed"
        " else 'open' if on <= promise_last_day else 'part' if promise_paid > 0 else 'broken'",
    ),
    _case("broken_before", "int", "此前违约次数", "broken before", "Earlier promises that were not kept in full.", "promises"),
    _case(
        "broken_promises", "int", "违约次数", "broken promises", "Promises not kept in full, the last one included.", "derived",
        expr="broken_before + (1 if promise in ('part', 'broken') else 0)",
    ),
    _case(
        "stage", "text", "催收阶段", "collection stage",
        "new; first until the debtor is reached or a week has passed; then second; third after a broken promise, fourth after two.",
        "derived (P1)", options=("new", "first", "second", "third", "fourth"),
        expr="'new' if not known(first_attempt_on) else 'fourth' if broken_promises >= 2 else 'third' if broken_promises == 1"
        " else 'second' if known(first_reached_on) and first_reached_on < on or on - first_attempt_on >= 7 else 'first'",
    ),
    # holds
    _case("held_from", "date", "停催起始日", "held from", "First day of the hold on the case or person.", "holds"),
    _case("held_until", "date", "停催截止日", "held until", f"First day without it; {_OPEN_ENDED} while open.", "holds"),
    _case("hold_kind", "text", "停催原因", "kind of hold", "Why it is held.", "holds"),
    _case("held", "bool", "停催", "held", "A hold on the case or person is in force.", "derived", expr="known(held_from) and held_from <= on and on < held_until or minor"),
    _case("disputed_items", "int", "争议笔数", "disputed items", "Items under dispute.", "holds"),
    # statement month
    _case("settles_by_receipts", "bool", "回单结算", "settles by receipts", "The customer settles by delivery receipts.", "mapping"),
    _case("statement_cycle", "bool", "月度对账", "statement cycle", "A monthly statement is agreed with the customer.", "mapping"),
    _case("statement_month", "date", "对账月份", "statement month", "First day of the newest month with a statement event.", "statement events"),
    _case("statement_submitted_on", "date", "对账单提交日", "statement submitted", "To the supervisor.", "statement events"),
    _case("statement_sent_on", "date", "对账单发送日", "statement sent", "To the customer.", "statement events"),
    _case("statement_progress_on", "date", "对账进展日", "statement progress", "Customer's last answer.", "statement events"),
    _case("statement_confirmed_on", "date", "对账确认日", "statement confirmed", "By the customer.", "statement events"),
    _case("invoice_data_on", "date", "开票资料日", "invoice data", "To finance.", "statement events"),
    _case("invoice_sent_on", "date", "发票寄出日", "invoice sent", "Its dispatch told to the customer.", "statement events"),
    _case("receipts_on", "date", "回单齐备日", "receipts complete", "All delivery receipts are in.", "statement events"),
    _case(
        "statement_state", "text", "对账状态", "state of the statement", "Of the month before the day's month.", "derived",
        options=("none", "submitted", "sent", "confirmed", "invoice_data", "invoiced"),
        expr="'none' if not known(statement_month) or statement_month < statement_due_month else 'invoiced' if known(invoice_sent_on)"
        " else 'invoice_data' if known(invoice_data_on) else 'confirmed' if known(statement_confirmed_on)"
        " else 'sent' if known(statement_sent_on) else 'submitted' if known(statement_submitted_on) else 'none'",
    ),
    _case("statement_due_month", "date", "应对账月份", "month to state", "First day of the month before the day's month.", "the run"),
    _case("month_first", "date", "当月首日", "first of the month", "First day of the day's month.", "the run"),
    _case("month_30", "date", "当月三十日", "30th of the month", "The 30th of the day's month, or its last day in February.", "the run"),
    _item("item_due_on", "date", "到期日", "due date", "Contractual due date of the item.", "placement", column="due_on"),
    _item("item_due_1m_on", "date", "到期满一月日", "due date + 1 month", "Corresponding day one calendar month after the due date (Civil Code art. 202).", "derived in SQL", column="due_1m_on"),
    _item("item_due_2m_on", "date", "到期满两月日", "due date + 2 months", "Two calendar months after the due date.", "derived in SQL", column="due_2m_on"),
    _item("item_due_3m_on", "date", "到期满三月日", "due date + 3 months", "Three calendar months after the due date.", "derived in SQL", column="due_3m_on"),
    _item("item_confirmed_on", "date", "确认日", "confirmed on", "The customer confirmed the item.", "placement", column="confirmed_on"),
    _item("item_amount", "money", "账款金额", "amount", "All charges of the item.", "ledger", column="amount_minor"),
    _item("item_open", "money", "未付金额", "open amount", "Charges less allocated payments.", "ledger", column="open_minor"),
    _item("item_disputed", "bool", "有争议", "disputed", "A dispute on the item is open.", "holds", column="disputed"),
    _item("item_disputed_on", "date", "争议提出日", "disputed on", "Day of the oldest open dispute on the item or its account.", "holds", column="disputed_on"),
    _item("item_held", "bool", "账款停催", "item held", "A hold on the item or its account is in force.", "holds", column="held"),
    _item("days_late", "int", "逾期天数", "days late", "Days since the item fell due; negative before.", "derived", unit="days", expr="on - item_due_on"),
)  # fmt: skip
