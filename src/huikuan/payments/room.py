"""Payments: files and queue, requests about money, the record in a case and its history."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Approval, Correction
from huikuan.payments.decide import set_free
from huikuan.payments.happened import HAPPENINGS
from huikuan.payments.step import ChargeSteps
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import CaseLink, RequestKind, Room, Row


def _reference(subject: Row) -> Iterator[str]:
    yield str(subject.get("reference") or "")


def _correction(subject: Row) -> Iterator[str]:
    """Its type, the item and the reference."""
    words = dict(Correction.Kind.choices)
    yield str(words.get(subject.get("type", ""), ""))
    yield subject.get("item_number", "")
    yield subject.get("reference", "")


_PAYMENT = RequestKind(
    kind=Approval.Kind.PAYMENT,
    decides=Right.DECIDE_MONEY,
    decide="payments:decide",
    withdraw="payments:withdraw",
    words=_reference,
    same=("reference",),
    asks=("paid_on", "chosen"),
    other_amount="any",
    set_free=set_free,
)
_REVERSAL = RequestKind(
    kind=Approval.Kind.REVERSAL,
    decides=Right.DECIDE_MONEY,
    decide="payments:decide",
    withdraw="payments:withdraw",
    words=_reference,
    same=("payment",),
    asks=("on",),
)
_CORRECTION = RequestKind(
    kind=Approval.Kind.CORRECTION,
    decides=Right.DECIDE_MONEY,
    decide="payments:decide",
    withdraw="payments:withdraw",
    words=_correction,
    sort="type",
    same=("takes_back", "item", "type", "kind"),
    asks=("basis",),
    other_amount="smaller",
)

ROOM = Room(
    addresses="payments/",
    entries=(
        Entry(
            _("Payments"),
            "payments:files",
            (Right.POST_MONEY, Right.ALLOCATE),
            key="m",
            icon="report-money",
            order=80,
        ),
    ),
    requests=(_PAYMENT, _REVERSAL, _CORRECTION),
    happenings=HAPPENINGS,
    step_recorders=(ChargeSteps(),),
    case_links=(
        CaseLink(
            label=_("Payment record"),
            hint=_("Payment record"),
            url_name="payments:of_case",
            key="p",
            place="money",
            order=10,
        ),
    ),
)
