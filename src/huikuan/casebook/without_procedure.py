"""Open cases that no procedure takes: they get no tasks, so they must be named.

None is in force for them, or each that is leaves them to another one (engine/track.py).
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import RowNumber

from huikuan.casebook import compiled, packs
from huikuan.casebook.calendar import calendar
from huikuan.casebook.holding import Follows, Holding, products
from huikuan.casebook.models import CaseSummary
from huikuan.casebook.run_row import RUN, positional, run_of
from huikuan.engine.plan import track_sql
from huikuan.engine.playbook import Playbook
from huikuan.people.models import Creditor

#: So many case numbers are named of each creditor and product.
NAMED = 3


@dataclass(frozen=True)
class Uncovered:
    """Open cases of a creditor's product that no procedure works on. `bound`: packs that are
    named in vain; `in_force`: those of them that hold, and whose tracks take none of the cases.
    """

    creditor: Creditor
    product: str
    cases: int
    numbers: tuple[str, ...]
    bound: tuple[str, ...]
    in_force: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "creditor": self.creditor.code,
            "product": self.product,
            "cases": self.cases,
            "numbers": list(self.numbers),
            "packs": list(self.bound),
            "in_force": list(self.in_force),
        }


def without_procedure(
    on: dt.date,
    *,
    known_at: dt.datetime | None = None,
    visible_ids: QuerySet[Any, Any] | None = None,
) -> list[Uncovered]:
    """The open cases that follow no procedure on the day, by creditor and product.

    `visible_ids` narrows it to the cases that somebody sees. Inside `facts.as_of` the cases are
    those that were open then. Costs a few steps through an index while every product is covered;
    facts are read only of products whose procedures have tracks.
    """
    day = packs.holding(on, known_at)
    asked = _OnTheDay(on, known_at)
    gaps = [asked.cases_of(gap) for gap in _gaps(day)]
    if not gaps:
        return []

    cases = CaseSummary.objects.filter(functools.reduce(operator.or_, gaps), is_open=True)
    if visible_ids is not None:
        cases = cases.filter(case_id__in=visible_ids)
    return _by_product(cases, day)


class _Gap(NamedTuple):
    """A creditor's product of which some cases may follow nothing, with what its cases follow that
    asks for any work: a procedure of deadlines alone has no steps.
    """

    creditor_id: int
    product: str
    lines: list[Follows]


def _gaps(day: Holding) -> Iterator[_Gap]:
    for creditor_id, product in products():
        followed = day.follows([(creditor_id, product)])
        lines = [line for line in followed if _book(line.version_id).steps]
        if not any(line.team_id is None and not _has_track(line) for line in lines):
            yield _Gap(creditor_id, product, lines)


def _book(version_id: int) -> Playbook:
    return packs.playbook_of(packs.version(version_id))


def _has_track(line: Follows) -> bool:
    """Whether the version takes some cases only."""
    return bool(_book(line.version_id).track.conditions())


@dataclass(frozen=True)
class _OnTheDay:
    """Asks the facts of one day which cases are whose."""

    on: dt.date
    known_at: dt.datetime | None

    def cases_of(self, gap: _Gap) -> Q:
        """The cases of the product that no procedure takes."""
        cases = Q(creditor_id=gap.creditor_id, product=gap.product)
        for line in gap.lines:
            cases &= ~self._taken(line)
        return cases

    def _taken(self, line: Follows) -> Q:
        """The cases that the version takes: those that it is said for, and that are in its track.
        Never unknown, so that its contrary is true of all other cases.
        """
        taken = Q(case_id__isnull=False)
        if line.team_id is not None:
            taken &= Q(team_id__isnull=False, team_id=line.team_id)
        elif line.other_teams:
            taken &= Q(team_id=None) | ~Q(team_id__in=line.other_teams)
        if _has_track(line):
            taken &= Q(case_id__in=self._in_track(line.version_id))
        return taken

    def _in_track(self, version_id: int) -> RawSQL:
        """The cases that are in the track of a version on the day."""
        version = packs.version(version_id)
        book = _book(version_id)
        query = compiled.text(version, "track", [], lambda: track_sql(book)).replace("%", "%%")
        return RawSQL(*positional(f"WITH {RUN} {query}", self._run))  # noqa: S611 - our own text

    @cached_property
    def _run(self) -> dict[str, object]:
        return run_of(self.on, calendar(), self.known_at)


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

    found: list[Uncovered] = []
    for (creditor_id, product, count), first in numbers.items():
        followed = [line.pack for line in day.follows([(creditor_id, product)])]
        bound = tuple(day.packs_of(creditor_id, product))
        in_force = tuple(dict.fromkeys(followed))
        creditor = creditors[creditor_id]
        found.append(Uncovered(creditor, product, count, tuple(first), bound, in_force))
    return found


def _creditors(ids: set[int]) -> dict[int, Creditor]:
    if not ids:
        return {}
    return Creditor.objects.select_related("organisation").in_bulk(ids)
