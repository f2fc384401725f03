"""Clocks as screens, lists and the command show them: title, state in words, moments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.casebook.models import Clock
from huikuan.clocks.names import names_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One clock. `code`: running, paused, missed, met, late or void; `state` says it in words."""

    clock: Clock
    name: str
    title: str
    code: str
    state: str
    tone: str


def shown(clocks: Iterable[Clock], now: dt.datetime) -> list[Shown]:
    """The clocks in their order, as they stand now."""
    listed = list(clocks)
    names = names_of(listed)
    return [_shown(clock, names[clock.pk], now) for clock in listed]


def of_subjects(kind: str, ids: Iterable[int], now: dt.datetime) -> dict[int, list[Shown]]:
    """Id of a subject → its clocks, the one that is due first in front."""
    rows = Clock.objects.filter(subject_kind=kind, subject_id__in=list(ids), void_at=None)
    by_subject: dict[int, list[Shown]] = {}
    for each in shown(rows.order_by("due_at", "pk"), now):
        by_subject.setdefault(each.clock.subject_id, []).append(each)
    return by_subject


def in_state(clocks: QuerySet[Clock], state: str, now: dt.datetime) -> QuerySet[Clock]:
    """Clocks that stand so: running (missed ones among them), missed, paused, met."""
    by_due = F("due_at").asc(nulls_last=True)
    if state == "met":
        return clocks.filter(met_at__isnull=False).order_by("-met_at", "-pk")
    running = clocks.filter(met_at=None)
    if state == "missed":
        running = running.filter(due_at__lt=now)
    elif state == "paused":
        running = running.filter(due_at=None)
    return running.order_by(by_due, "pk")


def title_of(title: Mapping[str, str]) -> str:
    """A title in the language of the moment."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return title.get(language, "")


def state_code(clock: Clock, now: dt.datetime) -> str:
    """How it stands: running, paused, missed, met, late or void (its start was taken back)."""
    if clock.void_at is not None:
        return "void"
    if clock.met_at is not None:
        is_late = clock.due_at is not None and clock.met_at > clock.due_at
        return "late" if is_late else "met"
    if clock.due_at is None:
        return "paused"
    return "missed" if now > clock.due_at else "running"


def _shown(clock: Clock, name: str, now: dt.datetime) -> Shown:
    """One clock as it stands now, with the colour of its state."""
    code = state_code(clock, now)

    words = {
        "running": (_("running"), "info"),
        "paused": (_("paused by a hold"), "neutral"),
        "missed": (_("too late"), "bad"),
        "met": (_("in time"), "good"),
        "late": (_("late"), "bad"),
        "void": (_("taken back"), "neutral"),
    }
    state, tone = words[code]
    return Shown(clock, name, title_of(clock.title) or clock.kind, code, state, tone)
