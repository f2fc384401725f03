"""The monthly sheet: what of each person's penalties is in effect (P4.7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook.models import Penalty
from huikuan.penalties.access import visible_penalties
from huikuan.people.models import User


@dataclass
class Line:
    """What of one person is in effect in the month. `amount_minor`: in fen."""

    user: User
    points: int = 0
    trainings: int = 0
    warnings: int = 0
    amount_minor: int = 0


def sheet(user: User, month: dt.date) -> list[Line]:
    """One line a person, worked out anew each time: an appeal that stands, a penalty that was
    dropped and a missed deadline that was lifted since are not on it.
    """
    granted = visible_penalties(user).filter(
        month=month, status=Penalty.Status.GRANTED, breach__lifted_at=None
    )

    lines: dict[int, Line] = {}
    for penalty in granted.order_by("user__username", "pk"):
        line = lines.setdefault(penalty.user_id, Line(penalty.user))
        line.points += penalty.points
        line.trainings += penalty.kind == Penalty.Kind.TRAINING
        line.warnings += penalty.kind == Penalty.Kind.WARNING
        line.amount_minor += penalty.amount_minor or 0

    return list(lines.values())
