"""The intake: placements and their files."""

from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Room

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
            order=210,
        ),
    ),
)
