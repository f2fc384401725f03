"""Approvals: the inbox, approvals of steps, and what was asked for in the history of a case."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook import packs
from huikuan.casebook.labels import label_sql
from huikuan.casebook.models import Approval, ApprovalAnswer
from huikuan.engine.playbook import Step
from huikuan.web.navigation import Entry
from huikuan.web.room import Happening, RequestKind, Room, Row, Shown
from huikuan.web.templatetags.huikuan_facts import in_language

#: What the tasks that a request covers are about.
_ABOUT = f"""
(SELECT string_agg(DISTINCT {label_sql("s.subject", "t.subject_id")}, '、')
FROM jsonb_object_keys(x.covers) key
-- LIMIT: each task is looked up by its id, however many there are
CROSS JOIN LATERAL (SELECT * FROM casebook_task k WHERE k.id = key::bigint LIMIT 1) t
JOIN casebook_step s ON s.id = t.step_id)
"""
_ROWS = f"""
SELECT (x.asked_at AT TIME ZONE %(zone)s)::date AS day, x.asked_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'status', x.status, 'text', x.reason,
        'subject', x.subject, 'about', {_ABOUT},
        'decision', coalesce(nullif(x.taken_back_reason, ''), x.decision_reason),
        'by', coalesce(nullif(u.display_name, ''), u.username),
        'at', to_char(b.at AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI')) AS what
FROM casebook_approval x
LEFT JOIN casebook_act b ON b.id = coalesce(x.taken_back_id, x.decided_id)
LEFT JOIN people_user u ON u.id = b.actor_id
"""
_ANSWERS = f"""
SELECT (x.at AT TIME ZONE %(zone)s)::date AS day, x.at, x.act_id,
    jsonb_build_object('kind', x.asked, 'said', x.kind, 'text', x.reason,
        'subject', x.subject, 'about', {_ABOUT}) AS what
FROM (
    SELECT answer.*, asked.case_id, asked.kind AS asked, asked.subject, asked.covers
    FROM casebook_approvalanswer answer
    JOIN casebook_approval asked ON asked.id = answer.approval_id
) x
"""


def _asked(what: Row) -> str:
    """`Asked for: Lock deliveries · FP005701`; of other kinds of request the kind."""
    kind = str(Approval.Kind(what["kind"]).label)
    if what["kind"] == Approval.Kind.STEP:
        parts = (in_language(_step_of(what["subject"]).title), what["about"])
        kind = " · ".join(filter(None, parts))
    return gettext("Asked for: {kind}").format(kind=kind)


def _shown(what: Row) -> Shown:
    """The request with its end: who decided it, and when."""
    status = str(Approval.Status(what["status"]).label)
    lines = [what["text"]]
    if what["by"]:
        lines.append(
            gettext("{status} by {who}, {at}").format(status=status, who=what["by"], at=what["at"])
        )
    lines.append(what["decision"])
    text = "\n".join(filter(None, lines))
    return Shown(_asked(what), text=text, icon="checklist", tone="info", badge=status)


def _answered(what: Row) -> Shown:
    """A station of the chain that did not end it: it agreed, or its time went by."""
    badge = str(ApprovalAnswer.Kind(what["said"]).label)
    return Shown(_asked(what), text=what["text"], icon="checklist", tone="info", badge=badge)


def _step_of(subject: Row) -> Step:
    return packs.step_of(subject["pack_version"], subject["step"])


def _step(subject: Row) -> Iterator[str]:
    """The title of the step, in the words of the task's version, and its day."""
    yield in_language(_step_of(subject).title)
    yield gettext("due {day}").format(day=subject["due_on"])


ROOM = Room(
    addresses="approvals/",
    entries=(Entry(_("Approvals"), "approvals:inbox", key="s", icon="clipboard-check", order=50),),
    requests=(
        RequestKind(
            kind=Approval.Kind.STEP,
            decides=None,
            decide="approvals:decide_step",
            withdraw="approvals:withdraw_step",
            words=_step,
        ),
    ),
    happenings=(
        Happening(kind="approval", rows=_ROWS, shown=_shown, by_minute=True),
        Happening(
            kind="approval_answer",
            rows=_ANSWERS,
            # The last word stands with the request itself.
            only="x.kind IN ('agreed', 'silent')",
            shown=_answered,
            by_minute=True,
        ),
    ),
)
