"""Who sees payment files and their rows, and who may post. Which cases a user sees is decided in the case book."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import PaymentFile, PaymentRow
from huikuan.people.models import Creditor, User
from huikuan.people.roles import WHOLE_HOUSE, Role

#: Who may post and take back money.
MAY_POST = frozenset(
    {Role.FINANCE, Role.DATA_ADMIN, Role.MANAGER, Role.GENERAL_MANAGER, Role.SYSTEM_ADMIN}
)
#: Who may look at files: leads and collectors see the rows of their own cases.
VIEWERS = frozenset({*MAY_POST, Role.TEAM_LEAD, Role.COLLECTOR})


def visible_files(user: User) -> QuerySet[PaymentFile]:
    """Files of the user's organisation; nothing for roles that have no business with them."""
    if not user.is_active or user.organisation_id is None or user.role not in VIEWERS:
        return PaymentFile.objects.none()
    return PaymentFile.objects.filter(organisation_id=user.organisation_id)


def visible_rows(user: User) -> QuerySet[PaymentRow]:
    """Rows of these files. Who does not see the whole house sees those of their own cases; a lead also those of none."""
    rows = PaymentRow.objects.filter(file__in=visible_files(user))
    if user.role in WHOLE_HOUSE:
        return rows
    mine = Q(case__in=visible_cases(user).values("pk"))
    return rows.filter(mine | Q(case__isnull=True) if user.role == Role.TEAM_LEAD else mine)


def creditors(user: User) -> QuerySet[Creditor]:
    """Those of the user's organisation."""
    return Creditor.objects.filter(organisation_id=user.organisation_id or 0).order_by("name")
