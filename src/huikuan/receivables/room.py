"""Statements: their list, their record in a case, the history of a case, steps that record them."""

from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Case, DeliveryLock, StatementEvent, Task
from huikuan.casebook.standing import stands_now
from huikuan.engine.playbook import Step
from huikuan.people.rights import Right
from huikuan.receivables.leaving import hindrance
from huikuan.receivables.returned import take_back_event
from huikuan.receivables.step import StatementSteps
from huikuan.web.navigation import Entry
from huikuan.web.room import CaseLink, Happening, Room, Row, Shown, StepPage

_ROWS = f"""
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'text', x.note, 'month', to_char(m.month, 'YYYY-MM'),
        'counts', {stands_now("x")}, 'void', v.reason) AS what
FROM casebook_statementevent x
JOIN casebook_statement m ON m.id = x.statement_id
LEFT JOIN casebook_statementvoid v ON v.event_id = x.id
"""


def _shown(what: Row) -> Shown:
    """An event in words; what counts no more is struck out, with the reason."""
    event = StatementEvent.Kind(what["kind"]).label
    title = gettext("Statement of {month}: {event}").format(month=what["month"], event=event)
    texts = [what["text"]]

    badge = ""
    if what["void"] is not None:
        texts.append(gettext("taken back: {reason}").format(reason=what["void"]))
        badge = pgettext("statement", "taken back")
    elif not what["counts"]:
        badge = gettext("sent back, counts no more")

    text = "\n".join(filter(None, texts))
    return Shown(title, text=text, icon="file-text", badge=badge, is_void=not what["counts"])


_LOCKS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'because', x.because, 'text', x.reason) AS what
FROM casebook_deliverylock x
"""


def _lock(what: Row) -> Shown:
    because = DeliveryLock.Because(what["because"]).label
    title = f"{DeliveryLock.Kind(what['kind']).label} · {because}"
    return Shown(title, text=what.get("text", ""), icon="lock")


def _has_statements(case: Case) -> bool:
    return case.statement_cycle


def _is_statement_event(step: Step) -> bool:
    return step.per == "statement" and bool(step.records)


def _statement_page(number: str, task: Task) -> str:
    return reverse("receivables:statement", args=[task.subject_id])


def _is_lock(step: Step) -> bool:
    """Done on the page of the deliveries alone: the order system and the customer are told there.
    So is its end.
    """
    return step.action == DeliveryLock.Kind.LOCK


def _is_unlock(step: Step) -> bool:
    return step.action == DeliveryLock.Kind.UNLOCK


def _lock_page(number: str, task: Task) -> str:
    return reverse("receivables:case_lock", args=[number])


ROOM = Room(
    addresses="statements/",
    leaving=(hindrance,),
    not_arrived=(take_back_event,),
    step_pages=(
        StepPage(
            takes=_is_statement_event,
            address=_statement_page,
            label=_("To the statement"),
            hint=_("To the statement"),
            icon="file-text",
            command="huikuan statement event",
        ),
        StepPage(
            takes=_is_lock,
            address=_lock_page,
            label=_("Lock deliveries"),
            hint=_("Lock deliveries"),
            icon="lock",
            alone=True,
            command="huikuan lock set",
        ),
        StepPage(
            takes=_is_unlock,
            address=_lock_page,
            label=_("Unlock deliveries"),
            hint=_("Unlock deliveries"),
            icon="lock",
            alone=True,
            command="huikuan lock end",
        ),
    ),
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
    happenings=(
        Happening(
            kind="statement",
            rows=_ROWS,
            shown=_shown,
            for_client=("kind", "text", "month", "counts", "void"),
        ),
        Happening(kind="lock", rows=_LOCKS, shown=_lock, for_client=("kind", "because")),
    ),
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
