"""Open cases for which no procedure is in force: they get no tasks, so they must be named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from huikuan.casebook import packs
from huikuan.casebook.holding import Holding, products
from huikuan.casebook.models import Case, CaseSummary
from huikuan.people.models import Creditor

#: So many case numbers are named of each creditor and product.
NAMED = 3


@dataclass(frozen=True)
class Uncovered:
    """Open cases of a creditor's product that no procedure works on. `bound`: packs that are
    named in vain.
    """

    creditor: Creditor
    product: str
    cases: int
    numbers: tuple[str, ...]
    bound: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "creditor": self.creditor.code,
            "product": self.product,
            "cases": self.cases,
            "numbers": list(self.numbers),
            "packs": list(self.bound),
        }


def without_procedure(
    on: dt.date,
    *,
    known_at: dt.datetime | None = None,
    visible_ids: QuerySet[Any, Any] | None = None,
) -> list[Uncovered]:
    """The open cases that follow no procedure on the day, by creditor and product.

    `visible_ids` narrows it to the cases that somebody sees. Inside `facts.as_of` the cases are
    those that were open then. Costs a few steps through an index while every product is covered.
    """
    day = packs.holding(on, known_at)
    found = []
    for creditor_id, product, teams in _gaps(day):
        cases = CaseSummary.objects.filter(is_open=True, creditor_id=creditor_id, product=product)
        if teams:
            cases = cases.filter(Q(team_id=None) | ~Q(team_id__in=teams))
        if visible_ids is not None:
            cases = cases.filter(case_id__in=visible_ids)

        count = cases.count()
        if count:
            creditor = Creditor.objects.select_related("organisation").get(pk=creditor_id)
            bound = tuple(day.packs_of(creditor_id, product))
            found.append(Uncovered(creditor, product, count, _numbers(cases), bound))
    return found


def _gaps(day: Holding) -> Iterator[tuple[int, str, list[int]]]:
    """Creditor and product of which some cases follow nothing; and the teams whose cases do."""
    for creditor_id, product in products():
        lines = day.follows([(creditor_id, product)])
        if all(line.team_id is not None for line in lines):
            yield creditor_id, product, [line.team_id for line in lines if line.team_id]


def _numbers(cases: QuerySet[CaseSummary]) -> tuple[str, ...]:
    """The first case numbers."""
    first = list(cases.order_by("case_id").values_list("case_id", flat=True)[:NAMED])
    return tuple(Case.objects.filter(pk__in=first).order_by("pk").values_list("number", flat=True))
