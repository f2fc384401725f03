"""Contacts that are agreed for a day, with their minute: what a debtor was told, and a next try."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from huikuan.casebook.statements import named
from huikuan.people.models import User

#: What stands of a case: what was agreed last, unless there was a call or a visit after it.
_NEWEST = """
    SELECT r.next_contact_on, r.next_contact_minute FROM casebook_contactrecord r
    WHERE r.case_id = {case} AND (r.channel IN ('call', 'visit') OR r.next_contact_on IS NOT NULL)
    ORDER BY r.at DESC, r.id DESC LIMIT 1
"""
_MINUTES = f"""
SELECT wanted.case_id, newest.next_contact_minute
FROM unnest(%s::bigint[]) AS wanted(case_id)
CROSS JOIN LATERAL ({_NEWEST.format(case="wanted.case_id")}) newest
WHERE newest.next_contact_on = %s AND newest.next_contact_minute IS NOT NULL
"""
#: Found from the few cases that somebody holds.
_OF_HOLDER = f"""
SELECT k.number, p.name, p.kind, newest.next_contact_minute AS minute
FROM casebook_casesummary f
JOIN casebook_case k ON k.id = f.case_id
JOIN casebook_person p ON p.id = k.person_id
CROSS JOIN LATERAL ({_NEWEST.format(case="f.case_id")}) newest
WHERE f.organisation_id = %s AND f.assignee_id = %s AND f.is_open AND f.next_contact_on = %s
    AND newest.next_contact_on = %s AND newest.next_contact_minute IS NOT NULL
ORDER BY newest.next_contact_minute, k.number
"""


@dataclass(frozen=True)
class Agreed:
    """A case that is to be contacted at a minute of the day, where the debtor is."""

    number: str
    name: str
    kind: str
    minute: int


def agreed_minutes(cases: Sequence[int], on: dt.date) -> dict[int, int]:
    """Case → the minute for which its next contact is agreed on the day and not made yet."""
    with connection.cursor() as cursor:
        cursor.execute(_MINUTES, [list(cases), on])
        return dict(cursor.fetchall())


def agreed_of(user: User, on: dt.date) -> list[Agreed]:
    """What is agreed for the day in the cases that the user holds, and not done yet, by its hour.

    It stands whether or not a step of the procedure asks for the contact.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OF_HOLDER, [user.organisation_id, user.pk, on, on])
        return [Agreed(**row) for row in named(cursor)]
