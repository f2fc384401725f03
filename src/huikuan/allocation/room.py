"""The allocation: proposals, returns, targets; who got a case stands in its history."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.allocation.shown import PRINCIPLES
from huikuan.casebook.models import CaseEvent
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Happening, Room, Row, Shown

_ROWS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('text', x.reason,
        'name', coalesce(nullif(u.display_name, ''), u.username)) AS what
FROM casebook_assignment x
LEFT JOIN people_user u ON u.id = x.user_id
"""


def _shown(what: Row) -> Shown:
    if what["name"]:
        title = gettext("Assigned to {name}").format(name=what["name"])
    else:
        title = gettext("Taken back into the pool")
    return Shown(title, text=_reason(what["text"]), icon="user")


def _reason(code: str) -> str:
    """A principle of the allocation or an event of the case; else what somebody wrote."""
    if code in PRINCIPLES:
        return gettext(PRINCIPLES[code])
    if code in CaseEvent.Kind.values:
        return str(CaseEvent.Kind(code).label)
    return code


ROOM = Room(
    addresses="allocation/",
    entries=(
        Entry(
            _("Allocation"),
            "allocation:proposals",
            (Right.ALLOCATE,),
            key="a",
            icon="users",
            group=_("Intake"),
            order=220,
        ),
    ),
    happenings=(Happening(kind="assignment", rows=_ROWS, shown=_shown, for_client=("name",)),),
)
