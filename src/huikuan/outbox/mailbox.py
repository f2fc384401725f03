"""Reads the house's mailbox for bounces and answers. Nothing in the mailbox is changed or deleted.

Each mail is taken once: the mailbox's own numbers (UIDVALIDITY and UID) say how far it has been
read, and when the server numbers anew the Message-ID tells a mail that is known.
"""

from __future__ import annotations

import datetime as dt
import logging
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from huikuan.casebook.models import Mailbox
from huikuan.lib import emails
from huikuan.outbox.take import take

log = logging.getLogger("huikuan.outbox")
TIMEOUT = 30
#: At the first reading mail of this time is looked at; older mail answers nothing of ours.
FIRST_READ = dt.timedelta(days=30)
#: Mails of one run.
MOST = 500
#: A larger mail is taken by its headers alone: they say what it belongs to.
LARGEST = 24 << 20


class NotReadable(Exception):
    """The mailbox cannot be read now; the text says why."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies in the mailbox."""

    uid_validity: int
    uid: int
    received_at: dt.datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class ImapServer:
    """A mailbox and how it is reached. `security`: ssl, starttls or none."""

    host: str
    port: int
    security: str
    user: str
    password: str
    folder: str = "INBOX"


def is_set() -> bool:
    """Whether a mailbox is named."""
    return bool(settings.HUIKUAN.imap_host)


def mailbox() -> Mailbox:
    """The row of the mailbox that is set."""
    house = settings.HUIKUAN
    name = f"{house.imap_user}@{house.imap_host}/{house.imap_folder}"
    return Mailbox.objects.get_or_create(name=name)[0]


def read_mailbox(clock: Callable[[], dt.datetime]) -> Counter[str]:
    """Takes in what is new: kind → how many.

    Raises NotReadable for a server that is away or refuses us; what was read until then stays.
    """
    row = mailbox()
    kinds: Counter[str] = Counter()
    try:
        for mail in _new_mails(row, clock()):
            kind = take(row, mail.raw, mail=mail, at=clock())
            if kind:
                kinds[kind] += 1
    except (IMAPClientError, OSError) as error:
        reason = emails.mask_all(str(error) or type(error).__name__)[:300]
        Mailbox.objects.filter(pk=row.pk).update(error=reason)
        raise NotReadable(reason) from None

    Mailbox.objects.filter(pk=row.pk).update(error="", read_at=clock())
    if kinds:
        log.info("mailbox: %s", dict(kinds))
    return kinds


def _new_mails(row: Mailbox, at: dt.datetime) -> Iterator[Mail]:
    server = _house_server()
    with signed_in(server) as client:
        # Only to look: no mail is marked as seen, and nobody's own reading is disturbed.
        folder = client.select_folder(server.folder, readonly=True)
        uid_validity = int(folder[b"UIDVALIDITY"])
        for uid in _new_uids(client, row, uid_validity, at)[:MOST]:
            mail = _fetch(client, uid, uid_validity)
            if mail is not None:  # deleted by somebody since the search
                yield mail


def _house_server() -> ImapServer:
    """The mailbox that the settings name."""
    house = settings.HUIKUAN
    return ImapServer(
        str(house.imap_host),
        int(house.imap_port or 0),
        house.imap_security,
        str(house.imap_user),
        house.password_of("imap") or "",
        house.imap_folder,
    )


def signed_in(server: ImapServer) -> IMAPClient:
    """A client that is signed in; it signs out at the end of its block."""
    is_ssl = server.security == "ssl"
    secure = ssl.create_default_context() if is_ssl else None
    client = IMAPClient(server.host, server.port, ssl=is_ssl, ssl_context=secure, timeout=TIMEOUT)
    client.normalise_times = False

    try:
        if server.security == "starttls":
            client.starttls(ssl.create_default_context())
        client.login(server.user, server.password)
    except (IMAPClientError, OSError):
        client.shutdown()
        raise
    return client


def _new_uids(client: IMAPClient, row: Mailbox, uid_validity: int, at: dt.datetime) -> list[int]:
    """Numbers not read yet, in their order. When the server has numbered anew, all of late."""
    if row.uid_validity == uid_validity and row.last_uid:
        # "n:*" gives the last mail also when its number is smaller than n.
        uids = client.search(["UID", f"{row.last_uid + 1}:*"])
        return sorted(uid for uid in uids if uid > row.last_uid)
    return sorted(client.search(["SINCE", (at - FIRST_READ).date()]))


def _fetch(client: IMAPClient, uid: int, uid_validity: int) -> Mail | None:
    found: Any = client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
    if found is None:
        return None

    part = "BODY.PEEK[]" if found[b"RFC822.SIZE"] <= LARGEST else "BODY.PEEK[HEADER]"
    answer: Any = client.fetch([uid], [part]).get(uid)
    if answer is None:
        return None
    raw = answer[part.replace(".PEEK", "").encode()]
    return Mail(uid_validity, uid, found[b"INTERNALDATE"], raw)
