"""The kinds of documents that the house knows by name. A kind is data: others may come."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CONTRACT = "contract"
#: Finance's own mail about the account 盯账邮件.
FINANCE_MAIL = "finance_mail"
OTHER = "other"
#: What a person may put on a case by hand.
FILED = (CONTRACT, FINANCE_MAIL, OTHER)
#: What a person may put on a complaint by hand. A former dossier is none of them.
OF_COMPLAINTS = (
    "complaint_letter",
    "regulator_notice",
    "recording",
    "screenshot",
    "complaint_paper",
)
_TITLES = {
    CONTRACT: _("contract"),
    FINANCE_MAIL: _("finance's mail about the account"),
    OTHER: _("other document"),
    "statement": _("statement of account"),
    "statement_of_account": _("statement of account"),
    "lock_evidence": _("evidence of a delivery lock"),
    "mail": _("mail"),
    "complaint_letter": _("letter of a complainant"),
    "regulator_notice": _("notice of a regulator"),
    "recording": _("recording"),
    "screenshot": _("screenshot"),
    "complaint_paper": _("other document"),
    "dossier_pdf": _("dossier of a complaint"),
    "dossier_folder": _("dossier of a complaint, as a folder"),
}


def title_of(kind: str) -> str:
    """The kind in the reader's language; a kind of others by its own word."""
    return str(_TITLES.get(kind, kind))
