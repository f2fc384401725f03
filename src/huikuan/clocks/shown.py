"""Clocks as screens, lists and the command show them: title, state in words, moments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.casebook.models import Breach, Clock
from huikuan.clocks.names import names_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One clock. `code`: running, paused, missed, explained, met, late or void; `state` says it in
    words.
    """

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
    explained = _explained(listed)
    return [_shown(clock, names[clock.pk], clock.pk in explained, now) for clock in listed]


def of_subjects(kind: str, ids: Iterable[int], now: dt.datetime) -> dict[int, list[Shown]]:
    """Id of a subject → its clocks, the one that is due first in front."""
    rows = Clock.objects.filter(subject_kind=kind, subject_id__in=list(ids), void_at=None)
    by_subject: dict[int, list[Shown]] = {}
    for each in shown(rows.order_by("due_at", "pk"), now):
        by_subject.setdefault(each.clock.subject_id, []).append(each)
    return by_subject


def in_state(clocks: QuerySet[Clock], state: str, now: dt.datetime) -> QuerySet[Clock]:
    """Clocks that stand so: running (missed ones among them), missed, explained, paused, met.

    `clocks` has also those whose start was taken back: what explained their breach lifted nothing,
    so they are among the missed ones until somebody lifts it.
    """
    by_due = F("due_at").asc(nulls_last=True)
    explained = Exists(_explained_breaches().filter(clock=OuterRef("pk")))
    if state == "explained":
        return clocks.filter(explained).order_by(by_due, "pk")

    counting = Q(void_at=None)
    running = counting & Q(met_at=None)
    met_too_late = counting & Q(met_at__gt=F("due_at"))
    if state == "missed":
        missed = Q(explained) | running & Q(due_at__lt=now) | met_too_late
        return clocks.filter(missed).order_by(by_due, "pk")
    if state == "met":
        met = clocks.filter(counting, ~explained, met_at__isnull=False)
        return met.exclude(met_too_late).order_by("-met_at", "-pk")

    if state == "paused":
        running &= Q(due_at=None)
    return clocks.filter(running).order_by(by_due, "pk")


def title_of(title: Mapping[str, str]) -> str:
    """A title in the language of the moment."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return title.get(language, "")


def _explained_breaches() -> QuerySet[Breach]:
    """Breaches that stand although what is known now does not bear them out."""
    return Breach.objects.filter(lifted_at=None, explained_at__isnull=False)


def _explained(clocks: Iterable[Clock]) -> set[int]:
    """Ids of those with an explained breach, which somebody is to lift."""
    of_clocks = _explained_breaches().filter(clock__in=list(clocks))
    return set(of_clocks.values_list("clock_id", flat=True))


def _state_code(clock: Clock, now: dt.datetime) -> str:
    """How it stands: running, paused, missed, met, late or void (its start was taken back)."""
    if clock.void_at is not None:
        return "void"
    if clock.met_at is not None:
        is_late = clock.due_at is not None and clock.met_at > clock.due_at
        return "late" if is_late else "met"
    if clock.due_at is None:
        return "paused"
    return "missed" if now > clock.due_at else "running"


def _shown(clock: Clock, name: str, is_explained: bool, now: dt.datetime) -> Shown:
    """One clock as it stands now, with the colour of its state."""
    # An explained breach counts as missed until it is lifted, whatever the clock says by itself.
    code = "explained" if is_explained else _state_code(clock, now)

    words = {
        "running": (_("running"), "info"),
        "paused": (_("paused by a hold"), "neutral"),
        "missed": (_("past its end"), "bad"),
        "explained": (_("explained, to be lifted"), "warn"),
        "met": (_("met in time"), "good"),
        "late": (_("met late"), "bad"),
        "void": (_("taken back"), "neutral"),
    }
    state, tone = words[code]
    return Shown(clock, name, title_of(clock.title) or clock.kind, code, state, tone)
