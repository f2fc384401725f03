"""What the history of a case says of a contact."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huikuan.casebook.models import ContactRecord
from huikuan.engine.acts import is_spoken
from huikuan.web.room import Happening, Row, Shown
from huikuan.web.templatetags.huikuan_facts import action_icon, action_name

_ROWS = """
SELECT x.valid_on AS day, x.at, x.act_id, jsonb_build_object(
    'channel', x.channel, 'inbound', x.inbound, 'connected', x.connected,
    'answered', x.answered, 'note', x.note, 'analysis', x.analysis, 'outcome', x.outcome,
    'override', x.override_reason, 'where', p.value_masked, 'next_on', x.next_contact_on,
    'recording', coalesce(nullif(x.recording, ''), l.recording)) AS what
FROM casebook_contactrecord x
LEFT JOIN casebook_contactpoint p ON p.id = x.point_id
LEFT JOIN casebook_phonecall l ON l.contact_id = x.id
"""


def _shown(what: Row) -> Shown:
    """Channel, number and who answered; what went against the gate is marked."""
    parts = [action_name(what["channel"]), what["where"] or "", _how(what)]
    if what["inbound"]:
        parts.insert(1, _("they contacted us"))

    against_the_gate = bool(what["override"])
    badge = _("against the gate") if against_the_gate else ""
    return Shown(
        title=" · ".join(part for part in parts if part),
        text="\n".join(_lines(what)),
        icon=action_icon(what["channel"]),
        tone=_tone(what, against_the_gate),
        badge=badge,
        recording=what["recording"] or "",
    )


def _lines(what: Row) -> list[str]:
    """The note, the house's own view where the reader has it, and the next contact."""
    lines: list[Any] = [what["note"]]
    if what.get("analysis"):
        lines.append(_("Own view: {text}").format(text=what["analysis"]))
    if what["next_on"]:
        lines.append(_("Next contact on {day}").format(day=what["next_on"]))
    return [line for line in lines if line]


def _tone(what: Row, against_the_gate: bool) -> str:
    if against_the_gate:
        return "bad"
    reached = what["connected"] and what["answered"] == ContactRecord.Answered.DEBTOR
    return "good" if reached else "neutral"


def _how(what: Row) -> str:
    """Who answered; of what is sent there is nothing to say."""
    if not is_spoken(what["channel"]):
        return ""
    if not what["connected"]:
        return _("not connected")
    return str(ContactRecord.Answered(what["answered"]).label)


CONTACT = Happening(kind="contact", rows=_ROWS, shown=_shown, by_minute=True, inner=("analysis",))
