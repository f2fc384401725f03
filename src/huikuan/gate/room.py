"""The gate answers from a case what may be done now."""

from huikuan.web.room import Room

ROOM = Room(addresses="gate/")
