"""What a request is about, so that two of them can be told apart: the invoices of a step or of a
hold and what is open on them, the months of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.casebook.labels import labels_of
from huikuan.casebook.models import Approval, ItemSummary, Task
from huikuan.casebook.together import covered_keys
from huikuan.engine.subjects import CASE, ITEM
from huikuan.lib.money import format_minor


@dataclass(frozen=True, slots=True)
class AboutStep:
    """The subjects of the step: their kind in the registry, and what people call them.

    `open_minor`: what is open on the items now, in minor units of `currency`; None of other
    subjects.
    """

    subject: str
    label: str
    open_minor: int | None = None
    currency: str = ""

    @property
    def text(self) -> str:
        """`INV-201、INV-202, open ¥6,000.00`."""
        if self.open_minor is None:
            return self.label
        amount = format_minor(self.open_minor, self.currency, get_language() or "zh-hans")
        return _("{item}, open {amount}").format(item=self.label, amount=amount)


def about_steps(approvals: Iterable[Approval]) -> dict[int, AboutStep]:
    """Id of a request → what its step or its hold is about; left out where that is the case itself,
    or the request is of neither. Two queries for each kind of subject, however many requests.
    """
    approvals = list(approvals)
    of_steps: dict[str, list[Approval]] = defaultdict(list)
    for approval in approvals:
        if approval.task is not None and approval.task.step.subject != CASE.name:
            of_steps[approval.task.step.subject].append(approval)

    found = _about_holds(approvals)
    for subject, requests in of_steps.items():
        subjects = _subjects_of(requests)
        ids = {one for listed in subjects.values() for one in listed}
        labels = labels_of(subject, ids)
        amounts = _open_amounts(subject, ids)
        for request in requests:
            found[request.pk] = _about(request, subjects[request.pk], subject, labels, amounts)
    return found


def _about_holds(approvals: Iterable[Approval]) -> dict[int, AboutStep]:
    """Id of a request for a hold of one item → that item, where the request says which."""
    item_of = {}
    for approval in approvals:
        if approval.kind == Approval.Kind.HOLD and approval.subject.get("item"):
            item_of[approval.pk] = (approval, int(approval.subject["item"]))
    if not item_of:
        return {}

    ids = {item for _request, item in item_of.values()}
    labels = labels_of(ITEM.name, ids)
    amounts = _open_amounts(ITEM.name, ids)
    return {
        key: _about(request, [item], ITEM.name, labels, amounts)
        for key, (request, item) in item_of.items()
    }


def _subjects_of(requests: Collection[Approval]) -> dict[int, list[int]]:
    """Id of a request → ids of the subjects of all the tasks that it speaks of."""
    keys = {key for request in requests for key in covered_keys(request)}
    subject_of = dict(Task.objects.filter(pk__in=keys).values_list("pk", "subject_id"))

    found = {}
    for request in requests:
        listed = [subject_of[key] for key in covered_keys(request) if key in subject_of]
        found[request.pk] = listed
    return found


def _about(
    request: Approval,
    ids: Collection[int],
    subject: str,
    labels: Mapping[int, str],
    amounts: Mapping[int, int],
) -> AboutStep:
    named = sorted(labels[one] for one in ids if one in labels)
    open_minor = None
    if subject == ITEM.name:
        open_minor = sum(amounts.get(one, 0) for one in ids)
    currency = request.case.currency if request.case else ""
    return AboutStep(subject, "、".join(named), open_minor, currency)


def _open_amounts(subject: str, ids: Collection[int]) -> dict[int, int]:
    """Id of an item → what is open on it, in minor units; nothing of other subjects."""
    if subject != ITEM.name:
        return {}
    rows = ItemSummary.objects.filter(item_id__in=list(ids))
    return dict(rows.values_list("item_id", "open_minor"))
