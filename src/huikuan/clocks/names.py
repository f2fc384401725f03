"""How people call what a clock is about: number of a batch or case, month of a statement."""

from __future__ import annotations

from collections.abc import Iterable

from huikuan.casebook.labels import read_labels
from huikuan.casebook.models import Case, Clock
from huikuan.engine.moments import TIMED


def names_of(clocks: Iterable[Clock]) -> dict[int, str]:
    """Id of a clock → name of its subject, with the number of its case before it."""
    listed = list(clocks)
    ids: dict[str, set[int]] = {}
    for clock in listed:
        ids.setdefault(clock.subject_kind, set()).add(clock.subject_id)
    labels = {kind: read_labels(TIMED[kind], keys) for kind, keys in ids.items()}

    below_case = {
        clock.case_id
        for clock in listed
        if clock.subject_kind != "case" and clock.case_id is not None
    }
    numbers = dict(Case.objects.filter(pk__in=below_case).values_list("pk", "number"))
    names = {}
    for clock in listed:
        label = labels[clock.subject_kind].get(clock.subject_id, "")
        number = numbers.get(clock.case_id or 0, "")
        names[clock.pk] = " · ".join(part for part in (number, label) if part)
    return names
