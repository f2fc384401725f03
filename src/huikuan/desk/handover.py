"""Cases that leave soon and want a word to their next holder."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from huikuan.casebook import packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Case, CaseNote, PackVersion
from huikuan.engine.parameters import FRESH, LEAVING
from huikuan.people.models import User


@dataclass(frozen=True)
class Days:
    """The two figures of a procedure."""

    leaving: int
    fresh: int


def unwritten(user: User, today: dt.date) -> QuerySet[Case]:
    """Open cases that leave soon and have no fresh hand-over note, the first to leave first.

    A procedure that has no such figures asks for no note.
    """
    wanted = Q(pk__in=())
    for days, cases in _cases_by_days(today).items():
        last_day = today + dt.timedelta(days.leaving)
        leaves = Q(summary__return_on__gte=today, summary__return_on__lte=last_day)
        noted = Exists(_notes_since(today - dt.timedelta(days.fresh)))
        wanted |= Q(cases, leaves, ~noted)

    found = visible_cases(user).filter(wanted, summary__is_open=True)
    return found.select_related("person", "creditor", "summary").order_by(
        "summary__return_on", "-summary__balance_minor"
    )


def _notes_since(day: dt.date) -> QuerySet[CaseNote]:
    return CaseNote.objects.filter(
        case=OuterRef("pk"), kind=CaseNote.Kind.HANDOVER, valid_on__gte=day
    )


def _cases_by_days(today: dt.date) -> dict[Days, Q]:
    """The figures of the procedures in force, each with the cases that it holds for.

    Procedures with the same figures are asked together, so that the query stays short.
    """
    creditors: dict[Days, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for line in packs.follows(today):
        days = _days_of(packs.version(line.version_id))
        if days is not None:
            creditors[days][line.product].add(line.creditor_id)

    cases = {}
    for days, by_product in creditors.items():
        cases[days] = Q(pk__in=())
        for product, ids in by_product.items():
            cases[days] |= Q(product=product, creditor_id__in=ids)
    return cases


def _days_of(version: PackVersion) -> Days | None:
    """The figures of a procedure; None where it lacks one."""
    playbook = packs.playbook_of(version)
    leaving = playbook.days(LEAVING)
    fresh = playbook.days(FRESH)
    if leaving is None or fresh is None:
        return None
    return Days(leaving, fresh)
