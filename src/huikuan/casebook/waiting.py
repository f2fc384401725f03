"""Which cases wait to be allocated: nobody holds them, and there is something to collect."""

from __future__ import annotations

from django.db.models import Q


def waiting() -> Q:
    """A condition on cases: open, held by nobody, and owing or stated every month."""
    owing = Q(summary__balance_minor__gt=0) | Q(summary__statement_cycle=True)
    return Q(summary__is_open=True, summary__assignee_id__isnull=True) & owing
