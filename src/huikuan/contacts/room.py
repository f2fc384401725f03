"""The contact core has no pages; the history of a case shows its contacts."""

from huikuan.contacts.happened import CONTACT
from huikuan.web.room import Room

ROOM = Room(happenings=(CONTACT,))
