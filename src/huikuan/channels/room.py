"""Channels: where the files of clients come in, what lies there, and what is wrong with one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import ChannelFile
from huikuan.channels.access import visible_channels
from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Room


def _waiting(user: Any) -> Sequence[QuerySet[Any]] | None:
    """Files to be fetched and channels that are not reached, for whoever fetches; nobody else pays
    for the question.
    """
    if not user.may(Right.IMPORT):
        return None

    watched = visible_channels(user).filter(ended=None)
    arrived = ChannelFile.State.ARRIVED
    files = ChannelFile.objects.filter(channel__organisation_id=user.organisation_id, state=arrived)
    return files, watched.exclude(error="")


ROOM = Room(
    addresses="channels/",
    entries=(
        Entry(
            _("Channels"),
            "channels:list",
            (Right.SEE_IMPORTS,),
            icon="inbox",
            group=_("Intake"),
            count=_waiting,
            order=215,
        ),
    ),
)
