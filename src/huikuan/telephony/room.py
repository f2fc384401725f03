"""The telephone line reports here; the history of a case shows calls that nobody recorded yet."""

from django.utils.translation import gettext as _

from huikuan.web.room import Happening, Room, Row, Shown

_ROWS = """
SELECT (x.started_at AT TIME ZONE %(zone)s)::date AS day, x.started_at AS at, x.act_id,
    jsonb_build_object('where', p.value_masked, 'answered', x.answered_at IS NOT NULL,
        'cause', x.cause, 'recording', x.recording) AS what
FROM casebook_phonecall x
LEFT JOIN casebook_contactpoint p ON p.id = x.point_id
"""


def _shown(what: Row) -> Shown:
    state = _("answered, not recorded yet") if what["answered"] else _("not answered")
    parts = (_("Dialled"), what["where"], state)
    return Shown(
        title=" · ".join(part for part in parts if part),
        text=what["cause"],
        icon="phone-call",
        recording=what["recording"],
    )


CALL = Happening(
    kind="call",
    rows=_ROWS,
    only="x.contact_id IS NULL",
    shown=_shown,
    by_minute=True,
    for_client=("where", "answered", "cause", "recording"),
)
ROOM = Room(addresses="line/", happenings=(CALL,))
