"""The side bar."""

from django.utils.translation import gettext_lazy as _

from huikuan.allocation.access import ALLOCATORS, MANAGEMENT
from huikuan.desk.notices import unread
from huikuan.people.roles import Role
from huikuan.web.navigation import Entry

MONEY = (Role.FINANCE, Role.DATA_ADMIN, *ALLOCATORS)
WORKS = (Role.COLLECTOR, Role.FIELD_VISITOR, Role.TEAM_LEAD)
ENTRIES = (
    Entry(_("My day"), "worklist", key="w", icon="list-check"),
    Entry(_("Next case"), "next_case", WORKS, press="n", icon="player-play"),
    Entry(_("Cases"), "cases", key="c", icon="folders", prefix="/cases/"),
    Entry(_("Holds"), "holds:list", key="h", icon="hand-stop"),
    Entry(_("Approvals"), "approvals:inbox", key="s", icon="clipboard-check"),
    Entry(_("Promises"), "promises:list", key="o", icon="calendar-check"),
    Entry(
        _("Statements"),
        "receivables:list",
        (Role.COLLECTOR, *MONEY),
        key="l",
        icon="file-text",
        prefix="/statements/",
    ),
    Entry(_("Payments"), "payments:files", MONEY, key="m", icon="report-money"),
    Entry(_("Notices"), "notices", key="u", icon="bell", count=unread),
    Entry(_("End of the day"), "day_end", key="z", icon="moon"),
    Entry(
        _("Placements"),
        "intake:placements",
        (Role.DATA_ADMIN, *ALLOCATORS),
        key="i",
        icon="upload",
        group=_("Intake"),
    ),
    Entry(
        _("Allocation"),
        "allocation:proposals",
        ALLOCATORS,
        key="a",
        icon="users",
        group=_("Intake"),
    ),
    Entry(
        _("Today's board"),
        "reports:board",
        ALLOCATORS,
        key="b",
        icon="layout-dashboard",
        group=_("Reports"),
    ),
    Entry(_("Report of the day"), "reports:day", key="r", icon="report", group=_("Reports")),
    Entry(
        _("Targets"),
        "reports:targets",
        (Role.COLLECTOR, *ALLOCATORS),
        key="t",
        icon="target",
        group=_("Reports"),
    ),
    Entry(_("Procedures"), "packs", key="p", icon="route", group=_("Procedures"), prefix="/packs/"),
    Entry(
        _("House and creditors"),
        "house",
        MANAGEMENT,
        key="e",
        icon="building",
        group=_("Procedures"),
    ),
)
