"""Clocks: the list of deadlines, and what was missed or extended in the history of a case."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.clocks.shown import title_of
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Happening, Room, Row, Shown

_MISSED = """
SELECT (b.due_at AT TIME ZONE %(zone)s)::date AS day, b.due_at AS at, NULL::bigint AS act_id,
    jsonb_build_object(
        'title', x.title,
        'lifted', b.lifted_at IS NOT NULL,
        'explained', b.explained_at IS NOT NULL
    ) AS what
FROM casebook_clock x
JOIN casebook_breach b ON b.clock_id = x.id
"""
_EXTENDED = """
SELECT (b.given_at AT TIME ZONE %(zone)s)::date AS day, b.given_at AS at, b.act_id,
    jsonb_build_object('title', x.title, 'text', b.reason) AS what
FROM casebook_clock x
JOIN casebook_clockextension b ON b.clock_id = x.id
"""


def _missed(what: Row) -> Shown:
    title = gettext("Deadline missed: {what}").format(what=title_of(what["title"]))
    badge = ""
    if what["lifted"]:
        badge = gettext("lifted")
    elif what["explained"]:
        badge = gettext("explained")
    return Shown(title, icon="clock-exclamation", tone="bad", badge=badge)


def _extended(what: Row) -> Shown:
    title = gettext("Deadline extended: {what}").format(what=title_of(what["title"]))
    return Shown(title, text=what["text"], icon="clock")


ROOM = Room(
    addresses="clocks/",
    entries=(
        Entry(_("Deadlines"), "clocks:list", key="k", icon="clock", prefix="/clocks/", order=55),
    ),
    # How the house keeps its own deadlines is no business of a client, who writes nothing.
    happenings=(
        Happening(kind="breach", rows=_MISSED, shown=_missed, right=Right.WRITE, by_minute=True),
        Happening(
            kind="extension", rows=_EXTENDED, shown=_extended, right=Right.WRITE, by_minute=True
        ),
    ),
)
