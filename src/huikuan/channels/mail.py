"""A channel that is a mailbox: the files are attached to mails of one sender."""

from __future__ import annotations

import datetime as dt
import email.policy
from collections.abc import Collection, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from huikuan.casebook import sealed
from huikuan.casebook.models import Channel
from huikuan.channels.seen import Seen, Unreachable
from huikuan.lib import emails
from huikuan.outbox.mailbox import ImapServer, signed_in

PORTS = {"ssl": 993, "starttls": 143, "none": 143}
#: Mails of so many days are looked at; an older one was seen on its day.
DAYS = 14
#: Between the numbers of mailbox, mail and attachment.
_BETWEEN = "-"


class MailReader:
    """Reads the mails of the channel's sender. No mail is marked as seen, moved or deleted."""

    def listed(self, channel: Channel, known: Collection[str]) -> list[Seen]:
        """The attachments of late that are not known. A mail that is there is there whole."""
        since = (timezone.now() - dt.timedelta(days=DAYS)).date()

        try:
            with signed_in(_server(channel)) as client:
                opened = client.select_folder(_folder(channel), readonly=True)
                uids = client.search(["SINCE", since, "FROM", channel.sender])
                validity = int(opened[b"UIDVALIDITY"])
                read = {key.rpartition(_BETWEEN)[0] for key in known}
                new = [uid for uid in uids if _mail_key(validity, uid) not in read]
                return list(_all_seen(client, channel, validity, new))
        except (IMAPClientError, OSError) as error:
            raise Unreachable("channel.unreachable", _reason(error)) from None

    def copy(self, channel: Channel, key: str, target: Path) -> None:
        """Writes the attachment."""
        validity, uid, place = (int(part) for part in key.split(_BETWEEN))
        try:
            with signed_in(_server(channel)) as client:
                opened = client.select_folder(_folder(channel), readonly=True)
                if int(opened[b"UIDVALIDITY"]) != validity:
                    raise Unreachable("channel.numbered_anew")
                attached = list(_attachments(_mail(client, uid)))
        except (IMAPClientError, OSError) as error:
            raise Unreachable("channel.unreachable", _reason(error)) from None

        if place >= len(attached):
            raise Unreachable("channel.gone")
        target.write_bytes(_content(attached[place]))


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


def _reason(error: Exception) -> str:
    return emails.mask_all(str(error) or type(error).__name__)[:200]


def _all_seen(
    client: IMAPClient, channel: Channel, validity: int, uids: list[int]
) -> Iterator[Seen]:
    """Each attachment with a name."""
    for uid in sorted(uids):
        found: Any = client.fetch([uid], ["INTERNALDATE"]).get(uid)
        if found is None:
            continue
        message = _mail(client, uid)
        # The search of a server finds parts of an address too; the sender is compared whole.
        sender = parseaddr(str(message.get("From", "")))[1].lower()
        if sender != channel.sender.lower():
            continue
        for place, part in enumerate(_attachments(message)):
            key = f"{_mail_key(validity, uid)}{_BETWEEN}{place}"
            name = part.get_filename() or ""
            size = len(_content(part))
            yield Seen(key, name, size, found[b"INTERNALDATE"], is_whole=True)


def _mail(client: IMAPClient, uid: int) -> EmailMessage:
    found: Any = client.fetch([uid], ["BODY.PEEK[]"]).get(uid)
    raw = b"" if found is None else found[b"BODY[]"]
    return BytesParser(_class=EmailMessage, policy=email.policy.default).parsebytes(raw)


def _attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.iter_attachments():
        if part.get_filename():
            yield part


def _content(part: EmailMessage) -> bytes:
    content: Any = part.get_payload(decode=True)
    return content or b""
