"""Open cases for which no procedure is in force: they get no tasks, so they must be named."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from huikuan.casebook import packs
from huikuan.casebook.holding import Holding, products
from huikuan.casebook.models import CaseSummary
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
    gaps = [_cases_of(gap) for gap in _gaps(day)]
    if not gaps:
        return []

    cases = CaseSummary.objects.filter(functools.reduce(operator.or_, gaps), is_open=True)
    if visible_ids is not None:
        cases = cases.filter(case_id__in=visible_ids)
    return _by_product(cases, day)


class _Gap(NamedTuple):
    """A creditor's product of which some cases follow nothing; those of `teams` do."""

    creditor_id: int
    product: str
    teams: list[int]


def _gaps(day: Holding) -> Iterator[_Gap]:
    for creditor_id, product in products():
        lines = day.follows([(creditor_id, product)])
        if all(line.team_id is not None for line in lines):
            yield _Gap(creditor_id, product, [line.team_id for line in lines if line.team_id])


def _cases_of(gap: _Gap) -> Q:
    """Which cases are meant."""
    cases = Q(creditor_id=gap.creditor_id, product=gap.product)
    if gap.teams:
        cases &= Q(team_id=None) | ~Q(team_id__in=gap.teams)
    return cases


def _by_product(cases: QuerySet[CaseSummary], day: Holding) -> list[Uncovered]:
    """The cases counted and the first named: one question, however many gaps there are."""
    of_product = [F("creditor_id"), F("product")]
    counted = cases.annotate(
        number_there=Window(RowNumber(), partition_by=of_product, order_by="case_id"),
        cases_there=Window(Count("*"), partition_by=of_product),
    )
    named = counted.filter(number_there__lte=NAMED).order_by("creditor_id", "product", "case_id")
    columns = ("creditor_id", "product", "cases_there", "case__number")

    numbers: dict[tuple[int, str, int], list[str]] = defaultdict(list)
    for creditor_id, product, count, number in named.values_list(*columns):
        numbers[creditor_id, product, count].append(number)
    creditors = _creditors({creditor_id for creditor_id, _product, _count in numbers})
    return [
        Uncovered(
            creditors[creditor_id],
            product,
            count,
            tuple(first),
            tuple(day.packs_of(creditor_id, product)),
        )
        for (creditor_id, product, count), first in numbers.items()
    ]


def _creditors(ids: set[int]) -> dict[int, Creditor]:
    if not ids:
        return {}
    return Creditor.objects.select_related("organisation").in_bulk(ids)
