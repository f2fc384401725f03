"""The side bar."""

from django.utils.translation import gettext_lazy as _

from huikuan.desk.notices import unread
from huikuan.people.roles import Role
from huikuan.web.navigation import Entry

LEADS = (Role.TEAM_LEAD, Role.MANAGER, Role.GENERAL_MANAGER, Role.SYSTEM_ADMIN)
MONEY = (Role.FINANCE, Role.DATA_ADMIN, *LEADS)
WORKS = (Role.COLLECTOR, Role.FIELD_VISITOR, Role.TEAM_LEAD)
ENTRIES = (
    Entry(_("My day"), "worklist", key="w", icon="list-check"),
    Entry(
        _("Next case"), "next_case", (Role.COLLECTOR, Role.FIELD_VISITOR, Role.TEAM_LEAD), press="n", icon="player-play"
    ),
    Entry(_("Cases"), "cases", key="c", icon="folders", prefix="/cases/"),
    Entry(_("Holds"), "holds:list", key="h", icon="hand-stop"),
    Entry(_("Approvals"), "approvals:inbox", key="s", icon="clipboard-check"),
    Entry(_("Promises"), "promises:list", key="o", icon="calendar-check"),
    Entry(_("Payments"), "payments:files", MONEY, key="m", icon="report-money"),
    Entry(_("Notices"), "notices", key="u", icon="bell", count=unread),
    Entry(_("End of the day"), "day_end", key="z", icon="moon"),
    Entry(_("Placements"), "intake:placements", (Role.DATA_ADMIN, *LEADS), key="i", icon="upload", group=_("Intake")),
    Entry(_("Allocation"), "allocation:proposals", LEADS, key="a", icon="users", group=_("Intake")),
    Entry(_("Today's board"), "reports:board", LEADS, key="b", icon="layout-dashboard", group=_("Reports")),
    Entry(_("Report of the day"), "reports:day", key="r", icon="report", group=_("Reports")),
    Entry(_("Targets"), "reports:targets", (Role.COLLECTOR, *LEADS), key="t", icon="target", group=_("Reports")),
    Entry(_("Procedures"), "packs", key="p", icon="route", group=_("Procedures"), prefix="/packs/"),
)
