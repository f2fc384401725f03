"""The mail as bytes: sender, receivers, one plain text, the documents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from huikuan.casebook.models import OutboxMessage
from huikuan.documents.media import UNKNOWN
from huikuan.documents.read import content_of
from huikuan.outbox.payload import payload_of

#: Bodies that hold a mail of their own may not be encoded: they go along as plain files.
_NOT_ENCODABLE = ("message", "multipart")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to leave, with its envelope."""

    sender: str
    receivers: tuple[str, ...]
    content: bytes


def letter_of(message: OutboxMessage, at: dt.datetime) -> Letter:
    """The mail of a message, sent at `at`. Raises documents.read.Changed for forged attachments."""
    payload = payload_of(message)
    sender = str(settings.HUIKUAN.mail_from)

    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=message.organisation.name, addr_spec=sender)
    mail["To"] = payload["to"]
    if payload["cc"]:
        mail["Cc"] = ", ".join(payload["cc"])
    if settings.HUIKUAN.mail_reply_to:
        mail["Reply-To"] = settings.HUIKUAN.mail_reply_to
    mail["Subject"] = payload["subject"]
    mail["Message-ID"] = message.far_id
    mail["Date"] = format_datetime(at)
    # base64 passes every server; 8-bit text needs an extension that some lack.
    mail.set_content(payload["text"], charset="utf-8", cte="base64")
    _attach(mail, message)

    receivers = (payload["to"], *payload["cc"])
    return Letter(sender, receivers, mail.as_bytes())


def _attach(mail: EmailMessage, message: OutboxMessage) -> None:
    """The documents in their order, under the names by which they are kept."""
    attachments = message.attachments.select_related("document").order_by("position")
    for attachment in attachments:
        document = attachment.document
        main_type, _slash, sub_type = document.media_type.partition("/")
        if main_type in _NOT_ENCODABLE:
            main_type, _slash, sub_type = UNKNOWN.partition("/")

        mail.add_attachment(
            content_of(document),
            maintype=main_type,
            subtype=sub_type,
            filename=document.name,
        )
