"""How money reached the creditor, for payments entered by hand. Codes are stored with the payment."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SOURCES: dict[str, str | Promise] = {
    "bank": _("bank transfer"),
    "counter": _("bank counter"),
    "corporate": _("corporate account"),
    "wallet": _("payment platform"),
    "deduction": _("automatic debit"),
    "court": _("court enforcement"),
}
#: Sources that no form offers.
OTHERS: dict[str, str | Promise] = {
    "file": _("payment file"),
    "hand": _("by hand"),
    "creditor": _("the creditor's list"),
}


def source_name(code: str) -> str:
    """The source in the reader's language; a code that came with a file stays as it is."""
    return str(SOURCES.get(code) or OTHERS.get(code) or code)
