"""Words and colours of a statement's states, and how a customer is called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models import Case, DeliveryLock
from huikuan.outbox.targets import types_with_target

STATES: dict[str, str | Promise] = {
    "none": pgettext_lazy("statement", "not prepared"),
    "submitted": pgettext_lazy("statement", "with the supervisor"),
    "checked": pgettext_lazy("statement", "checked, to be sent"),
    "sent": pgettext_lazy("statement", "sent"),
    "confirmed": pgettext_lazy("statement", "confirmed"),
    "invoice_data": pgettext_lazy("statement", "invoice data handed over"),
    "invoiced": pgettext_lazy("statement", "invoiced"),
}
TONES = {
    "none": "bad",
    "submitted": "warn",
    "checked": "warn",
    "sent": "info",
    "confirmed": "good",
    "invoice_data": "good",
    "invoiced": "neutral",
}


def name_of(case: Case) -> str:
    """The customer by name; a statement is agreed with companies."""
    return case.person.name or case.person.number


def is_told(entered: DeliveryLock) -> bool:
    """Whether the order system hears of the lock: an address is set for its event."""
    return entered.message.purpose in types_with_target(entered.organisation_id)


def entered_in_words(entered: DeliveryLock) -> str:
    """What was entered, and whether the order system will hear of it."""
    text = _("Entered: {what}. The order system hears nothing of it: no address of it is set.")
    if is_told(entered):
        text = _("Entered: {what}. The order system is being told; it has not answered yet.")
    return text.format(what=entered.get_kind_display())
