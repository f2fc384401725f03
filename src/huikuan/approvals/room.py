"""Approvals: the inbox, approvals of steps, and what was asked for in the history of a case."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook import packs
from huikuan.casebook.models import Approval, ApprovalAnswer
from huikuan.web.navigation import Entry
from huikuan.web.room import Happening, RequestKind, Room, Row, Shown
from huikuan.web.templatetags.huikuan_facts import in_language

_ROWS = """
SELECT (x.asked_at AT TIME ZONE %(zone)s)::date AS day, x.asked_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'status', x.status, 'text', x.reason,
        'decision', x.decision_reason) AS what
FROM casebook_approval x
"""
_ANSWERS = """
SELECT (x.at AT TIME ZONE %(zone)s)::date AS day, x.at, x.act_id,
    jsonb_build_object('kind', x.asked, 'said', x.kind, 'text', x.reason) AS what
FROM (
    SELECT answer.*, asked.case_id, asked.kind AS asked
    FROM casebook_approvalanswer answer
    JOIN casebook_approval asked ON asked.id = answer.approval_id
) x
"""


def _shown(what: Row) -> Shown:
    title = gettext("Asked for: {kind}").format(kind=Approval.Kind(what["kind"]).label)
    lines = (what["text"], what["decision"])
    return Shown(
        title,
        text="\n".join(line for line in lines if line),
        icon="checklist",
        tone="info",
        badge=str(Approval.Status(what["status"]).label),
    )


def _answered(what: Row) -> Shown:
    """A station of the chain that did not end it: it agreed, or its time went by."""
    title = gettext("Asked for: {kind}").format(kind=Approval.Kind(what["kind"]).label)
    badge = str(ApprovalAnswer.Kind(what["said"]).label)
    return Shown(title, text=what["text"], icon="checklist", tone="info", badge=badge)


def _step(subject: Row) -> Iterator[str]:
    """The title of the step, in the words of the task's version, and its day."""
    step = packs.step_of(subject["pack_version"], subject["step"])
    yield in_language(step.title)
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
