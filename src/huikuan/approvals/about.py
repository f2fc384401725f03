"""What a request of a step is about, so that two of them can be told apart: the invoice and what is
open on it, the month of a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.casebook.labels import labels_of
from huikuan.casebook.models import Approval, ItemSummary
from huikuan.engine.subjects import CASE, ITEM
from huikuan.lib.money import format_minor


@dataclass(frozen=True, slots=True)
class AboutStep:
    """The subject of the step: its kind in the registry, and what people call it.

    `open_minor`: what is open on an item now, in minor units of `currency`; None of other subjects.
    """

    subject: str
    label: str
    open_minor: int | None = None
    currency: str = ""

    @property
    def text(self) -> str:
        """`INV-201, open ¥6,000.00`."""
        if self.open_minor is None:
            return self.label
        amount = format_minor(self.open_minor, self.currency, get_language() or "zh-hans")
        return _("{item}, open {amount}").format(item=self.label, amount=amount)


def about_steps(approvals: Iterable[Approval]) -> dict[int, AboutStep]:
    """Id of a request → what its step is about; left out where that is the case itself, or the
    request is of no step. Two queries for each kind of subject, however many requests.
    """
    of_steps: dict[str, list[Approval]] = {}
    for approval in approvals:
        if approval.task is not None and approval.task.step.subject != CASE.name:
            of_steps.setdefault(approval.task.step.subject, []).append(approval)

    found = {}
    for subject, requests in of_steps.items():
        ids = {request.task.subject_id for request in requests if request.task is not None}
        labels = labels_of(subject, ids)
        amounts = _open_amounts(subject, ids)
        for request in requests:
            found[request.pk] = _about(request, subject, labels, amounts)
    return found


def _about(
    request: Approval, subject: str, labels: Mapping[int, str], amounts: Mapping[int, int]
) -> AboutStep:
    assert request.task is not None  # only requests of steps are asked about
    key = request.task.subject_id
    currency = request.case.currency if request.case else ""
    return AboutStep(subject, labels.get(key, ""), amounts.get(key), currency)


def _open_amounts(subject: str, ids: Collection[int]) -> dict[int, int]:
    """Id of an item → what is open on it, in minor units; nothing of other subjects."""
    if subject != ITEM.name:
        return {}
    rows = ItemSummary.objects.filter(item_id__in=list(ids))
    return dict(rows.values_list("item_id", "open_minor"))
