"""The reports: board, day, ageing, targets."""

from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Room

_GROUP = _("Reports")

ROOM = Room(
    addresses="reports/",
    entries=(
        Entry(
            _("Today's board"),
            "reports:board",
            (Right.WATCH_BOARD,),
            key="b",
            icon="layout-dashboard",
            group=_GROUP,
            order=310,
        ),
        Entry(
            _("Report of the day"), "reports:day", key="r", icon="report", group=_GROUP, order=320
        ),
        Entry(_("Ageing"), "reports:ageing", key="l", icon="hourglass", group=_GROUP, order=330),
        Entry(
            _("Targets"),
            "reports:targets",
            (Right.HOLD_CASES, Right.SET_TARGETS),
            key="t",
            icon="target",
            group=_GROUP,
            order=340,
        ),
    ),
)
