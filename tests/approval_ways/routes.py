"""The addresses that write: attempts at the act of a step, and why the others are no way to one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from huikuan.casebook.models import Case, OutboxMessage
from huikuan.gate import reserve
from tests.approval_ways.office import NOVEMBER, NOW, OCTOBER, TODAY, Office
from tests.approval_ways.way import Way

#: Of a page that shows every mail of the case.
ALL_SEEN = 1_000_000


def post(office: Office, name: str, *words: object, **form: Any) -> int:
    """The answer's status."""
    return office.client.post(reverse(name, args=words), form).status_code


# --- calls and other contacts


def start_the_call(office: Office) -> object:
    point = office.point(office.card, "mobile")
    return post(office, "calls:start", office.card.number, point, request_key="page-1")


def permission(office: Office) -> int:
    """What the gate says to a call: whether it may be made is not all that is asked."""
    point = office.card.person.points.get(kind="mobile")
    answer = reserve.ask_again(office.card, point, "call", actor=office.doer, at=NOW)
    return answer.pk


def dial(office: Office) -> object:
    return post(office, "telephony:dial", decision=permission(office))


def talk(office: Office, **more: Any) -> dict[str, Any]:
    """A promise by the debtor, complete."""
    return {
        "request_key": "page-1",
        "answered": "debtor",
        "identified": "on",
        "outcome": "promised",
        "note": "本人承诺",
        "promise_amount": "500.00",
        "promise_on": str(TODAY.replace(day=4)),
        "reason_code": "hardship",
        "willingness": "willing",
        "seconds": "65",
        "tasks": [str(office.tasks["first_call"].pk)],
    } | more


def save_the_call(office: Office) -> object:
    point = office.point(office.card, "mobile")
    form = talk(office, decision=permission(office))
    return post(office, "calls:save", office.card.number, point, **form)


def other(office: Office, case: Case, **form: Any) -> int:
    return post(office, "calls:other", case.number, **form)


def record_a_call(office: Office) -> object:
    form = talk(office, channel="call", point=office.point(office.card, "mobile"))
    return other(office, office.card, **form)


def record_a_call_of_the_debtor(office: Office) -> object:
    form = talk(office, channel="call_in", point=office.point(office.card, "mobile"))
    return other(office, office.card, **form)


def record_a_message(office: Office) -> object:
    task = office.tasks["promise_remind"].pk
    point = office.point(office.card, "mobile")
    return other(office, office.card, channel="sms", point=point, note="短信", tasks=[task])


def record_a_mail(office: Office) -> object:
    task = office.tasks["chase_email"].pk
    point = office.point(office.customer, "email")
    return other(office, office.customer, channel="email", point=point, note="邮件", tasks=[task])


def record_a_letter(office: Office) -> object:
    task = office.tasks["notice_letter"].pk
    point = office.point(office.card, "address")
    return other(office, office.card, channel="letter", point=point, note="信函", tasks=[task])


def record_a_visit(office: Office) -> object:
    task = str(office.tasks["visit_local"].pk)
    point = office.point(office.card, "address")
    form = talk(office, channel="visit", point=point, staff="2", tasks=[task])
    return other(office, office.card, **form)


def send_a_mail(office: Office) -> object:
    return post(
        office,
        "mails:mail",
        office.customer.number,
        point=office.point(office.customer, "email"),
        subject="对账",
        text="请于本周内付款。",
        tasks=[office.tasks["chase_email"].pk],
        request_key="page-1",
        seen=ALL_SEEN,
    )


# --- tasks without a contact, events, statements, locks


def done(step: str) -> Way:
    """The task of a step is done by a note."""

    def attempt(office: Office) -> object:
        return post(office, "planning:done", office.tasks[step].pk, text="已办")

    return Way("planning:done", step, attempt)


def enter_the_consent(office: Office) -> object:
    return post(
        office, "planning:event", office.customer.number, kind="legal_agreed", on=str(TODAY)
    )


def submit_the_statement(office: Office) -> object:
    statement = office.customer.statements.get(month=NOVEMBER)
    return post(
        office, "receivables:statement", statement.pk, kind="submitted", on=TODAY, note="已交"
    )


def send_the_statement(office: Office) -> object:
    statement = office.customer.statements.get(month=OCTOBER)
    return post(office, "receivables:statement", statement.pk, kind="sent", on=TODAY, by_mail="on")


def send_once_more(office: Office) -> object:
    """A mail that was granted, left and failed: its task is open again, as another occasion."""
    message = OutboxMessage.objects.get(case=office.locked, kind="email")
    form = {"act": "retry", "message": message.pk, "reason": "服务器已恢复"}
    return post(office, "outbox:decide", **form)


def lock(office: Office) -> object:
    return post(
        office, "receivables:case_lock", office.customer.number, orders="new", reason="屡催不付"
    )


def unlock(office: Office) -> object:
    return post(
        office,
        "receivables:case_lock",
        office.locked.number,
        because="secured",
        reason="已提供担保",
    )


WAYS = (
    Way("calls:start", "the number is shown", start_the_call),
    Way("telephony:dial", "the call is dialled", dial),
    Way("calls:save", "the guided call", save_the_call),
    Way("calls:other", "a call outside the guided one", record_a_call),
    Way("calls:other", "a call of the debtor that does the task", record_a_call_of_the_debtor),
    Way("calls:other", "a message", record_a_message),
    Way("calls:other", "a mail", record_a_mail),
    Way("calls:other", "a letter", record_a_letter),
    Way("calls:other", "a visit", record_a_visit),
    Way("mails:mail", "a mail leaves", send_a_mail),
    done("review_sheet"),
    done("outsourcing_notice"),
    done("hand_back"),
    done("dispute_review"),
    done("agree_legal"),
    done("penalty"),
    Way("planning:event", "the event that a step records", enter_the_consent),
    Way("receivables:statement", "submitted", submit_the_statement),
    Way("receivables:statement", "sent, with its mail", send_the_statement),
    Way("receivables:case_lock", "deliveries are locked", lock),
    Way("receivables:case_lock", "deliveries are unlocked", unlock),
    Way("outbox:decide", "a mail leaves once more", send_once_more),
)

_OWN_REQUEST = "asks for something that somebody else decides as a request of its own"
_DECIDES = "is the decision on such a request, or takes one back"
_HOUSE = "sets up people, house or language; no case is touched"
_PROCEDURE = "says which procedure holds, under the right to sign; it does no step of one"
_CASES = "brings, moves or gives back whole cases; no step records that (engine/subjects.py)"
_MONEY = "takes in money of the debtor: what was paid is no act of ours"
_TAKES_BACK = "takes back what was done, and leaves the task open"
_COMPLAINT = "is about a complaint: its verb asks who may do it, and no step of it has an approval"
_SHOWS = "shows how something would look, and writes nothing"
#: Address → why no step is done by it.
NO_WAY = {
    "first_start": _HOUSE,
    "sign_in": _HOUSE,
    "sign_out": _HOUSE,
    "set_language": _HOUSE,
    "house": _HOUSE,
    "case_next": "shows what is to be done now: it asks for steps, and does none",
    "plan_today": "plans the day: it asks for steps, and does none",
    "reveal": "unmasks a number for a reason, which is recorded",
    "case_papers": "keeps a document on the case",
    "case_paper": "opens a document for a reason, which is recorded",
    "notices_read": "marks notices as read",
    "pack_approve": _PROCEDURE,
    "pack_activate": _PROCEDURE,
    "pack_rollback": _PROCEDURE,
    "pack_take_back": _PROCEDURE,
    "approvals:ask_step": "asks for the grant",
    "approvals:decide_step": "is the grant",
    "approvals:withdraw_step": "takes the asking back",
    "approvals:take_back": "takes the grant back",
    "clocks:clock": "gives a deadline more time",
    "clocks:lift": "decides that a missed deadline was none",
    "calls:no_call": "says that a call did not take place: it ends a permission, no step",
    "outbox:read": "opens a mail that waits, which is recorded",
    "outbox:acknowledge": "the order system says that it has an event, which left by a granted act",
    "receivables:acknowledge": "a person says so for it",
    "receivables:preview": _SHOWS,
    "receivables:lock_preview": _SHOWS,
    "receivables:read": "opens an answer of the customer",
    "receivables:void": _TAKES_BACK,
    "intake:upload": _CASES,
    "intake:arrival": _CASES,
    "intake:accept": _CASES,
    "intake:refuse": _CASES,
    "intake:give_up": _CASES,
    "penalties:propose": "proposes a penalty for a missed deadline",
    "penalties:appeal": "appeals against a penalty",
    "penalties:decide": "decides a penalty, which is no step",
    "look_ups:ask": "asks for data of a bank or department",
    "look_ups:submit": "says that a request for data went out",
    "look_ups:confirm": "says who confirmed a request for data",
    "look_ups:answer": "enters data that were found",
    "filtering:case": "reads a new case and gives it a class",
    "filtering:look": "looks at a filtered case again",
    "filtering:sent": "writes down that a client got its list",
    "filtering:answered": "writes down that a client has answered",
    "intake:name": "says who handles a batch",
    "allocation:call_on": "asks a collector to look at new cases",
    "channels:new": "says where files of a client come in",
    "channels:change": "says how a channel is watched",
    "channels:end": "watches a place no more",
    "channels:fetch": _CASES,
    "allocation:propose": _CASES,
    "allocation:absence": _CASES,
    "allocation:returns": _CASES,
    "allocation:move": _CASES,
    "allocation:confirm": _CASES,
    "allocation:drop": _CASES,
    "allocation:targets": "sets targets",
    "planning:undo": _TAKES_BACK,
    "planning:note": "writes a note on the case, and ends no task",
    "gate:ask": "asks what may be done",
    "calls:undo": _TAKES_BACK,
    "telephony:events": "reports on a call that was dialled",
    "telephony:mark": "reports on a call that was dialled",
    "holds:decide": _DECIDES,
    "holds:withdraw": _DECIDES,
    "holds:end": "ends a rest of the case",
    "holds:place": "rests the case: less is done, not more",
    "holds:propose": _OWN_REQUEST,
    "payments:upload": _MONEY,
    "payments:post": _MONEY,
    "payments:assign": _OWN_REQUEST,
    "payments:set_aside": _MONEY,
    "payments:hand": _OWN_REQUEST,
    "payments:foreseen": _SHOWS,
    "payments:decide": _DECIDES,
    "payments:withdraw": _DECIDES,
    "payments:reverse": _OWN_REQUEST,
    "payments:correct": _OWN_REQUEST,
    "payments:void": _OWN_REQUEST,
    "complaints:receive": _COMPLAINT,
    "complaints:hand_over": _COMPLAINT,
    "complaints:act": _COMPLAINT,
    "complaints:reveal": _COMPLAINT,
    "complaints:paper": _COMPLAINT,
    "complaints:dossier": _COMPLAINT,
    "complaints:dossier_file": _COMPLAINT,
    "complaints:decide": _DECIDES,
    "complaints:withdraw": _DECIDES,
}
