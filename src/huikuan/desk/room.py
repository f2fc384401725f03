"""The desk's own lines of the side bar, and who looked at what in the history of a case.

Its addresses are those of the site's root (`desk/urls.py`).
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.desk.notices import unread
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import CaseLink, Happening, Room, Row, Shown

_REVEALS = """
SELECT (b.at AT TIME ZONE %(zone)s)::date AS day, b.at, x.act_id,
    jsonb_build_object('field', x.field, 'text', b.reason) AS what
FROM casebook_reveal x
JOIN casebook_act b ON b.id = x.act_id
"""
_FIELDS = {
    "name": _("name"),
    "id": _("ID number"),
    "point": _("contact point"),
    "account": _("account number"),
    "document": _("document"),
}


def _looked_at(what: Row) -> Shown:
    field = _FIELDS.get(what["field"], what["field"])
    title = gettext("Looked at: {what}").format(what=field)
    return Shown(title, text=what["text"], icon="eye")


ROOM = Room(
    entries=(
        Entry(_("My day"), "worklist", key="w", icon="list-check", order=10),
        Entry(
            _("Next case"),
            "next_case",
            (Right.WALK_LIST,),
            press="n",
            icon="player-play",
            order=20,
        ),
        Entry(_("Cases"), "cases", key="c", icon="folders", prefix="/cases/", order=30),
        Entry(_("Notices"), "notices", key="u", icon="bell", count=unread, order=90),
        Entry(_("End of the day"), "day_end", key="z", icon="moon", order=100),
        Entry(
            _("Procedures"),
            "packs",
            key="p",
            icon="route",
            group=_("Procedures"),
            prefix="/packs/",
            order=410,
        ),
        Entry(
            _("House and creditors"),
            "house",
            (Right.SET_UP_HOUSE,),
            key="e",
            icon="building",
            group=_("Procedures"),
            order=420,
        ),
    ),
    case_links=(
        CaseLink(
            label=_("Documents"),
            hint=_("Contract and other documents"),
            url_name="case_papers",
            key="f",
            icon="paperclip",
            place="money",
            order=60,
        ),
    ),
    happenings=(
        # Those who answer for personal data see who looked at them.
        Happening(
            kind="reveal",
            rows=_REVEALS,
            shown=_looked_at,
            right=Right.SEE_REVEALS,
            by_minute=True,
        ),
    ),
)
