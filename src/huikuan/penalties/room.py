"""Penalties: proposals, appeals, decisions, and the sheet of a month."""

from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Room

ROOM = Room(
    addresses="penalties/",
    entries=(Entry(_("Penalties"), "penalties:list", (Right.WRITE,), icon="scale", order=59),),
)
