"""The roles of a collections office. A role decides which doors open; teams and client access decide which cases."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    COLLECTOR = "collector", _("collector")
    TEAM_LEAD = "team_lead", _("team lead")
    DATA_ADMIN = "data_admin", _("data administrator")
    FIELD_VISITOR = "field_visitor", _("field visitor")
    LEGAL = "legal", _("legal")
    QUALITY = "quality", _("quality")
    COMPLAINTS = "complaints", _("complaints")
    FINANCE = "finance", _("finance")
    ADMINISTRATION = "administration", _("administration")
    MANAGER = "manager", _("manager")
    GENERAL_MANAGER = "general_manager", _("general manager")
    CLIENT = "client", _("client")
    SYSTEM_ADMIN = "system_admin", _("system administrator")


#: Roles that see every case of their organisation; the others see their own, their team's or their creditor's.
WHOLE_HOUSE = frozenset(
    {
        Role.DATA_ADMIN,
        Role.LEGAL,
        Role.QUALITY,
        Role.COMPLAINTS,
        Role.FINANCE,
        Role.ADMINISTRATION,
        Role.MANAGER,
        Role.GENERAL_MANAGER,
        Role.SYSTEM_ADMIN,
    }
)
#: Roles that may look but never write.
READ_ONLY = frozenset({Role.CLIENT, Role.QUALITY})
#: From the manager upwards, and from the team lead upwards: who decides for others.
MANAGERS = frozenset({Role.MANAGER, Role.GENERAL_MANAGER})
LEADS = MANAGERS | {Role.TEAM_LEAD}
