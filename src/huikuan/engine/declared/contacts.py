"""What was done to reach the debtor, and what came of it."""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import ITSELF, OUTCOMES, Fact, Family

#: What was made without the approval that it wanted does no step, so no step rests on it. What the
#: debtor said in it is known all the same, and the limits of the contact rules count it. The same
#: holds for what was sent and did not arrive.
_OURS = "NOT r.inbound AND NOT r.unapproved AND NOT r.lost"
_CALL_OR_VISIT = f"{_OURS} AND r.channel IN ('call', 'visit') AND r.this_hand"
_NEWEST_FIRST = "ORDER BY r.at DESC, r.id DESC"


def _our_own(channel: str) -> str:
    """Contacts of one channel that we started since the placement."""
    return f"FILTER (WHERE r.channel = '{channel}' AND {_OURS} AND r.this_hand)"


def _last(name: str, channel: str, zh: str, en: str, meaning: str) -> Fact:
    return Fact(
        name,
        "date",
        zh,
        en,
        meaning,
        "contacts",
        fold=f"max(r.valid_on) {_our_own(channel)}",
        since=ITSELF,
    )


def _number(name: str, channel: str, zh: str, en: str, meaning: str) -> Fact:
    """How often; never unknown."""
    return Fact(
        name,
        "int",
        zh,
        en,
        meaning,
        "contacts",
        always=True,
        fold=f"count(*) {_our_own(channel)}",
        sql=f"coalesce(contacts.{name}, 0)::int",
        course="rises",
    )


FACTS = (
    Fact(
        "first_attempt_on",
        "date",
        "首次外呼日",
        "first attempt",
        "Day of the first try to reach anybody since the placement.",
        "contacts",
        fold=f"min(r.valid_on) FILTER (WHERE {_CALL_OR_VISIT})",
        since=ITSELF,
    ),
    Fact(
        "last_attempt_on",
        "date",
        "最近外呼日",
        "last attempt",
        "Day of the last try.",
        "contacts",
        fold=f"max(r.valid_on) FILTER (WHERE {_CALL_OR_VISIT})",
        since=ITSELF,
    ),
    Fact(
        "first_reached_on",
        "date",
        "首次本人接通日",
        "first reached",
        "Day of the first talk with the debtor.",
        "contacts",
        fold="min(r.valid_on) FILTER (WHERE r.reached AND r.this_hand)",
        since=ITSELF,
    ),
    Fact(
        "reached_on",
        "date",
        "最近本人接通日",
        "last reached",
        "Day of the last talk with the debtor.",
        "contacts",
        fold="max(r.valid_on) FILTER (WHERE r.reached AND r.this_hand)",
        since=ITSELF,
    ),
    Fact(
        "next_contact_on",
        "date",
        "约定下次联系日",
        "next contact agreed",
        "Day agreed in the last talk.",
        "contacts",
        fold=(
            f"(array_agg(r.next_contact_on {_NEWEST_FIRST})"
            " FILTER (WHERE r.reached OR r.next_contact_on IS NOT NULL))[1]"
        ),
    ),
    Fact(
        "last_outcome",
        "text",
        "最近结果",
        "last outcome",
        "Outcome code of the last contact.",
        "contacts",
        words_of=OUTCOMES,
        fold=f"(array_agg(nullif(r.outcome, '') {_NEWEST_FIRST}))[1]",
    ),
    Fact(
        "talk_outcome",
        "text",
        "最近本人通话结果",
        "outcome of the last talk",
        "Outcome code of the last talk with the debtor; a try that reached nobody leaves it.",
        "contacts",
        words_of=OUTCOMES,
        fold=f"(array_agg(nullif(r.outcome, '') {_NEWEST_FIRST}) FILTER (WHERE r.reached))[1]",
    ),
    Fact(
        "willingness",
        "text",
        "还款意愿",
        "willingness",
        "As judged in the last talk with the debtor.",
        "contacts",
        options=options.WILLINGNESS,
        fold=f"(array_agg(nullif(r.willingness, '') {_NEWEST_FIRST}) FILTER (WHERE r.reached))[1]",
        since="reached_on",
    ),
    Fact(
        "letter_on",
        "date",
        "最近发函日",
        "last letter",
        "Day of the last letter that we sent; not of one that wanted an approval and had none.",
        "contacts",
        fold=f"max(r.valid_on) FILTER (WHERE r.channel = 'letter' AND {_OURS})",
        since=ITSELF,
    ),
    Fact(
        "visit_on",
        "date",
        "最近外访日",
        "last visit",
        "Day of our last field visit; not of one that wanted an approval and had none.",
        "contacts",
        fold=f"max(r.valid_on) FILTER (WHERE r.channel = 'visit' AND {_OURS})",
        since=ITSELF,
    ),
    _last(
        "email_on",
        "email",
        "最近邮件日",
        "last e-mail",
        "Day of the last e-mail that we sent since the placement.",
    ),
    _last(
        "sms_on",
        "sms",
        "最近短信日",
        "last SMS",
        "Day of the last SMS that we sent since the placement.",
    ),
    _number(
        "calls_made",
        "call",
        "外呼次数",
        "calls made",
        "Calls that we made since the placement, answered or not.",
    ),
    _number(
        "emails_sent",
        "email",
        "已发邮件数",
        "e-mails sent",
        "E-mails that we sent since the placement.",
    ),
    _number(
        "sms_sent",
        "sms",
        "已发短信数",
        "SMS sent",
        "SMS that we sent since the placement.",
    ),
    _number(
        "letters_sent",
        "letter",
        "已发函件数",
        "letters sent",
        "Letters that we sent since the placement.",
    ),
    _number(
        "visits_made",
        "visit",
        "外访次数",
        "visits made",
        "Field visits since the placement, whether or not anybody was met.",
    ),
)

CONTACTS = Family(
    name="contacts",
    facts=FACTS,
    reads=("casebook_contactrecord", "casebook_contactnotarrived"),
    file="contacts.sql",
    source="contact",
    needs=("events",),
    last="max(r.valid_on)",
    hidden={
        "heard_on": "max(r.valid_on) FILTER (WHERE r.heard)",
        "row_from": "max(r.at) FILTER (WHERE r.heard OR r.connected AND r.to_mobile)",
    },
)

LOST_FACTS = (
    Fact(
        "lost_from_on",
        "date",
        "失联起始日",
        "lost from",
        (
            "First day on which third persons may be asked (CBA ch. 3: number invalid; failed calls"
            " in a row → next day; failed days running: how many, says packs/law.yaml)."
        ),
        "contacts",
        sql=(
            "least(CASE WHEN points.mobiles_dead AND (contacts.heard_on IS NULL"
            " OR contacts.heard_on < points.mobiles_dead_on) THEN points.mobiles_dead_on END,"
            " lost.opens_on)"
        ),
        since="lost_from_on",
    ),
)

LOST = Family(
    name="lost",
    facts=LOST_FACTS,
    reads=("casebook_contactrecord", "casebook_pointstatus", "casebook_contactpoint"),
    file="lost.sql",
    needs=("events", "points", "contacts"),
)

DERIVED = (
    Fact(
        "lost",
        "bool",
        "失联",
        "debtor lost",
        "Third persons may be asked for contact data or to relay.",
        "derived",
        expr="known(lost_from_on) and lost_from_on <= on",
    ),
    Fact(
        "days_without_talk",
        "int",
        "未直接联系天数",
        "days without a talk",
        "Days since the debtor was last talked to, else since the first try.",
        "derived",
        unit="days",
        expr="on - reached_on if known(reached_on) else on - first_attempt_on",
    ),
)
