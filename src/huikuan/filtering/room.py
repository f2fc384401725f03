"""Filtering: progress of new batches, and in the history of a case how it was filtered."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Happening, Room, Row, Shown

_FILTERED = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('text', x.note, 'class', x.class_code) AS what
FROM casebook_casefilter x
"""


def _filtered(what: Row) -> Shown:
    title = gettext("Filtered: {kind}").format(kind=what["class"])
    return Shown(title, text=what["text"], icon="filter")


ROOM = Room(
    addresses="filtering/",
    entries=(
        Entry(
            _("Filtering of new cases"),
            "filtering:list",
            (Right.HOLD_CASES, Right.ALLOCATE),
            icon="filter",
            group=_("Intake"),
            order=225,
        ),
    ),
    happenings=(
        Happening(
            kind="filtered", rows=_FILTERED, shown=_filtered, right=Right.WRITE, by_minute=True
        ),
    ),
)
