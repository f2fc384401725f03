"""The intake: placements and their files."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.access import visible_placements
from huikuan.casebook.models import Placement
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Room


def _to_import(user: Any) -> QuerySet[Placement] | None:
    """Batches that arrived and are not in the book, for whoever takes them in."""
    if not user.may(Right.IMPORT):
        return None

    waiting = (Placement.Status.ARRIVED, Placement.Status.RECEIVED)
    return visible_placements(user).filter(status__in=waiting)


ROOM = Room(
    addresses="placements/",
    entries=(
        Entry(
            _("Placements"),
            "intake:placements",
            (Right.SEE_IMPORTS,),
            key="i",
            icon="upload",
            group=_("Intake"),
            count=_to_import,
            order=210,
        ),
    ),
)
