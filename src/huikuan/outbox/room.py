"""What left and wants attention, mails that wait for a person, and the door of acknowledgements."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import OutboxEvent
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Happening, Room, Row, Shown

#: What became of a mail, where somebody who reads the case wants to know it.
_BECAME = """
SELECT (e.at AT TIME ZONE %(zone)s)::date AS day, e.at, NULL::bigint AS act_id,
    jsonb_build_object('kind', e.kind, 'to', x.target_masked) AS what
FROM casebook_outboxmessage x
JOIN casebook_outboxevent e ON e.message_id = x.id
    AND e.kind IN ('refused', 'lost', 'bounced', 'answered', 'auto_answered', 'withdrawn')
"""
_ANSWERS = (OutboxEvent.Kind.ANSWERED, OutboxEvent.Kind.AUTO_ANSWERED)


def _became(what: Row) -> Shown:
    """What became of a mail; an answer stands among the documents of the case."""
    kind = OutboxEvent.Kind(what["kind"])
    title = gettext("Mail to {address}: {what}").format(address=what["to"], what=kind.label)
    if kind in _ANSWERS:
        return Shown(
            title, text=gettext("The answer is among the documents."), icon="mail", tone="good"
        )
    return Shown(title, icon="mail", tone="bad")


ROOM = Room(
    addresses="outbox/",
    happenings=(
        Happening(
            kind="mail",
            rows=_BECAME,
            shown=_became,
            only="x.kind = 'email'",
            right=Right.WRITE,
            by_minute=True,
        ),
    ),
    entries=(
        Entry(
            _("Outbox"),
            "outbox:box",
            (Right.RECORD_CONTACTS,),
            key="v",
            icon="mail",
            prefix="/outbox/",
            order=85,
        ),
    ),
)
