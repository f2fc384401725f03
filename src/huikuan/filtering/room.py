"""Filtering: progress of new batches, and in the history of a case how it was filtered."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Happening, Room, Row, Shown
from huikuan.web.templatetags.huikuan_facts import in_language

_FILTERED = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object(
        'text', x.note, 'class', x.class_code, 'title', x.class_title,
        'asked', jsonb_array_length(x.asked_fields)
    ) AS what
FROM casebook_casefilter x
"""


def _filtered(what: Row) -> Shown:
    kind = in_language(what["title"]) or what["class"]
    parts = [gettext("Filtered: {kind}").format(kind=kind)]
    if what["asked"]:
        asked = ngettext(
            "{n} thing is asked of the client", "{n} things are asked of the client", what["asked"]
        )
        parts.append(asked.format(n=what["asked"]))
    return Shown(" · ".join(parts), text=what["text"], icon="filter")


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
