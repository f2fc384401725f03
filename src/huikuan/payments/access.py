"""Who sees payment files and their rows. Which cases a user sees is decided in the case book."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import PaymentFile, PaymentRow
from huikuan.people.models import Creditor, User
from huikuan.people.rights import Right


def visible_files(user: User) -> QuerySet[PaymentFile]:
    """Files of the user's organisation; nothing for users who have no business with them."""
    if not user.is_active or user.organisation_id is None or not user.may(Right.SEE_MONEY):
        return PaymentFile.objects.none()
    return PaymentFile.objects.filter(organisation_id=user.organisation_id)


def visible_rows(user: User) -> QuerySet[PaymentRow]:
    """Rows of these files: of the cases that the user sees; a lead's also those of no case."""
    rows = PaymentRow.objects.filter(file__in=visible_files(user))
    if user.sees_house:
        return rows
    mine = Q(case__in=visible_cases(user).values("pk"))
    if user.leads_team:
        return rows.filter(mine | Q(case__isnull=True))
    return rows.filter(mine)


def creditors(user: User) -> QuerySet[Creditor]:
    """Those of the user's organisation."""
    return Creditor.objects.filter(organisation_id=user.organisation_id or 0).order_by("name")
