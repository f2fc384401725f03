"""What left and wants attention, mails that wait for a person, and the door of acknowledgements."""

from django.utils.translation import gettext_lazy as _

from huikuan.people.rights import Right
from huikuan.web.navigation import Entry
from huikuan.web.room import Room

ROOM = Room(
    addresses="outbox/",
    entries=(
        Entry(
            _("Outbox"),
            "outbox:box",
            (Right.RECORD_CONTACTS,),
            key="v",
            icon="mail",
            prefix="/outbox/",
            order=85,
        ),
    ),
)
