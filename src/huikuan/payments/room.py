"""Payments: files and queue, requests about money, the record in a case and its history."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Approval, Correction
from huikuan.payments.happened import HAPPENINGS
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


_WORDS = {
    Approval.Kind.PAYMENT: _reference,
    Approval.Kind.REVERSAL: _reference,
    Approval.Kind.CORRECTION: _correction,
}
_REQUESTS = tuple(
    RequestKind(
        kind=kind,
        decides=Right.DECIDE_MONEY,
        decide="payments:decide",
        withdraw="payments:withdraw",
        words=words,
    )
    for kind, words in _WORDS.items()
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
    requests=_REQUESTS,
    happenings=HAPPENINGS,
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
