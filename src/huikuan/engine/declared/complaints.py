"""A complaint: what it is, what happened to it, its points, proposals and departments."""

from __future__ import annotations

from huikuan.engine import options
from huikuan.engine.fact import ALWAYS, ITSELF, Column, Fact, Family


def _first(kind: str) -> str:
    return f"min(r.valid_on) FILTER (WHERE r.kind = '{kind}')"


def _last(kind: str) -> str:
    return f"max(r.valid_on) FILTER (WHERE r.kind = '{kind}')"


def _times(kind: str) -> str:
    return f"count(*) FILTER (WHERE r.kind = '{kind}')"


def _day(name: str, zh: str, en: str, meaning: str, fold: str) -> Fact:
    """A day on which something happened to the complaint."""
    return Fact(name, "date", zh, en, meaning, "complaint events", fold=fold, since=ITSELF)


def _number(name: str, zh: str, en: str, meaning: str, fold: str, family: str) -> Fact:
    """How many rows there are; none is 0."""
    counted = f"coalesce({family}.{name}, 0)::integer"
    return Fact(name, "int", zh, en, meaning, family, always=True, fold=fold, sql=counted)


#: What a step about a complaint may record. `answered`: the complainant says yes or no to a
#: proposal; `second_said`: a second person says whether a demand is unreasonable.
EVENTS_OF_STEPS = (
    "accepted",
    "owned",
    "promised",
    "departments_told",
    "department_answered",
    "client_told",
    "extension_told",
    "proposed",
    "answered",
    "second_said",
    "explained",
    "help_asked",
    "escalated",
    "decided",
    "replied",
    "closed",
    "result_reported",
)

FACTS = (
    Fact(
        "complaint_received_on",
        "date",
        "投诉接收日",
        "complaint received",
        "Local day on which it reached the house.",
        "complaints",
        always=True,
        sql="q.valid_on",
        since=ITSELF,
    ),
    Fact(
        "complaint_channel",
        "text",
        "投诉渠道",
        "complaint came by",
        "How it reached the house.",
        "complaints",
        options=options.COMPLAINT_CHANNELS,
        always=True,
        sql="q.channel",
        since=ALWAYS,
    ),
    Fact(
        "complaint_has_client",
        "bool",
        "投诉涉及的委托方已知",
        "client of the complaint known",
        "It is known whose debt the complaint is about.",
        "complaints",
        always=True,
        sql="(q.creditor_id IS NOT NULL)",
    ),
    Fact(
        "complaint_has_case",
        "bool",
        "投诉涉及案件",
        "complaint is about a case",
        "A case of ours belongs to it; a stranger may have none.",
        "complaints",
        always=True,
        sql="(q.case_id IS NOT NULL)",
    ),
    Fact(
        "complainant_unreachable",
        "bool",
        "无法联系投诉人",
        "complainant cannot be answered",
        "Nothing is known by which they are answered, as of an anonymous letter.",
        "complaints",
        always=True,
        sql="(length(q.reach_sealed) = 0)",
    ),
    Fact(
        "complaint_names_collector",
        "bool",
        "投诉指向催收员",
        "complaint is about a collector",
        "Somebody of the house is complained about by name.",
        "complaints",
        always=True,
        sql="(q.about_user_id IS NOT NULL)",
    ),
)

COMPLAINT = Family(
    name="complaint",
    facts=FACTS,
    reads=("casebook_complaint",),
    last="q.valid_on",
    columns=(
        Column("shard", "integer", "q.shard", always=True),
        Column("case_id", "bigint", "q.case_id"),
        Column("organisation_id", "bigint", "q.organisation_id", always=True),
        Column("creditor_id", "bigint", "q.creditor_id"),
    ),
)

EVENT_FACTS = (
    _day("complaint_accepted_on", "投诉受理日", "accepted", "With its points.", _first("accepted")),
    _day("complaint_owned_on", "确定处理人日", "owner named", "The last time.", _last("owned")),
    Fact(
        "complaint_promised_on",
        "date",
        "承诺答复日",
        "reply promised for",
        "Local day of the moment that was told to the complainant, the last one told.",
        "complaint events",
        fold=(
            "(array_agg(r.until_on ORDER BY r.happened_at DESC, r.id DESC)"
            " FILTER (WHERE r.kind IN ('promised', 'promised_again')))[1]"
        ),
    ),
    _day(
        "complaint_told_departments_on",
        "通知相关部门日",
        "departments told",
        "The first time.",
        _first("departments_told"),
    ),
    _day(
        "complaint_reported_on",
        "报告委托方日",
        "reported to the client",
        "That there is a complaint.",
        _first("client_told"),
    ),
    _day(
        "complaint_proposed_on",
        "提出处理方案日",
        "proposal made",
        "The last one.",
        _last("proposed"),
    ),
    _number(
        "complaint_proposals",
        "已提出方案数",
        "proposals made",
        "Told to the complainant; what waits for an approval is none yet.",
        _times("proposed"),
        "complaint_events",
    ),
    _number(
        "complaint_refusals",
        "方案被拒次数",
        "proposals refused",
        "By the complainant.",
        _times("refused"),
        "complaint_events",
    ),
    _day(
        "complaint_refused_on",
        "方案被拒日",
        "proposal refused",
        "By the complainant, the last time.",
        _last("refused"),
    ),
    _number(
        "complaint_agreements",
        "方案达成次数",
        "proposals agreed to",
        "By the complainant.",
        _times("agreed"),
        "complaint_events",
    ),
    _day(
        "complaint_agreed_on",
        "方案达成日",
        "plan agreed",
        "The complainant agrees.",
        _first("agreed"),
    ),
    _day(
        "unreasonable_on",
        "认定不合理日",
        "demand held to be unreasonable",
        "By the handler, with a reason; the last time.",
        _last("unreasonable"),
    ),
    _day(
        "unreasonable_agreed_on",
        "复核同意不合理日",
        "second person agrees",
        "That the demand is unreasonable.",
        _first("unreasonable_agreed"),
    ),
    _day(
        "unreasonable_denied_on",
        "复核不同意日",
        "second person disagrees",
        "The demand is not unreasonable, as it was held the last time.",
        (
            "CASE WHEN max(r.id) FILTER (WHERE r.kind = 'unreasonable_denied')"
            " > max(r.id) FILTER (WHERE r.kind = 'unreasonable')"
            f" THEN {_last('unreasonable_denied')} END"
        ),
    ),
    _day(
        "rules_explained_on",
        "解释公司规定日",
        "rules explained",
        "To the complainant.",
        _first("explained"),
    ),
    _day("help_asked_on", "请委托方协助日", "client asked", "For help.", _first("help_asked")),
    Fact(
        "complaint_level",
        "int",
        "投诉升级级别",
        "level of escalation",
        "0 before it is escalated.",
        "complaint events",
        always=True,
        fold="max(r.level)",
        sql="coalesce(complaint_events.complaint_level, 0)::integer",
    ),
    Fact(
        "owner_below_level",
        "bool",
        "升级后未重新确定处理人",
        "no owner named since it was escalated",
        "Each level has a role that owns it.",
        "complaint events",
        always=True,
        fold=(
            "max(r.id) FILTER (WHERE r.kind = 'escalated')"
            " > coalesce(max(r.id) FILTER (WHERE r.kind = 'owned'), 0)"
        ),
        sql="coalesce(complaint_events.owner_below_level, false)",
    ),
    _day("escalated_on", "投诉升级日", "escalated", "The last time.", _last("escalated")),
    _day(
        "complaint_extended_on",
        "依规延长日",
        "more time by law",
        "The last time.",
        _last("extended"),
    ),
    _number(
        "complaint_extensions",
        "依规延长次数",
        "extensions by law",
        "The complainant is to be told of each.",
        _times("extended"),
        "complaint_events",
    ),
    _number(
        "complaint_extensions_told",
        "已告知延长次数",
        "extensions told",
        "To the complainant.",
        _times("extension_told"),
        "complaint_events",
    ),
    _number(
        "complaint_points_decided",
        "已决定投诉点数",
        "points decided",
        "Each with its result.",
        _times("decided"),
        "complaint_events",
    ),
    _number(
        "departments_answered",
        "已答复部门数",
        "departments that answered",
        "Of those that were told.",
        _times("department_answered"),
        "complaint_events",
    ),
    _day(
        "complaint_replied_on",
        "答复投诉人日",
        "decision told",
        "To the complainant.",
        _first("replied"),
    ),
    _day(
        "complaint_closed_on",
        "投诉办结日",
        "complaint closed",
        "With result and lesson.",
        _first("closed"),
    ),
    _day(
        "result_reported_on",
        "结果报委托方日",
        "result reported",
        "To the client.",
        _first("result_reported"),
    ),
)

EVENTS = Family(
    name="complaint_events",
    facts=EVENT_FACTS,
    reads=("casebook_complaintevent",),
    source="casebook_complaintevent",
    last="max(r.valid_on)",
    hidden={
        "owner_id": (
            "(array_agg(r.user_id ORDER BY r.happened_at DESC, r.id DESC)"
            " FILTER (WHERE r.kind = 'owned'))[1]"
        ),
    },
    columns=(Column("owner_id", "bigint", "complaint_events.owner_id"),),
)

POINTS = Family(
    name="complaint_points_of",
    facts=(
        _number(
            "complaint_points",
            "投诉点数",
            "complaint points",
            "Each with its cause and aim.",
            "count(*)",
            "complaint_points_of",
        ),
    ),
    reads=("casebook_complaintpoint",),
    source="casebook_complaintpoint",
    last="max(r.valid_on)",
)

DEPARTMENTS = Family(
    name="complaint_departments",
    facts=(
        _number(
            "departments_told",
            "已通知部门数",
            "departments told",
            "Each answers by its own moment.",
            "count(*)",
            "complaint_departments",
        ),
    ),
    reads=("casebook_complaintdepartment",),
    source="casebook_complaintdepartment",
    last="max(r.valid_on)",
)

OWNER = Family(
    name="complaint_owner",
    facts=(
        Fact(
            "owner_interested",
            "bool",
            "处理人与案件有关",
            "owner holds or held the case",
            "The case was given to the owner of the complaint; somebody else owns it from then on.",
            "assignments",
            always=True,
            sql=(
                "EXISTS (SELECT 1 FROM casebook_assignment g WHERE g.case_id = q.case_id"
                " AND g.user_id = complaint_events.owner_id AND g.valid_on <= %(on)s"
                " AND (%(known_at)s::timestamptz IS NULL OR g.recorded_at <= %(known_at)s))"
            ),
        ),
    ),
    reads=("casebook_complaintevent", "casebook_assignment"),
    needs=("complaint_events",),
)

DERIVED = (
    Fact(
        "extension_untold",
        "bool",
        "延长未告知投诉人",
        "extension not told yet",
        "The law gave more time, and the complainant does not know it.",
        "derived",
        always=True,
        expr="complaint_extensions > complaint_extensions_told",
    ),
    Fact(
        "complaint_open",
        "bool",
        "投诉未办结",
        "complaint open",
        "It is not closed.",
        "derived",
        always=True,
        expr="not known(complaint_closed_on)",
    ),
    Fact(
        "proposal_waits",
        "bool",
        "方案待投诉人答复",
        "proposal waits for an answer",
        "The last proposal was neither agreed to nor refused.",
        "derived",
        always=True,
        expr="complaint_proposals > complaint_refusals + complaint_agreements",
    ),
    Fact(
        "points_undecided",
        "int",
        "未决定投诉点数",
        "points not decided",
        "Each holds what it disputes until it is decided.",
        "derived",
        always=True,
        expr="complaint_points - complaint_points_decided",
    ),
    Fact(
        "departments_silent",
        "int",
        "未答复部门数",
        "departments that have not answered",
        "Of those that were told.",
        "derived",
        always=True,
        expr="departments_told - departments_answered",
    ),
)
