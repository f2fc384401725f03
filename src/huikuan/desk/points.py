"""Contact points as the case page shows them: each with what may be done with it now, and why not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook.models import Case, ContactPoint
from huikuan.gate.options import Option, options
from huikuan.people.models import User


@dataclass(frozen=True)
class Shown:
    """One contact point and its channels."""

    point: ContactPoint
    channels: tuple[Option, ...]


def points(case: Case, user: User, at: dt.datetime) -> list[Shown]:
    """The debtor's own points first, as they were given."""
    found = options(case, user, at)
    order = {option.point.pk: option.point for option in found}
    shown = [Shown(point, tuple(o for o in found if o.point.pk == pk)) for pk, point in order.items()]
    return sorted(shown, key=lambda one: one.point.whose != ContactPoint.Whose.DEBTOR)
