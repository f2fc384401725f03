"""Which reader goes with which kind of channel."""

from __future__ import annotations

from huikuan.casebook.models import Channel
from huikuan.channels.folder import FolderReader
from huikuan.channels.mail import MailReader
from huikuan.channels.seen import Reader


def reader_of(channel: Channel) -> Reader:
    """The reader of the channel's kind."""
    if channel.kind == Channel.Kind.FOLDER:
        return FolderReader()
    if channel.kind == Channel.Kind.MAIL:
        return MailReader()

    # The library takes a fifth of a second to load, and most houses have no such channel.
    from huikuan.channels.sftp import SftpReader

    return SftpReader()
