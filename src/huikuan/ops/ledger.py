"""Whether the stored allocations are what the facts of money demand, and their repair."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook import journal, locks
from huikuan.casebook.models import Payment
from huikuan.casebook.settle import CASES_AT_ONCE, settle, unsettled
from huikuan.ops.service import service_user
from huikuan.people.models import Organisation

#: Cases that a finding names.
NAMED = 5


def faults() -> str:
    """What is wrong in one sentence, or an empty text. Minutes for a large book."""
    found = unsettled(_paying(Payment.objects.all()))
    if not found:
        return ""

    text = _("{n} cases have allocations that their payments and charges contradict, such as {ids}")
    return text.format(n=len(found), ids=", ".join(str(key) for key in found[:NAMED]))


def settle_all() -> None:
    """Settles every case that has payments, in the caller's transaction.

    The facts of these cases are the caller's to make anew.
    """
    at = timezone.now()
    for organisation in Organisation.objects.order_by("pk"):
        cases = _paying(Payment.objects.filter(organisation=organisation))
        if not cases:
            continue

        act = journal.begin(service_user(organisation.code), "ledger.settle", at=at)
        for first in range(0, len(cases), CASES_AT_ONCE):
            some = cases[first : first + CASES_AT_ONCE]
            locks.lock_cases(some)
            settle(some, act=act, at=at)


def _paying(payments: QuerySet[Payment]) -> list[int]:
    return sorted(set(payments.values_list("case_id", flat=True)))
