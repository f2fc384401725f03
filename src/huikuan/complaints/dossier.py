"""What a dossier tells: every row that the book has about a complaint and its case, part by part.

The rows of a part are what is counted, printed and enclosed. A part without rows is listed as
absent, with the reason where there is one. dossier_complaint.py has the parts about the complaint,
dossier_case.py those about its case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import QuerySet

from huikuan.casebook.models import Complaint, ComplaintDossier, ContactRecord
from huikuan.complaints import dossier_case, dossier_complaint
from huikuan.complaints.dossier_part import Part, Reading
from huikuan.complaints.find import visible_complaints
from huikuan.people.models import User

#: What is told when a part has been read: how many of how many.
Progress = Callable[[int, int], None]
#: Every part, in the order of the dossier.
PARTS: tuple[Callable[[Reading], Part], ...] = (
    dossier_complaint.points,
    dossier_complaint.timeline,
    dossier_complaint.proposals,
    dossier_complaint.departments,
    dossier_complaint.deadlines,
    dossier_complaint.breaches,
    dossier_complaint.messages,
    dossier_case.contacts,
    dossier_case.overrides,
    dossier_case.decisions,
    dossier_case.calls,
    dossier_case.letters,
    dossier_case.holds,
    dossier_case.promises,
    dossier_case.payments,
    dossier_case.reveals,
    dossier_case.approvals,
    dossier_case.documents,
)


def parts(reading: Reading, progress: Progress | None = None) -> list[Part]:
    """Every part, in the order of the dossier."""
    told = []
    for place, read in enumerate(PARTS, start=1):
        told.append(read(reading))
        if progress is not None:
            progress(place, len(PARTS))
    return told


def acts_of(complaint: Complaint, at: dt.datetime) -> int:
    """How much there is to tell, of what there may be much, to know whether it takes long."""
    reading = Reading(complaint, at)

    listed = (
        complaint.events,
        ContactRecord.objects.filter(case_id=reading.case_id),
        dossier_case.decisions_of(reading),
        dossier_case.calls_of(reading),
        dossier_case.payments_of(reading),
        dossier_case.reveals_of(reading),
        dossier_complaint.messages_of(reading),
    )

    return sum(rows.count() for rows in listed)


def visible_dossiers(user: User) -> QuerySet[ComplaintDossier]:
    """Dossiers of complaints that the user sees; a client has none: they tell of the house."""
    if user.is_client:
        return ComplaintDossier.objects.none()
    mine = visible_complaints(user).values("pk")
    return ComplaintDossier.objects.filter(complaint__in=mine).select_related("complaint")
