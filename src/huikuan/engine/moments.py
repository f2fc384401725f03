"""What happens to a subject at a moment: the events from which clocks run and at which they stop.

An event is read where it is recorded; no second journal is kept. Each reading gives `subject_id`;
`happened_at`, the moment, or nothing where only a day is known; `happened_on`, the local day; and
`known_at`, when we learned of it. Of an event that comes several times the first one counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from huikuan.engine import subjects
from huikuan.engine.fact import Subject, Words


@dataclass(frozen=True, eq=False)
class Event:
    """A dated event of a subject. `rows`: a SELECT of its four columns for the ids %(ids)s.

    {stands} in it says that the event of a statement, called e, still counts. Whoever reads the
    rows puts the condition there (casebook/standing.py): it is the one of the statement's facts.
    """

    name: str
    title: Words
    rows: str


@dataclass(frozen=True, eq=False)
class Timed:
    """A subject of which a clock may speak.

    `table`: its rows, called {row} in SQL, each with organisation and creditor. `label`: how people
    call one of them. `parent` with `parent_column`: the subject that it belongs to, whose events
    its clocks may name too. `case_column`: names its case, whose holds may pause its clocks; empty
    where it has none, so that nothing holds it. `counts`: what a length may depend on, each a
    SELECT of `subject_id` and a number for the ids %(ids)s. `told`: events that tell the moment by
    which something is to be done, each a SELECT of `subject_id`, `told_at` and `until_at`.
    `role`: in SQL the code of the role that was asked, where each row says that of itself.
    """

    name: str
    title: Words
    table: str
    row: str
    label: str
    events: tuple[Event, ...]
    parent: str = ""
    parent_column: str = ""
    case_column: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    role: str = ""

    def event(self, name: str) -> Event | None:
        """Its own event of this name."""
        return next((event for event in self.events if event.name == name), None)


def _timed(
    subject: Subject, events: tuple[Event, ...], *, parent: str, parent_column: str
) -> Timed:
    """A subject of steps, as the registry of subjects has it, with what happens to it."""
    return Timed(
        name=subject.name,
        title=subject.title,
        table=subject.table,
        row=subject.row,
        label=subject.label,
        events=events,
        parent=parent,
        parent_column=parent_column,
        case_column=subject.case_column,
    )


def _recorded(table: str, key: str, kind: str) -> str:
    """An event that has a row of its own, with its moment. `key`: names the subject of the row."""
    return (
        f"SELECT e.{key} AS subject_id, e.happened_at, e.valid_on AS happened_on,"
        f" e.recorded_at AS known_at FROM {table} e"
        f" WHERE e.{key} = ANY(%(ids)s) AND e.kind = '{kind}'"
    )


def _of_placement(kind: str) -> str:
    return _recorded("casebook_placementevent", "placement_id", kind)


def _of_look_up(kind: str) -> str:
    return _recorded("casebook_lookupevent", "look_up_id", kind)


def _of_complaint(kind: str) -> str:
    return _recorded("casebook_complaintevent", "complaint_id", kind)


def _told_of_complaint(kind: str) -> str:
    """The moments that such events told, each with when it was told."""
    return (
        "SELECT e.complaint_id AS subject_id, e.happened_at AS told_at, e.until_at"
        " FROM casebook_complaintevent e"
        f" WHERE e.complaint_id = ANY(%(ids)s) AND e.kind = '{kind}'"
    )


def _of_case(kind: str) -> str:
    """An event of a case; its day is known."""
    return (
        "SELECT e.case_id AS subject_id, NULL::timestamptz AS happened_at,"
        " e.valid_on AS happened_on, e.recorded_at AS known_at FROM casebook_caseevent e"
        f" WHERE e.case_id = ANY(%(ids)s) AND e.kind = '{kind}'"
    )


def _of_statement(kind: str) -> str:
    """An event of a statement that still counts; its day is known."""
    return (
        "SELECT e.statement_id AS subject_id, NULL::timestamptz AS happened_at,"
        " e.valid_on AS happened_on, e.recorded_at AS known_at FROM casebook_statementevent e"
        f" WHERE e.statement_id = ANY(%(ids)s) AND e.kind = '{kind}' AND {{stands}}"
    )


PLACEMENT = Timed(
    name="placement",
    title=("委案批次", "batch"),
    table="casebook_placement",
    row="b",
    label="b.number",
    events=(
        Event(
            "arrived",
            ("到达", "arrived"),
            "SELECT b.id AS subject_id, b.received_at AS happened_at,"
            " b.received_on AS happened_on, a.at AS known_at"
            " FROM casebook_placement b JOIN casebook_act a ON a.id = b.act_id"
            " WHERE b.id = ANY(%(ids)s)",
        ),
        Event("fetched", ("取回", "fetched"), _of_placement("fetched")),
        Event("import_told", ("通知导入", "told to import"), _of_placement("import_told")),
        Event(
            "imported",
            ("导入", "imported"),
            "SELECT b.id AS subject_id, b.accepted_at AS happened_at, NULL::date AS happened_on,"
            " b.accepted_at AS known_at FROM casebook_placement b"
            " WHERE b.id = ANY(%(ids)s) AND b.accepted_at IS NOT NULL",
        ),
        Event("refused", ("退回", "refused"), _of_placement("refused")),
        Event("lead_told", ("通知分案", "lead told to allocate"), _of_placement("lead_told")),
        Event("allocated", ("分案完成", "allocated"), _of_placement("allocated")),
        Event("filtered", ("过滤完成", "filtered"), _of_placement("filtered")),
    ),
    counts={
        "accounts": (
            "SELECT c.placement_id AS subject_id, count(*) AS number FROM casebook_case c"
            " JOIN casebook_account k ON k.case_id = c.id"
            " WHERE c.placement_id = ANY(%(ids)s) GROUP BY c.placement_id"
        ),
        "cases": (
            "SELECT c.placement_id AS subject_id, count(*) AS number FROM casebook_case c"
            " WHERE c.placement_id = ANY(%(ids)s) GROUP BY c.placement_id"
        ),
    },
)

CASE = _timed(
    subjects.CASE,
    parent="placement",
    parent_column="placement_id",
    events=(
        Event(
            "placed",
            ("委案", "placed"),
            "SELECT c.id AS subject_id, NULL::timestamptz AS happened_at,"
            " c.placed_on AS happened_on, c.recorded_at AS known_at FROM casebook_case c"
            " WHERE c.id = ANY(%(ids)s)",
        ),
        Event(
            "assigned",
            ("分配", "assigned"),
            "SELECT g.case_id AS subject_id, NULL::timestamptz AS happened_at,"
            " g.valid_on AS happened_on, g.recorded_at AS known_at FROM casebook_assignment g"
            " WHERE g.case_id = ANY(%(ids)s) AND g.user_id IS NOT NULL",
        ),
        Event("told", ("委外告知", "told of the outsourcing"), _of_case("told")),
        Event("visit_asked", ("申请外访", "field visit requested"), _of_case("visit_asked")),
        Event("lock_agreed", ("同意锁货", "lock agreed"), _of_case("lock_agreed")),
        Event("legal_agreed", ("同意发律师函", "legal letters agreed"), _of_case("legal_agreed")),
        Event("returned", ("退案", "returned"), _of_case("returned")),
        Event("recalled", ("召回", "recalled"), _of_case("recalled")),
        Event("closed", ("结案", "closed"), _of_case("closed")),
    ),
)

STATEMENT = _timed(
    subjects.STATEMENT,
    parent="case",
    parent_column="case_id",
    events=(
        Event("submitted", ("提交主管", "submitted"), _of_statement("submitted")),
        Event("checked", ("审核通过", "checked"), _of_statement("checked")),
        Event("sent", ("发送客户", "sent"), _of_statement("sent")),
        Event("confirmed", ("客户确认", "confirmed"), _of_statement("confirmed")),
        Event("invoice_data", ("开票资料已交", "invoice data"), _of_statement("invoice_data")),
        Event("invoice_sent", ("发票已寄", "invoice sent"), _of_statement("invoice_sent")),
        Event("receipts", ("回单收齐", "receipts in"), _of_statement("receipts")),
    ),
)


#: No hold stops its clocks: the complainant waits for an answer, whatever stands still.
COMPLAINT = Timed(
    name=subjects.COMPLAINT.name,
    title=subjects.COMPLAINT.title,
    table=subjects.COMPLAINT.table,
    row=subjects.COMPLAINT.row,
    label=subjects.COMPLAINT.label,
    events=(
        Event(
            "complaint_received",
            ("接到投诉", "complaint received"),
            "SELECT q.id AS subject_id, q.received_at AS happened_at,"
            " q.valid_on AS happened_on, q.recorded_at AS known_at FROM casebook_complaint q"
            " WHERE q.id = ANY(%(ids)s)",
        ),
        Event("complaint_accepted", ("受理", "accepted"), _of_complaint("accepted")),
        Event("reply_promised", ("告知答复时间", "time of reply told"), _of_complaint("promised")),
        Event(
            "reply_promised_again",
            ("逾期后重新告知答复时间", "time of reply told again after it ran out"),
            _of_complaint("promised_again"),
        ),
        Event("owner_named", ("确定处理人", "owner named"), _of_complaint("owned")),
        Event(
            "departments_told",
            ("通知相关部门", "departments told"),
            _of_complaint("departments_told"),
        ),
        Event(
            "departments_answered",
            ("部门全部答复", "every department answered"),
            # The moment of the last answer, once nobody who was asked is silent.
            "SELECT d.complaint_id AS subject_id, max(e.happened_at) AS happened_at,"
            " max(e.valid_on) AS happened_on, max(e.recorded_at) AS known_at"
            " FROM casebook_complaintdepartment d LEFT JOIN casebook_complaintevent e"
            " ON e.complaint_id = d.complaint_id AND e.role = d.role"
            " AND e.kind = 'department_answered'"
            " WHERE d.complaint_id = ANY(%(ids)s) GROUP BY d.complaint_id"
            " HAVING count(*) = count(e.id)",
        ),
        Event(
            "complaint_reported",
            ("报告委托方", "reported to the client"),
            _of_complaint("client_told"),
        ),
        Event("plan_proposed", ("提出方案", "plan proposed"), _of_complaint("proposed")),
        Event("plan_refused", ("方案被拒", "plan refused"), _of_complaint("refused")),
        Event("plan_agreed", ("方案达成", "plan agreed"), _of_complaint("agreed")),
        Event("complaint_replied", ("答复投诉人", "decision told"), _of_complaint("replied")),
        Event("complaint_closed", ("办结", "complaint closed"), _of_complaint("closed")),
        Event(
            "result_reported",
            ("结果报委托方", "result reported"),
            _of_complaint("result_reported"),
        ),
    ),
    told={
        "reply_promised": _told_of_complaint("promised"),
        "reply_promised_again": _told_of_complaint("promised_again"),
    },
)

#: A department that was asked about a complaint; like the complaint no hold stops it.
COMPLAINT_DEPARTMENT = Timed(
    name="complaint_department",
    title=("投诉协办部门", "department asked about a complaint"),
    table="casebook_complaintdepartment",
    row="d",
    label="(SELECT q.number FROM casebook_complaint q WHERE q.id = d.complaint_id)",
    parent="complaint",
    parent_column="complaint_id",
    events=(
        Event(
            "department_asked",
            ("通知本部门", "department asked"),
            "SELECT d.id AS subject_id, d.recorded_at AS happened_at, d.valid_on AS happened_on,"
            " d.recorded_at AS known_at FROM casebook_complaintdepartment d"
            " WHERE d.id = ANY(%(ids)s)",
        ),
        Event(
            "department_answered",
            ("本部门答复", "department answered"),
            "SELECT d.id AS subject_id, e.happened_at, e.valid_on AS happened_on,"
            " e.recorded_at AS known_at FROM casebook_complaintdepartment d"
            " JOIN casebook_complaintevent e ON e.complaint_id = d.complaint_id"
            " AND e.role = d.role AND e.kind = 'department_answered'"
            " WHERE d.id = ANY(%(ids)s)",
        ),
    ),
    told={
        "department_asked": (
            "SELECT d.id AS subject_id, d.recorded_at AS told_at, d.answer_by AS until_at"
            " FROM casebook_complaintdepartment d WHERE d.id = ANY(%(ids)s)"
        ),
    },
    role="d.role",
)

# A request is the office's own business, whatever procedures its case is bound to: like a batch it
# follows every procedure in force, and no hold stops it.
LOOK_UP = Timed(
    name="look_up",
    title=("调取请求", "look-up"),
    table="casebook_lookup",
    row="l",
    label="l.id::text",
    events=(
        Event(
            "look_up_received",
            ("收到请求", "request received"),
            "SELECT l.id AS subject_id, l.recorded_at AS happened_at, l.valid_on AS happened_on,"
            " l.recorded_at AS known_at FROM casebook_lookup l WHERE l.id = ANY(%(ids)s)",
        ),
        Event("look_up_submitted", ("提交请求", "request submitted"), _of_look_up("submitted")),
        Event("look_up_confirmed", ("电话确认", "confirmed by phone"), _of_look_up("confirmed")),
        Event("look_up_answered", ("收到结果", "request answered"), _of_look_up("answered")),
        Event("look_up_refused", ("不予受理", "request refused"), _of_look_up("refused")),
    ),
)

#: Each after its parent. A new subject is one entry here, and its verbs tell the clocks.
TIMED: Mapping[str, Timed] = {
    timed.name: timed
    for timed in (PLACEMENT, CASE, STATEMENT, COMPLAINT, COMPLAINT_DEPARTMENT, LOOK_UP)
}


def lineage(name: str) -> list[Timed]:
    """The subject, its parent, and so on up."""
    found = [TIMED[name]]
    while found[-1].parent:
        found.append(TIMED[found[-1].parent])
    return found


def events_of(name: str) -> dict[str, tuple[Timed, Event]]:
    """What a clock of the subject may name: its own events, then those of what it belongs to."""
    named: dict[str, tuple[Timed, Event]] = {}
    for timed in lineage(name):
        for event in timed.events:
            named.setdefault(event.name, (timed, event))
    return named
