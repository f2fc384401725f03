"""What was learned since the day was planned: marks that whoever reads the day's list honours.

Only rows are added here, in the transaction of what was learned. planning/current.py plans anew
what is marked. A mark is never shared: whoever plans deletes the marks that it has seen, and one
that comes meanwhile is another row.
"""

from __future__ import annotations

from collections.abc import Collection

from huikuan.casebook.models import ToPlan

#: More cases at once are one mark for all of them: the whole day is then planned anew.
MOST = 20_000


def mark(case_ids: Collection[int]) -> None:
    """Something was learned of these cases."""
    if len(case_ids) > MOST:
        mark_all()
        return
    ToPlan.objects.bulk_create(ToPlan(case_id=key) for key in case_ids)


def mark_all() -> None:
    """Something was learned that concerns many cases: a version, a binding, an import."""
    ToPlan.objects.create()


def is_waiting() -> bool:
    """Whether the list of the day waits for something. Costs one look into an index."""
    return ToPlan.objects.filter(closed__isnull=True).exists()
