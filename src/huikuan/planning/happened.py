"""What the history of a case says of its events, of notes, and of tasks that were done."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.casebook import packs
from huikuan.casebook.agreed_by import AGREED
from huikuan.casebook.labels import label_sql
from huikuan.casebook.models import CaseEvent, CaseNote
from huikuan.web.room import Happening, Row, Shown
from huikuan.web.templatetags.huikuan_facts import in_language

#: Events that say that somebody agreed: the history names who did, not who entered it.
CONSENTS = (CaseEvent.Kind.LOCK_AGREED, CaseEvent.Kind.LEGAL_AGREED)
_KINDS = ", ".join(f"'{kind}'" for kind in CONSENTS)
_EVENTS = f"""
SELECT x.valid_on AS day, x.recorded_at AS at,
    CASE WHEN x.kind IN ({_KINDS}) AND y.agreed IS NOT NULL
        THEN (y.agreed -> -1 ->> 'act')::bigint ELSE x.act_id END AS act_id,
    jsonb_build_object('kind', x.kind, 'until', x.until_on, 'agreed', y.agreed,
        'entered_by', coalesce(nullif(w.display_name, ''), w.username)) AS what
FROM casebook_caseevent x
CROSS JOIN LATERAL (SELECT {AGREED} AS agreed) y
LEFT JOIN casebook_act e ON e.id = x.act_id
LEFT JOIN people_user w ON w.id = e.actor_id
"""
#: A note of what was done names the task; those that were done with it are of the same moment.
_NOTES = f"""
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'text', x.text, 'purpose', x.purpose,
        'version', t.pack_version_id, 'step', s.code, 'agreed', {AGREED},
        'about', coalesce(
            (SELECT string_agg({label_sql("s.subject", "d.subject_id")}, '、')
            FROM casebook_stepdone d
            WHERE d.case_id = x.case_id AND d.step_id = s.id AND d.recorded_at = x.recorded_at),
            {label_sql("s.subject", "t.subject_id")})) AS what
FROM casebook_casenote x
LEFT JOIN LATERAL (SELECT * FROM casebook_task k WHERE k.id = x.task_id LIMIT 1) t ON true
LEFT JOIN casebook_step s ON s.id = t.step_id
"""


def agreed_lines(what: Row) -> list[str]:
    """Who agreed to what was done, and when."""
    return [
        _("agreed by {who}, {at}").format(who=answer["by"], at=answer["at"])
        for answer in what["agreed"] or ()
    ]


def _event(what: Row) -> Shown:
    lines = agreed_lines(what)
    if what["kind"] in CONSENTS and lines:
        lines.append(_("entered by {who}").format(who=what["entered_by"]))
    if what["until"]:
        lines.append(_("until {day}").format(day=what["until"]))
    title = str(CaseEvent.Kind(what["kind"]).label)
    return Shown(title, text="\n".join(lines), icon="flag")


def _note(what: Row) -> Shown:
    text = what["text"]
    if what["purpose"]:
        text = _("{text} (needed for: {purpose})").format(text=text, purpose=what["purpose"])
    lines = [text, *agreed_lines(what)]
    return Shown(_title(what), text="\n".join(filter(None, lines)), icon="notes")


def _title(what: Row) -> str:
    """`Review: No progress for two weeks · FP005701`; of a note without a task its kind alone."""
    kind = str(CaseNote.Kind(what["kind"]).label)
    if what["step"] is None:
        return kind
    step = in_language(packs.step_of(what["version"], what["step"]).title)
    named = " · ".join(filter(None, (step, what["about"])))
    return pgettext("history", "{kind}: {task}").format(kind=kind, task=named)


HAPPENINGS = (
    Happening(kind="event", rows=_EVENTS, shown=_event, for_client=("kind", "until")),
    Happening(kind="note", rows=_NOTES, shown=_note),
)
