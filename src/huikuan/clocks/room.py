"""Clocks: the list of deadlines, and the deadlines of a case and what was missed in its history."""

from django.utils.translation import gettext_lazy as _

from huikuan.web.navigation import Entry
from huikuan.web.room import Room

ROOM = Room(
    addresses="clocks/",
    entries=(
        Entry(_("Deadlines"), "clocks:list", key="k", icon="clock", prefix="/clocks/", order=55),
    ),
)
