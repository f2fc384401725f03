"""Words and colours of a statement's states, and how a customer is called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models import Case

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
