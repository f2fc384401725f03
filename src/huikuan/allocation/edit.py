"""A lead's edits of a proposal: cases are moved to another collector, or the proposal is dropped."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from huikuan.allocation import rules
from huikuan.allocation.access import collectors
from huikuan.allocation.propose import holder_of
from huikuan.allocation.summary import gets
from huikuan.casebook import journal
from huikuan.casebook.models import AllocationLine, AllocationRun
from huikuan.people.models import User


class NotOpen(Exception):
    """this proposal is no longer open: it was confirmed or dropped"""


@dataclass(frozen=True)
class Moved:
    """`refused`: case number → the requirement that the collector does not meet (skills, exclude, users, teams).
    `over`: cases above the collector's capacity after the move; `absent`: the collector is away on the day."""

    moved: int
    refused: dict[str, str] = field(default_factory=dict)
    over: int = 0
    absent: bool = False


@transaction.atomic
def move(
    run: AllocationRun, lines: Iterable[int], target: User | None, actor: User, at: dt.datetime
) -> Moved:
    """Gives these lines to `target` (none: leaves the cases unallocated). Requirements are kept; capacity only warns.

    Raises NotOpen, ValueError for a target who cannot hold cases of this proposal.
    """
    run = _open(run)
    chosen = list(
        AllocationLine.objects.filter(run=run, pk__in=list(lines))
        .select_related("case", "case__creditor")
        .order_by("pk")
    )
    refused: dict[str, str] = {}
    if target is not None:
        if not collectors(run.organisation_id, run.team).filter(pk=target.pk).exists():
            raise ValueError("not a collector of this proposal")
        refused = _refused(run, chosen, target)
    moving = [
        line
        for line in chosen
        if line.case.number not in refused and line.user_id != (target.pk if target else None)
    ]
    if moving:
        act = journal.begin(actor, "allocation.move", at=at)
        for line in moving:
            kept = {key: line.reason[key] for key in ("age", "from", "want") if key in line.reason}
            line.reason = {
                "principle": "lead",
                "code": "moved",
                "by": actor.pk,
                "was": line.user_id,
                "act": act.pk,
                **kept,
            }
            line.user, line.edited = target, True
        AllocationLine.objects.bulk_update(moving, ["user", "edited", "reason"], batch_size=500)
        run.summary |= gets(run)
        run.save(update_fields=["summary"])
    return Moved(
        len(moving), refused, _over(run, target), target is not None and target.is_away(run.on)
    )


def _open(run: AllocationRun) -> AllocationRun:
    """The row, locked: an edit and a confirmation do not pass each other."""
    locked = AllocationRun.objects.select_for_update().get(pk=run.pk)
    if locked.status != AllocationRun.Status.PROPOSED:
        raise NotOpen
    return locked


def _refused(run: AllocationRun, lines: list[AllocationLine], target: User) -> dict[str, str]:
    codes = {line.case.creditor.code for line in lines}
    of_creditor = rules.load(run.organisation.code, codes, settings.HUIKUAN.packs)
    holder = holder_of(target, False, 0, {})
    found = {
        line.case.number: holder.lacks(of_creditor[line.case.creditor.code].want(line.case.product))
        for line in lines
    }
    return {number: lacking for number, lacking in found.items() if lacking}


def _over(run: AllocationRun, target: User | None) -> int:
    if target is None:
        return 0
    held, _minor, capacity, _absent = run.summary["before"].get(
        str(target.pk), [0, {}, target.capacity, False]
    )
    return max(
        held + run.summary["collectors"].get(str(target.pk), {}).get("cases", 0) - capacity, 0
    )


@transaction.atomic
def drop(run: AllocationRun, actor: User, at: dt.datetime) -> None:
    """Drops an open proposal. Raises NotOpen."""
    run = _open(run)
    journal.begin(actor, "allocation.drop", at=at)
    run.status = AllocationRun.Status.DROPPED
    run.save(update_fields=["status"])


def refusal_counts(moved: Moved) -> dict[str, int]:
    """How many cases each requirement kept back."""
    return dict(Counter(moved.refused.values()))
