"""The guided call and the form of other contacts open from a case."""

from huikuan.web.room import Room

ROOM = Room(addresses="calls/")
