"""The causes of complaint points: data of the procedure in force in the house."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import packs
from huikuan.casebook.models import PackVersion
from huikuan.complaints.procedure import version_in_force
from huikuan.engine.lists import Entry
from huikuan.people.models import Organisation

#: Id of the list in a pack.
CAUSES = "complaint_causes"


def causes_of(house: Organisation, on: dt.date) -> tuple[Entry, ...]:
    """The causes that a point may have on this day; none where no procedure has any.

    A version from before causes were data has no list: then a newer one of the same procedure that
    is loaded, although it is not in force yet, has its words. So a house that has not activated it
    still accepts complaints.
    """
    version = version_in_force(house, on)
    if version is None:
        return ()
    newer = PackVersion.objects.filter(pack=version.pack, pk__gt=version.pk).order_by("pk")
    for each in (version, *newer):
        found = packs.playbook_of(each).lists.get(CAUSES)
        if found is not None:
            return found.entries
    return ()


def cause_named(code: str, house: Organisation, on: dt.date) -> Entry | None:
    """The cause of this code."""
    return next((entry for entry in causes_of(house, on) if entry.code == code), None)
