"""Everything that happened to a case, newest first, a part at a time: one query over all kinds of rows, each asked only for as
many as are shown."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.allocation.shown import PRINCIPLES
from huikuan.casebook.models import (
    Approval,
    ApprovalAnswer,
    Case,
    CaseEvent,
    CaseNote,
    Charge,
    ContactRecord,
    Correction,
    Hold,
    StatementEvent,
)
from huikuan.lib.money import format_minor
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.templatetags.huikuan_facts import action_icon

SIZE = 50
#: Roles that see who looked at what.
#: Kind → (rows, alias x: local day, moment, act, and what is shown as JSON).
_SOURCES = {
    "contact": """SELECT x.valid_on AS day, x.at, x.act_id, jsonb_build_object('channel', x.channel, 'inbound', x.inbound,
        'connected', x.connected, 'answered', x.answered, 'note', x.note, 'analysis', x.analysis, 'outcome', x.outcome,
        'override', x.override_reason, 'where', p.value_masked, 'next_on', x.next_contact_on,
        'recording', coalesce(nullif(x.recording, ''), l.recording)) AS what
        FROM casebook_contactrecord x LEFT JOIN casebook_contactpoint p ON p.id = x.point_id
        LEFT JOIN casebook_phonecall l ON l.contact_id = x.id""",
    "call": """SELECT (x.started_at AT TIME ZONE %(zone)s)::date AS day, x.started_at AS at, x.act_id, jsonb_build_object(
        'where', p.value_masked, 'answered', x.answered_at IS NOT NULL, 'cause', x.cause, 'recording', x.recording) AS what
        FROM casebook_phonecall x LEFT JOIN casebook_contactpoint p ON p.id = x.point_id""",
    "payment": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('amount', x.amount_minor,
        'currency', x.currency, 'text', x.reference) AS what FROM casebook_payment x""",
    "reversal": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('amount', y.amount_minor,
        'currency', y.currency, 'text', x.reason) AS what
        FROM casebook_reversal x JOIN casebook_payment y ON y.id = x.payment_id""",
    "correction": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('amount', g.amount_minor,
        'currency', g.currency, 'text', x.reason, 'kind', x.kind, 'of', g.kind, 'item', i.number, 'reference', x.reference)
        AS what FROM casebook_correction x JOIN casebook_charge g ON g.id = x.charge_id
        JOIN casebook_item i ON i.id = g.item_id""",
    "promise": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('amount', x.amount_minor,
        'currency', x.currency, 'due_on', x.due_on) AS what FROM casebook_promise x""",
    "hold": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('kind', x.kind, 'scope', x.scope,
        'text', x.reason) AS what FROM casebook_hold x""",
    "hold_end": """SELECT x.ended_on AS day, x.ended_at AS at, NULL::bigint AS act_id, jsonb_build_object('kind', x.kind) AS what
        FROM casebook_hold x""",
    "event": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('kind', x.kind,
        'until', x.until_on) AS what FROM casebook_caseevent x""",
    "assignment": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('text', x.reason,
        'name', coalesce(nullif(u.display_name, ''), u.username)) AS what
        FROM casebook_assignment x LEFT JOIN people_user u ON u.id = x.user_id""",
    "note": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('kind', x.kind, 'text', x.text) AS what
        FROM casebook_casenote x""",
    "statement": """SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id, jsonb_build_object('kind', x.kind,
        'text', x.note, 'month', to_char(m.month, 'YYYY-MM')) AS what
        FROM casebook_statementevent x JOIN casebook_statement m ON m.id = x.statement_id""",
    "approval": """SELECT (x.asked_at AT TIME ZONE %(zone)s)::date AS day, x.asked_at AS at, x.act_id, jsonb_build_object(
        'kind', x.kind, 'status', x.status, 'text', x.reason, 'decision', x.decision_reason) AS what
        FROM casebook_approval x""",
    "approval_answer": """SELECT (x.at AT TIME ZONE %(zone)s)::date AS day, x.at, x.act_id, jsonb_build_object(
        'kind', x.asked, 'said', x.kind, 'text', x.reason) AS what
        FROM (SELECT n.*, p.case_id, p.kind AS asked FROM casebook_approvalanswer n
            JOIN casebook_approval p ON p.id = n.approval_id) x""",
    "reveal": """SELECT (b.at AT TIME ZONE %(zone)s)::date AS day, b.at, x.act_id, jsonb_build_object('field', x.field,
        'text', b.reason) AS what FROM casebook_reveal x JOIN casebook_act b ON b.id = x.act_id""",
}  # fmt: skip
_OWN = {
    "call": " AND x.contact_id IS NULL",
    "hold_end": " AND x.ended_on IS NOT NULL",
    # the last word stands with the request itself
    "approval_answer": " AND x.kind IN ('agreed', 'silent')",
}
_TIMELINE = """
SELECT e.kind, e.day, e.at, e.what, coalesce(nullif(u.display_name, ''), u.username, '') AS actor
FROM (SELECT * FROM ({sources}) s ORDER BY day DESC, at DESC NULLS LAST LIMIT %(size)s OFFSET %(first)s) e
LEFT JOIN casebook_act a ON a.id = e.act_id LEFT JOIN people_user u ON u.id = a.actor_id
ORDER BY e.day DESC, e.at DESC NULLS LAST
"""


@dataclass(frozen=True)
class Event:
    at: dt.datetime | dt.date
    on: dt.date
    title: str
    text: str = ""
    icon: str = "info-circle"
    tone: str = "neutral"
    actor: str = ""
    badge: str = ""
    recording: str = ""


@dataclass(frozen=True)
class Part:
    """Some events and, when there are more, the number of the next one."""

    events: list[Event]
    following: int | None


def timeline(case: Case, user: User, first: int = 0, size: int = SIZE) -> Part:
    """The events from number `first` on, newest first. Looks at personal data are shown to those who answer for them."""
    kinds = [kind for kind in _SOURCES if kind != "reveal" or user.may(Right.SEE_REVEALS)]
    end = "WHERE x.case_id = %(case)s{own} ORDER BY 1 DESC, 2 DESC NULLS LAST LIMIT %(size)s + %(first)s"
    sources = "\nUNION ALL\n".join(
        f"(SELECT '{kind}' AS kind, q.* FROM ({_SOURCES[kind]} {end.format(own=_OWN.get(kind, ''))}) q)"
        for kind in kinds
    )
    given = {"case": case.pk, "size": size + 1, "first": first, "zone": case.organisation.timezone}
    with connection.cursor() as cursor:
        cursor.execute(_TIMELINE.format(sources=sources), given)
        rows = cursor.fetchall()
    own = not user.is_client
    events = [_event(own, *row) for row in rows[:size]]
    if len(rows) <= size:
        placed = (
            _("Placed, batch {number}").format(number=case.placement.number)
            if case.placement
            else _("Placed")
        )
        events.append(Event(case.placed_on, case.placed_on, placed, "", "inbox", "info"))
    return Part(events, first + size if len(rows) > size else None)


def _event(
    own: bool, kind: str, day: dt.date, at: dt.datetime | None, what: str, actor: str
) -> Event:
    """`own`: the house's own views are shown too; a client reads what happened."""
    told = json.loads(what)
    if not own:
        told.pop("analysis", None)
    fields = _SHOWN[kind](told)
    moment = (
        at if kind in ("contact", "call", "approval", "approval_answer", "reveal") and at else day
    )
    return Event(moment, day, actor=actor, **fields)


def _contact(what: Mapping[str, Any]) -> dict[str, Any]:
    parts = [str(ContactRecord.Channel(what["channel"]).label), what["where"] or "", _how(what)]
    if what["inbound"]:
        parts.insert(1, _("they contacted us"))
    own = what.get("analysis") and _("Own view: {text}").format(text=what["analysis"])
    following = what["next_on"] and _("Next contact on {day}").format(day=what["next_on"])
    badge = _("against the gate") if what["override"] else ""
    good = what["connected"] and what["answered"] == ContactRecord.Answered.DEBTOR
    return {
        "title": " · ".join(part for part in parts if part),
        "text": "\n".join(part for part in (what["note"], own, following) if part),
        "icon": action_icon(what["channel"]),
        "tone": "bad" if badge else "good" if good else "neutral",
        "badge": badge,
        "recording": what["recording"] or "",
    }


def _how(what: Mapping[str, Any]) -> str:
    """Who answered; of what is sent there is nothing to say."""
    if what["channel"] not in (ContactRecord.Channel.CALL, ContactRecord.Channel.VISIT):
        return ""
    return (
        str(ContactRecord.Answered(what["answered"]).label)
        if what["connected"]
        else _("not connected")
    )


def _call(what: Mapping[str, Any]) -> dict[str, Any]:
    state = _("answered, not recorded yet") if what["answered"] else _("not answered")
    title = " · ".join(part for part in (_("Dialled"), what["where"], state) if part)
    return {
        "title": title,
        "text": what["cause"],
        "icon": "phone-call",
        "recording": what["recording"],
    }


def _approval(what: Mapping[str, Any]) -> dict[str, Any]:
    title = _("Asked for: {kind}").format(kind=Approval.Kind(what["kind"]).label)
    text = "\n".join(part for part in (what["text"], what["decision"]) if part)
    status = str(Approval.Status(what["status"]).label)
    return {"title": title, "text": text, "icon": "checklist", "tone": "info", "badge": status}


def _approval_answer(what: Mapping[str, Any]) -> dict[str, Any]:
    """A station of the chain that did not end it: it agreed, or its time went by."""
    asked = Approval.Kind(what["kind"]).label
    badge = str(ApprovalAnswer.Kind(what["said"]).label)
    title = _("Asked for: {kind}").format(kind=asked)
    return {
        "title": title,
        "text": what["text"],
        "icon": "checklist",
        "tone": "info",
        "badge": badge,
    }


def _assignment(what: Mapping[str, Any]) -> dict[str, Any]:
    title = (
        _("Assigned to {name}").format(name=what["name"])
        if what["name"]
        else _("Taken back into the pool")
    )
    reason = what["text"]
    if reason in PRINCIPLES:
        reason = _(PRINCIPLES[reason])
    elif reason in CaseEvent.Kind.values:
        reason = str(CaseEvent.Kind(reason).label)
    return {"title": title, "text": reason, "icon": "user"}


def _correction(what: Mapping[str, Any]) -> dict[str, Any]:
    """A credit note, waiver, correcting charge, or what takes one back: whether more or less is owed."""
    more = what["amount"] > 0
    title = _("{kind} {amount} ({of}, item {item})").format(
        kind=Correction.Kind(what["kind"]).label,
        amount=_amount(what),
        of=Charge.Kind(what["of"]).label,
        item=what["item"],
    )
    text = "\n".join((what["text"], what["reference"]))
    return {
        "title": title,
        "text": text,
        "icon": "receipt-refund",
        "tone": "warn" if more else "info",
    }


def _statement(what: Mapping[str, Any]) -> dict[str, Any]:
    event = StatementEvent.Kind(what["kind"]).label
    title = _("Statement of {month}: {event}").format(month=what["month"], event=event)
    return {"title": title, "text": what["text"], "icon": "file-text"}


def _promise(what: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _("Promised {amount} for {day}").format(amount=_amount(what), day=what["due_on"]),
        "icon": "calendar",
        "tone": "info",
    }


def _hold(what: Mapping[str, Any]) -> dict[str, Any]:
    title = _("Hold: {kind} ({scope})").format(
        kind=Hold.Kind(what["kind"]).label, scope=Hold.Scope(what["scope"]).label
    )
    return {"title": title, "text": what["text"], "icon": "hand-stop", "tone": "warn"}


def _amount(what: Mapping[str, Any]) -> str:
    return format_minor(what["amount"], what["currency"], get_language() or "zh-hans")


def _field(name: str) -> str:
    names = {
        "name": _("name"),
        "id": _("ID number"),
        "point": _("contact point"),
        "account": _("account number"),
    }
    return names.get(name, name)


_SHOWN: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "contact": _contact,
    "call": _call,
    "payment": lambda w: {
        "title": _("Payment {amount}").format(amount=_amount(w)), "text": w["text"], "icon": "cash", "tone": "good",
    },
    "reversal": lambda w: {
        "title": _("Payment reversed {amount}").format(amount=_amount(w)), "text": w["text"], "icon": "arrow-back-up",
        "tone": "bad",
    },
    "correction": _correction,
    "promise": _promise,
    "hold": _hold,
    "hold_end": lambda w: {
        "title": _("Hold ended: {kind}").format(kind=Hold.Kind(w["kind"]).label), "icon": "check",
    },
    "event": lambda w: {
        "title": str(CaseEvent.Kind(w["kind"]).label), "icon": "flag",
        "text": _("until {day}").format(day=w["until"]) if w["until"] else "",
    },
    "assignment": _assignment,
    "note": lambda w: {"title": str(CaseNote.Kind(w["kind"]).label), "text": w["text"], "icon": "notes"},
    "approval": _approval,
    "approval_answer": _approval_answer,
    "statement": _statement,
    "reveal": lambda w: {
        "title": _("Looked at: {what}").format(what=_field(w["field"])), "text": w["text"], "icon": "eye",
    },
}  # fmt: skip
