"""Which statements somebody sees: those of the cases that they see."""

from __future__ import annotations

from django.db.models import QuerySet

from huikuan.casebook.access import visible_ids
from huikuan.casebook.models import CaseSummary, Statement
from huikuan.gate import reserve
from huikuan.people.models import User


def visible_statements(user: User) -> QuerySet[Statement]:
    """The statements of the cases that the user sees."""
    return Statement.objects.filter(case__in=visible_ids(user))


def find(statement_id: int, user: User) -> Statement | None:
    """The statement with its case and facts, if the user sees it."""
    found = visible_statements(user).select_related("case__organisation", "case__person", "summary")
    return found.filter(pk=statement_id).first()


def find_locked(statement_id: int, user: User) -> Statement | None:
    """The same, its case locked: two who enter one event at once enter it once.

    The person is locked before, as everywhere: a mail may leave, which asks the gate.
    """
    statement = find(statement_id, user)
    if statement is None:
        return None
    reserve.lock(statement.case)
    CaseSummary.objects.select_for_update().filter(case_id=statement.case_id).first()
    return find(statement_id, user)
