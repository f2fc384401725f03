"""A channel that is a mailbox: the files are attached to mails of one sender."""

from __future__ import annotations

import datetime as dt
import email.policy
import logging
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, cast

from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from huikuan.casebook import sealed
from huikuan.casebook.models import Channel
from huikuan.channels.seen import Listing, Seen, Unreachable
from huikuan.channels.vouched import is_vouched
from huikuan.lib import emails
from huikuan.outbox.mailbox import ImapServer, signed_in

log = logging.getLogger("huikuan.channels")
PORTS = {"ssl": 993, "starttls": 143, "none": 143}
#: At the first look mails of so many days are looked at.
DAYS = 14
#: Between the numbers of mailbox, mail and attachment.
_BETWEEN = "-"


class MailReader:
    """Reads the mails of the channel's sender. No mail is marked as seen, moved or deleted."""

    def listed(self, channel: Channel) -> Listing:
        """The attachments that have come since the last look. A mail that is there is there whole.

        Each mail is read once, however long nobody looked.
        """
        try:
            with signed_in(_server(channel)) as client:
                opened = client.select_folder(_folder(channel), readonly=True)
                validity = int(opened[b"UIDVALIDITY"])
                uids = _new_mails(client, channel, validity)
                files = list(_all_seen(client, channel, validity, uids))
        except (IMAPClientError, OSError) as error:
            raise _unreachable(error) from None

        read_to = channel.read_to
        if uids:
            read_to = _mail_key(validity, max(uids))
        return Listing(files, read_to)

    def copy(self, channel: Channel, key: str, target: Path) -> None:
        """Writes the attachment."""
        validity, uid, place = (int(part) for part in key.split(_BETWEEN))
        try:
            with signed_in(_server(channel)) as client:
                opened = client.select_folder(_folder(channel), readonly=True)
                if int(opened[b"UIDVALIDITY"]) != validity:
                    raise Unreachable("channel.numbered_anew")
                attached = list(attachments(_mail(client, uid)))
        except (IMAPClientError, OSError) as error:
            raise _unreachable(error) from None

        if place >= len(attached):
            raise Unreachable("channel.gone")
        target.write_bytes(_content(attached[place]))


def _new_mails(client: IMAPClient, channel: Channel, validity: int) -> list[int]:
    """Numbers of the sender's mails that nobody has looked at yet."""
    before, _between, last = channel.read_to.partition(_BETWEEN)
    if before == str(validity):
        # A server gives the last mail for a range that begins after it.
        found = client.search(["UID", f"{int(last) + 1}:*", "FROM", channel.sender])
        return sorted(uid for uid in found if uid > int(last))

    since = timezone.now() - dt.timedelta(days=DAYS)
    if channel.looked_at is not None:
        # Numbered anew, or never read to an end: as far back as nobody looked, and a day.
        since = min(since, channel.looked_at - dt.timedelta(days=1))
    return sorted(client.search(["SINCE", since.date(), "FROM", channel.sender]))


def _server(channel: Channel) -> ImapServer:
    password = sealed.unseal(channel.secret) if channel.secret else ""
    port = channel.port or PORTS[channel.security]
    return ImapServer(
        channel.address, port, channel.security, channel.user, password, _folder(channel)
    )


def _folder(channel: Channel) -> str:
    return channel.folder or "INBOX"


def _mail_key(validity: int, uid: int) -> str:
    return f"{validity}{_BETWEEN}{uid}"


def _unreachable(error: Exception) -> Unreachable:
    """What the network or the server says, in our words where it is the usual."""
    if isinstance(error, ConnectionError):
        return Unreachable("channel.refuses_connections")
    if isinstance(error, socket.gaierror):
        return Unreachable("channel.no_such_server")
    if isinstance(error, TimeoutError):
        return Unreachable("channel.silent")
    if isinstance(error, LoginError):
        return Unreachable("channel.refused")
    return Unreachable("channel.unreachable", _reason(error))


def _reason(error: Exception) -> str:
    return emails.mask_all(str(error) or type(error).__name__)[:200]


def _all_seen(
    client: IMAPClient, channel: Channel, validity: int, uids: list[int]
) -> Iterator[Seen]:
    """Each attachment of these mails. A mail that cannot be read is one file that says so."""
    for uid in uids:
        found: Any = client.fetch([uid], ["INTERNALDATE"]).get(uid)
        if found is None:
            continue

        came = found[b"INTERNALDATE"]
        message = _mail(client, uid)
        try:
            yield from _seen_in(message, channel, _mail_key(validity, uid), came)
        except Exception:
            # Whatever a stranger wrote into its head: the mails after it are read.
            log.exception("mail %s of channel %s", uid, channel.pk)
            key = f"{_mail_key(validity, uid)}{_BETWEEN}0"
            yield Seen(key, f"mail-{uid}", 0, came, is_whole=True, error="file.mail")


def _seen_in(
    message: EmailMessage, channel: Channel, mail_key: str, came: dt.datetime
) -> list[Seen]:
    """The attachments of a mail, where it is one of the channel's sender."""
    # The search of a server finds parts of an address too; the sender is compared whole.
    if _sender(message) != channel.sender.lower():
        return []

    error = ""
    if channel.vouched_by and not is_vouched(message, channel.vouched_by, channel.sender):
        error = "file.not_vouched"
    seen = []
    for place, part in enumerate(attachments(message)):
        key = f"{mail_key}{_BETWEEN}{place}"
        name = part.get_filename() or ""
        size = len(_content(part))
        seen.append(Seen(key, name, size, came, is_whole=True, error=error))
    return seen


def _sender(message: EmailMessage) -> str:
    """The one address that the mail comes from; empty where it names none or several."""
    heads: list[Any] = message.get_all("From", [])
    if len(heads) != 1:
        return ""
    groups = heads[0].groups
    if len(groups) != 1 or groups[0].display_name is not None:
        # A list under a name: who wrote the mail is not said.
        return ""
    addresses = groups[0].addresses
    return addresses[0].addr_spec.lower() if len(addresses) == 1 else ""


def _mail(client: IMAPClient, uid: int) -> EmailMessage:
    found: Any = client.fetch([uid], ["BODY.PEEK[]"]).get(uid)
    raw = b"" if found is None else found[b"BODY[]"]
    return BytesParser(_class=EmailMessage, policy=email.policy.default).parsebytes(raw)


def attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    """Every part of the mail that has a name: wherever it hangs, or the mail itself.

    What is in a mail that is attached has another sender. A picture in the text, such as a logo,
    is no file.
    """
    if message.get_content_maintype() == "multipart":
        for part in message.iter_parts():
            yield from attachments(cast(EmailMessage, part))
        return
    if message.get_content_type() == "message/rfc822" or _is_picture_of_text(message):
        return
    if message.get_filename():
        yield message


def _is_picture_of_text(part: EmailMessage) -> bool:
    is_shown = "Content-ID" in part or part.get_content_disposition() == "inline"
    return part.get_content_maintype() == "image" and is_shown


def _content(part: EmailMessage) -> bytes:
    content: Any = part.get_payload(decode=True)
    return content or b""
