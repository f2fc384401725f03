"""The side bar."""

from django.utils.translation import gettext_lazy as _

from huikuan.desk.notices import unread
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry

ENTRIES = (
    Entry(_("My day"), "worklist", key="w", icon="list-check"),
    Entry(_("Next case"), "next_case", (Right.WALK_LIST,), press="n", icon="player-play"),
    Entry(_("Cases"), "cases", key="c", icon="folders", prefix="/cases/"),
    Entry(_("Holds"), "holds:list", key="h", icon="hand-stop"),
    Entry(_("Approvals"), "approvals:inbox", key="s", icon="clipboard-check"),
    Entry(_("Deadlines"), "clocks:list", key="k", icon="clock", prefix="/clocks/"),
    Entry(_("Promises"), "promises:list", key="o", icon="calendar-check"),
    Entry(
        _("Statements"),
        "receivables:list",
        (Right.WORK_STATEMENTS, Right.SEND_INVOICES, Right.ENTER_RECEIPTS),
        key="d",
        icon="file-text",
        prefix="/statements/",
    ),
    Entry(
        _("Payments"),
        "payments:files",
        (Right.POST_MONEY, Right.ALLOCATE),
        key="m",
        icon="report-money",
    ),
    Entry(_("Notices"), "notices", key="u", icon="bell", count=unread),
    Entry(_("End of the day"), "day_end", key="z", icon="moon"),
    Entry(
        _("Placements"),
        "intake:placements",
        (Right.SEE_IMPORTS,),
        key="i",
        icon="upload",
        group=_("Intake"),
    ),
    Entry(
        _("Allocation"),
        "allocation:proposals",
        (Right.ALLOCATE,),
        key="a",
        icon="users",
        group=_("Intake"),
    ),
    Entry(
        _("Today's board"),
        "reports:board",
        (Right.WATCH_BOARD,),
        key="b",
        icon="layout-dashboard",
        group=_("Reports"),
    ),
    Entry(_("Report of the day"), "reports:day", key="r", icon="report", group=_("Reports")),
    Entry(_("Ageing"), "reports:ageing", key="l", icon="hourglass", group=_("Reports")),
    Entry(
        _("Targets"),
        "reports:targets",
        (Right.HOLD_CASES, Right.SET_TARGETS),
        key="t",
        icon="target",
        group=_("Reports"),
    ),
    Entry(_("Procedures"), "packs", key="p", icon="route", group=_("Procedures"), prefix="/packs/"),
    Entry(
        _("House and creditors"),
        "house",
        (Right.SET_UP_HOUSE,),
        key="e",
        icon="building",
        group=_("Procedures"),
    ),
)
