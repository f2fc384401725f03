"""The watch: what was not met in time is recorded once, and the people concerned are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from huikuan.casebook import packs
from huikuan.casebook.models import Breach, BreachExplained, Clock
from huikuan.clocks.tell import tell_missed


@transaction.atomic
def record_breaches(at: dt.datetime) -> int:
    """Records a breach for each clock that ran out by `at`, still running or met too late.

    Gives the number of new ones. A breach that was explained, and is borne out again, is no new
    one: it is explained no more. It stands at the moment that was missed, however late the watch
    comes by. It judges nobody: reasons, appeal and penalty are other people's acts.
    """
    running = _missed(Q(met_at__isnull=True, due_at__lt=at))
    met_too_late = _missed(Q(met_at__gt=F("due_at")))
    clocks = [*running, *met_too_late]

    explained = _borne_out_again(clocks, at)
    breaches = [
        Breach(
            clock=clock,
            due_at=clock.due_at,
            role=clock.role,
            recorded_at=at,
            penalty=proposed_penalty(clock),
        )
        for clock in clocks
        if clock.due_at is not None and clock.pk not in explained
    ]
    Breach.objects.bulk_create(breaches)
    tell_missed(clocks, at)
    return len(breaches)


def _missed(how: Q) -> Iterable[Clock]:
    """The clocks that were missed so and have no breach that says so, locked.

    Still running and met too late are asked apart: each has an index of its own. Those that
    somebody is just working out come in the next minute, as they are then.
    """
    borne_out = Breach.objects.filter(clock=OuterRef("pk"), lifted_at=None, explained_at=None)
    missed = Clock.objects.filter(how, ~Exists(borne_out), void_at=None)
    return missed.order_by("pk").select_for_update(of=("self",), skip_locked=True)


def _borne_out_again(clocks: Iterable[Clock], at: dt.datetime) -> set[int]:
    """Clocks whose breach stands and was explained: what explained it holds no more.

    By what it was explained, and until when, stays to be read.
    """
    standing = Breach.objects.filter(clock__in=clocks, lifted_at=None)
    of_clocks = set(standing.values_list("clock_id", flat=True))
    holding = BreachExplained.objects.filter(breach__in=standing.values("pk"), ended_at=None)
    holding.update(ended_at=at)
    standing.update(explained_at=None, explained_by=None)
    return of_clocks


def proposed_penalty(clock: Clock) -> dict[str, Any] | None:
    """What the pack lets somebody propose after the breach; it has no effect by itself."""
    if clock.pack_version_id is None:
        return None

    book = packs.playbook_of(packs.version(clock.pack_version_id))
    declared = next((each for each in book.clocks if each.id == clock.kind), None)
    if declared is None or declared.penalty is None:
        return None
    penalty = declared.penalty
    return {"kind": penalty.kind, "title": dict(penalty.title), "points": penalty.points}
