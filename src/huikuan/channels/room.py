"""Channels: where the files of clients come in, what lies there, and what is wrong with one."""

from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Room

ROOM = Room(
    addresses="channels/",
    entries=(
        Entry(
            _("Channels"),
            "channels:list",
            (Right.SEE_IMPORTS,),
            icon="inbox",
            group=_("Intake"),
            order=215,
        ),
    ),
)
