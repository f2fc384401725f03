"""What the history of a case says of money: payments, what took them back, corrections."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.casebook.models import Charge, Correction
from huikuan.casebook.payment_words import reference_words
from huikuan.lib.money import format_minor
from huikuan.web.room import Happening, Row, Shown

_PAYMENTS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('amount', x.amount_minor, 'currency', x.currency,
        'text', x.reference) AS what
FROM casebook_payment x
"""
_REVERSALS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('amount', y.amount_minor, 'currency', y.currency, 'text', x.reason) AS what
FROM casebook_reversal x
JOIN casebook_payment y ON y.id = x.payment_id
"""
_CORRECTIONS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('amount', g.amount_minor, 'currency', g.currency, 'text', x.reason,
        'kind', x.kind, 'of', g.kind, 'item', i.number, 'reference', x.reference) AS what
FROM casebook_correction x
JOIN casebook_charge g ON g.id = x.charge_id
JOIN casebook_item i ON i.id = g.item_id
"""


def _amount(what: Row) -> str:
    return format_minor(what["amount"], what["currency"], get_language() or "zh-hans")


def _payment(what: Row) -> Shown:
    title = _("Payment {amount}").format(amount=_amount(what))
    return Shown(title, text=reference_words(what["text"]), icon="cash", tone="good")


def _reversal(what: Row) -> Shown:
    title = _("Payment reversed {amount}").format(amount=_amount(what))
    return Shown(title, text=what["text"], icon="arrow-back-up", tone="bad")


def _correction(what: Row) -> Shown:
    """A credit note, waiver, correcting charge, or what takes one back: more or less is owed."""
    title = _("{kind} {amount} ({of}, item {item})").format(
        kind=Correction.Kind(what["kind"]).label,
        amount=_amount(what),
        of=Charge.Kind(what["of"]).label,
        item=what["item"],
    )
    tone = "warn" if what["amount"] > 0 else "info"

    return Shown(
        title,
        text="\n".join((what["text"], what["reference"])),
        icon="receipt-refund",
        tone=tone,
    )


#: What a client reads of money that moved.
_MONEY = ("amount", "currency", "text")
HAPPENINGS = (
    Happening(kind="payment", rows=_PAYMENTS, shown=_payment, for_client=_MONEY),
    Happening(kind="reversal", rows=_REVERSALS, shown=_reversal, for_client=_MONEY),
    Happening(
        kind="correction",
        rows=_CORRECTIONS,
        shown=_correction,
        for_client=(*_MONEY, "kind", "of", "item", "reference"),
    ),
)
