"""A contact took place without the approval that it wanted: those who would have decided are told.

It is kept, because it is true and the limits must count it; it is no act of its step.
"""

from __future__ import annotations

from collections.abc import Iterable

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import ContactRecord, Notice
from huikuan.engine.playbook import Step
from huikuan.people.models import User
from huikuan.people.rights import Right


def tell(contact: ContactRecord, steps: Iterable[Step]) -> None:
    """A notice to all at a station of these steps who see the case, the recorder left out."""
    stations = [station for step in steps if step.chain for station in step.chain.by]
    wanted_roles = {station.role for station in stations if station.role}
    wanted_rights = {Right(station.right) for station in stations if station.right}

    colleagues = User.objects.with_roles().filter(
        organisation_id=contact.organisation_id, is_active=True
    )
    told = []
    for user in colleagues.exclude(pk=contact.act.actor_id).order_by("pk"):
        has_role = bool(wanted_roles & set(user.role_codes))
        has_right = any(user.may(right) for right in wanted_rights)
        if (has_role or has_right) and _sees(user, contact):
            told.append(user)

    params = {"case": contact.case.number, "contact": contact.pk, "channel": contact.channel}
    Notice.objects.bulk_create(
        Notice(user=user, kind=Notice.Kind.UNAPPROVED, params=params, at=contact.recorded_at)
        for user in told
    )


def _sees(user: User, contact: ContactRecord) -> bool:
    return visible_cases(user).filter(pk=contact.case_id).exists()
