"""What the history of a case says of a contact."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huikuan.casebook.models import ContactRecord
from huikuan.casebook.pack_names import outcome_title
from huikuan.engine.acts import is_spoken
from huikuan.web.room import Happening, Row, Shown
from huikuan.web.templatetags.huikuan_facts import action_icon, action_name, in_language

_ROWS = """
SELECT x.valid_on AS day, x.at, x.act_id, jsonb_build_object(
    'channel', x.channel, 'inbound', x.inbound, 'connected', x.connected,
    'answered', x.answered, 'note', x.note, 'analysis', x.analysis, 'outcome', x.outcome,
    'override', x.override_reason, 'unapproved', x.unapproved,
    'not_arrived', x.not_arrived_at IS NOT NULL AND EXISTS (
        SELECT FROM casebook_contactnotarrived a WHERE a.contact_id = x.id AND a.again_at IS NULL
    ),
    'where', p.value_masked, 'next_on', x.next_contact_on,
    'recording', coalesce(nullif(x.recording, ''), l.recording),
    'asked_afterwards', (
        SELECT g.at >= d.at + interval '1 minute'
        FROM casebook_gatedecision d JOIN casebook_act g ON g.id = d.act_id
        -- the day of the house is that of the debtor or the next to it: one or two months are read
        WHERE d.id = x.decision_id AND d.day BETWEEN x.valid_on - 1 AND x.valid_on + 1
    )) AS what
FROM casebook_contactrecord x
LEFT JOIN casebook_contactpoint p ON p.id = x.point_id
LEFT JOIN casebook_phonecall l ON l.contact_id = x.id
"""


def _shown(what: Row) -> Shown:
    """Channel, number and who answered; what went against the gate is marked."""
    parts = [action_name(what["channel"]), what["where"] or "", _how(what), _outcome(what)]
    if what["inbound"]:
        parts.insert(1, _("they contacted us"))

    badge, tone = _flag(what)
    return Shown(
        title=" · ".join(part for part in parts if part),
        text="\n".join(_lines(what)),
        icon=action_icon(what["channel"]),
        tone=tone or _tone(what),
        badge=badge,
        recording=what["recording"] or "",
    )


def _lines(what: Row) -> list[str]:
    """The note, the house's own view where the reader has it, and the next contact."""
    lines: list[Any] = [what["note"]]
    if what["override"]:
        lines.append(_("Why it was made all the same: {text}").format(text=what["override"]))
    if what.get("analysis"):
        lines.append(_("Own view: {text}").format(text=what["analysis"]))
    if what["next_on"]:
        lines.append(_("Next contact on {day}").format(day=what["next_on"]))
    return [line for line in lines if line]


def _flag(what: Row) -> tuple[str, str]:
    """What a decider must see of it, with the tone of the line; empty where there is nothing."""
    if what["unapproved"]:
        return _("without approval"), "bad"
    if what["not_arrived"]:
        return _("did not arrive"), "bad"
    if what["override"]:
        return _("against the gate"), "bad"
    if what["asked_afterwards"]:
        return _("gate asked afterwards"), "warn"
    return "", ""


def _tone(what: Row) -> str:
    reached = what["connected"] and what["answered"] == ContactRecord.Answered.DEBTOR
    return "good" if reached else "neutral"


def _how(what: Row) -> str:
    """Who answered; of what is sent there is nothing to say."""
    if not is_spoken(what["channel"]):
        return ""
    if not what["connected"]:
        return _("not connected")
    return _("{who} answered").format(who=ContactRecord.Answered(what["answered"]).label)


def _outcome(what: Row) -> str:
    """What came of it, as the procedure calls it."""
    code = what["outcome"]
    if not code:
        return ""
    return in_language(outcome_title(code)) or code


#: Not the house's own view of the debtor.
_FOR_CLIENT = (
    "channel",
    "inbound",
    "connected",
    "answered",
    "note",
    "outcome",
    "override",
    "unapproved",
    "not_arrived",
    "where",
    "next_on",
    "recording",
    "asked_afterwards",
)
CONTACT = Happening(
    kind="contact", rows=_ROWS, shown=_shown, by_minute=True, for_client=_FOR_CLIENT
)
