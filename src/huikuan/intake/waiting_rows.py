"""Rows of a batch that wait: not accepted, not corrected yet, and not given up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from huikuan.casebook import journal
from huikuan.casebook.access import visible_placements
from huikuan.casebook.models import Placement, PlacementRow
from huikuan.intake.name import MOST_REASON
from huikuan.intake.sentences import problem
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right


def is_waiting(prefix: str = "") -> Q:
    """Whether a row waits. `prefix`: how the query comes to the row, such as `rows__`."""
    return Q(**{f"{prefix}corrected_by": None, f"{prefix}given_up": None})


def waiting_rows(placement: Placement) -> QuerySet[PlacementRow]:
    """The rows of the batch that wait, in the order of the file."""
    return PlacementRow.objects.filter(is_waiting(), placement=placement).order_by("row")


@dataclass(frozen=True, slots=True)
class GivenUp:
    """How many rows wait no more by this call, or why none was given up."""

    rows: int
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call gave them up."""
        return self.rows > 0


@transaction.atomic
def give_up(
    number: str, rows: Collection[int], *, reason: str, actor: User, at: dt.datetime
) -> GivenUp:
    """Nobody waits for these rows of a batch any more: a row that stood twice, or was sent by
    mistake. All of them, or none.

    They stay sealed with the batch; a corrected row that comes in later is taken in as any other.
    """
    placement = visible_placements(actor).filter(number=number).first()
    if placement is None:
        return GivenUp(0, (problem("batch.unknown"),))
    if not actor.may(Right.IMPORT):
        return GivenUp(0, (problem("rows.right"),))
    if not reason.strip():
        return GivenUp(0, (problem("rows.reason"),))
    if len(reason.strip()) > MOST_REASON:
        return GivenUp(0, (problem("batch.reason_long", {"most": MOST_REASON}),))

    waiting = waiting_rows(placement).filter(row__in=rows).select_for_update()
    listed = set(waiting.values_list("row", flat=True))
    missing = sorted(set(rows) - listed)
    if missing or not listed:
        named = ", ".join(str(row) for row in missing)
        return GivenUp(0, (problem("rows.not_waiting", {"rows": named}),))

    act = journal.begin(actor, "intake.give_up", at=at, reason=reason.strip())
    return GivenUp(waiting_rows(placement).filter(row__in=rows).update(given_up=act))
