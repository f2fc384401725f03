"""Words of scripts that say who speaks to whom; what is said of the debt, rooms add."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huikuan.casebook.models import Case, ContactPoint
from huikuan.lib import names
from huikuan.people.models import User


def who(case: Case, point: ContactPoint | None, speaker: User) -> dict[str, str]:
    """Variable → text of the two sides; empty where it is not known."""
    person = case.person
    company = ""
    family_name = ""
    if person.kind == person.Kind.COMPANY:
        company = person.name
    else:
        family_name = names.split_surname(person.name)[0]

    contact_person = ""
    if point is not None:
        contact_person = point.holder

    return {
        "debtor_family_name": family_name,
        "debtor_name": person.name,
        "title": {"m": _("Mr"), "f": _("Ms")}.get(person.sex.lower(), _("Mr or Ms")),
        "company": company,
        "contact_person": contact_person,
        "agency_name": case.organisation.name,
        "outward_name": case.organisation.outward_name,
        "on_behalf_of": case.creditor.name,
        "collector": speaker.display_name or speaker.username,
        "collector_number": speaker.username,
        "callback": case.organisation.callback_phone,
        "verify_phone": case.creditor.verify_phone,
        "complaint_phone": _complaints(case),
        "pay_to": pay_to(case),
    }


def pay_to(case: Case) -> str:
    """The account to pay to. Its holder is always the creditor: nobody else may take the money."""
    if not case.creditor.pay_to:
        return ""
    return f"{case.creditor.name} {case.creditor.pay_to}"


def _complaints(case: Case) -> str:
    """The house's number, and the creditor's own: whoever complains may choose."""
    house = case.organisation.complaint_phone
    creditor = case.creditor.complaint_phone
    if house and creditor:
        return _("{house} or {creditor} at {name}").format(
            house=house, creditor=creditor, name=case.creditor.name
        )
    return house or creditor
