"""The outbox has an address at which an addressee says that a message arrived."""

from huikuan.web.room import Room

ROOM = Room(addresses="outbox/")
