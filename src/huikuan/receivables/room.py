"""Statements: their list, their record in a case, the history of a case, steps that record them."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Case, StatementEvent
from huikuan.people.rights import Right
from huikuan.receivables.step import StatementSteps
from huikuan.web.navigation import Entry
from huikuan.web.room import CaseLink, Happening, Room, Row, Shown

_ROWS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'text', x.note, 'month', to_char(m.month, 'YYYY-MM')) AS what
FROM casebook_statementevent x
JOIN casebook_statement m ON m.id = x.statement_id
"""


def _shown(what: Row) -> Shown:
    event = StatementEvent.Kind(what["kind"]).label
    title = gettext("Statement of {month}: {event}").format(month=what["month"], event=event)
    return Shown(title, text=what["text"], icon="file-text")


def _has_statements(case: Case) -> bool:
    return case.statement_cycle


ROOM = Room(
    addresses="statements/",
    entries=(
        Entry(
            _("Statements"),
            "receivables:list",
            (Right.WORK_STATEMENTS, Right.SEND_INVOICES, Right.ENTER_RECEIPTS),
            key="d",
            icon="file-text",
            prefix="/statements/",
            order=70,
        ),
    ),
    happenings=(Happening(kind="statement", rows=_ROWS, shown=_shown),),
    case_links=(
        CaseLink(
            label=_("Statements"),
            hint=_("Statements"),
            url_name="receivables:of_case",
            key="s",
            when=_has_statements,
            place="money",
            order=30,
        ),
    ),
    step_recorders=(StatementSteps(),),
)
