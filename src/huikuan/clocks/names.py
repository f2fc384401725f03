"""How people call what a clock is about, and its pages: batch, case, month of a statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.casebook.access import visible_placements
from huikuan.casebook.labels import read_labels
from huikuan.casebook.models import Case, Clock
from huikuan.engine.moments import TIMED
from huikuan.people.models import User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a clock is about: what it is a page of, its name, its address."""

    word: str
    name: str
    href: str


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


def pages_of(clock: Clock, user: User) -> list[Page]:
    """The pages of what the clock is about, as far as the user may open them: the case first."""
    pages = []
    if clock.case is not None:
        number = clock.case.number
        pages.append(Page(_("Case"), number, reverse("case", args=[number])))

    if clock.subject_kind == "statement":
        label = read_labels(TIMED["statement"], [clock.subject_id]).get(clock.subject_id, "")
        address = reverse("receivables:statement", args=[clock.subject_id])
        pages.append(Page(_("Statement"), label, address))

    if clock.subject_kind == "look_up":
        address = reverse("look_ups:look_up", args=[clock.subject_id])
        pages.append(Page(_("Look-up"), str(clock.subject_id), address))

    if clock.subject_kind in ("complaint", "complaint_department"):
        label = read_labels(TIMED[clock.subject_kind], [clock.subject_id])[clock.subject_id]
        pages.append(Page(_("Complaint"), label, reverse("complaints:complaint", args=[label])))

    if clock.subject_kind == "placement" and user.may(Right.SEE_IMPORTS):
        placement = visible_placements(user).filter(pk=clock.subject_id).first()
        if placement is not None:
            address = reverse("intake:placement", args=[placement.number])
            pages.append(Page(_("Batch"), placement.number, address))
    return pages
