"""Posts a message: written in the transaction of the act, sent by the worker after its commit.

    message = post_email(
        Email(to="li@example.com", subject="对账单", text="请核对附件。", documents=[statement]),
        purpose="statement", subject=subject, act=act, at=at,
    )

When the act is rolled back, nothing was posted and nothing is sent.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from huikuan.casebook import sealed
from huikuan.casebook.about import About
from huikuan.casebook.models import Act, Document, OutboxAttachment, OutboxEvent, OutboxMessage
from huikuan.lib import emails, masks
from huikuan.lib.sentences import Refusal
from huikuan.outbox import state
from huikuan.outbox.accounts import foreign_account
from huikuan.outbox.payload import is_type, sealed_payload
from huikuan.outbox.sentences import problem

LONGEST_SUBJECT = 200
MEGABYTE = 1_000_000
#: A byte of an attachment takes this many in the mail: base64 with its line breaks.
GROWTH = 1.37
#: `=?utf-8?b?…?=`: how a header holds what is no ASCII.
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=")
#: Domain of a Message-ID while no sender is set; a reserved one, that nobody has.
NO_DOMAIN = "huikuan.invalid"


@dataclass(frozen=True, slots=True)
class Email:
    """A mail in plain text. The sender is the house's; the documents go along in this order."""

    to: str
    subject: str
    text: str
    cc: Sequence[str] = ()
    documents: Sequence[Document] = field(default_factory=tuple)


@transaction.atomic
def post_email(
    email: Email, *, purpose: str, subject: About, act: Act, at: dt.datetime
) -> OutboxMessage:
    """Posts a mail about a subject, not before `at`.

    Raises Refusal: outbox.address, outbox.header (also a line break that would add a header),
    outbox.empty, outbox.large, outbox.document (an attachment of another client or house),
    outbox.account (an account to pay to that is not the creditor's).
    """
    _check_words(email)
    _check_account(email, subject)
    _check_documents(email, subject)
    to = _address(email.to)
    copies = [_address(address) for address in email.cc]

    payload = {"to": to, "cc": copies, "subject": email.subject.strip(), "text": email.text}
    message = OutboxMessage.objects.create(
        **subject.columns(act),
        kind=OutboxMessage.Kind.EMAIL,
        purpose=purpose,
        far_id=f"<{uuid.uuid4()}@{_domain()}>",
        target_masked=", ".join(masks.email(address) for address in [to, *copies])[:200],
        target_index=sealed.index("email", to),
        payload_sealed=sealed_payload(payload),
        posted_at=at,
        next_at=at,
    )
    attachments = [
        OutboxAttachment(message=message, document=document, position=position)
        for position, document in enumerate(email.documents)
    ]
    OutboxAttachment.objects.bulk_create(attachments)
    _posted(message, act, at)
    return message


@transaction.atomic
def post_webhook(
    kind: str,
    data: Mapping[str, Any],
    *,
    subject: About,
    act: Act,
    at: dt.datetime,
    wants_acknowledgement: bool = True,
    replaces: Collection[str] = (),
) -> OutboxMessage:
    """Posts an event such as `erp.lock` to the address that the house has set for this type.

    With `wants_acknowledgement` it is sent again with growing waits, always with the same id, until
    the far side acknowledges it by a signed call or a person does.

    `replaces`: types of events of which only the newest about the subject holds, such as a lock and
    its end. Those that nobody has acknowledged yet leave no more, so that none overtakes this one.

    Raises Refusal: outbox.type.
    """
    if not is_type(kind):
        raise Refusal(problem("outbox.type", type=kind))

    message = OutboxMessage.objects.create(
        **subject.columns(act),
        kind=OutboxMessage.Kind.WEBHOOK,
        purpose=kind,
        far_id=f"msg_{uuid.uuid4().hex}",
        payload_sealed=sealed_payload({"data": dict(data)}),
        posted_at=at,
        next_at=at,
        wants_acknowledgement=wants_acknowledgement,
    )
    _posted(message, act, at)
    if replaces:
        earlier = OutboxMessage.objects.filter(
            subject_kind=message.subject_kind,
            subject_id=message.subject_id,
            kind=OutboxMessage.Kind.WEBHOOK,
            purpose__in=replaces,
            pk__lt=message.pk,
        )
        state.replace(earlier, message, act=act, at=at)
    return message


def _check_account(email: Email, subject: About) -> None:
    found = foreign_account(f"{email.subject}\n{email.text}", subject)
    if found:
        raise Refusal(problem("outbox.account", number=found))


def _posted(message: OutboxMessage, act: Act, at: dt.datetime) -> None:
    OutboxEvent.objects.create(message=message, kind=OutboxEvent.Kind.POSTED, at=at, act=act)
    transaction.on_commit(_wake_worker, robust=True)


def _wake_worker() -> None:
    """Sends at once; if nobody is told now, the watch of each minute finds what is due."""
    from huikuan.outbox.tasks import send_soon  # the tasks import the sending, which imports us

    send_soon()


def _domain() -> str:
    sender: str | None = settings.HUIKUAN.mail_from
    return sender.rpartition("@")[2] if sender else NO_DOMAIN


def _address(text: str) -> str:
    address = emails.canonical(text)
    if address is None or not emails.can_be_mailed(address):
        raise Refusal(problem("outbox.address", address=text.strip()[:100]))
    return address


def _check_words(email: Email) -> None:
    line = email.subject.strip()
    # isprintable refuses every control character and line separator, which could end the header; a
    # word that is encoded already would be read as something else than what stands here.
    is_header = line.isprintable() and not _ENCODED_WORD.search(line)
    if not line or len(line) > LONGEST_SUBJECT or not is_header:
        raise Refusal(problem("outbox.header"))
    if not email.text.strip():
        raise Refusal(problem("outbox.empty"))


def _check_documents(email: Email, subject: About) -> None:
    """Attachments are of the same house and client, and the mail not larger than servers take."""
    size = len(email.text.encode())
    for document in email.documents:
        owner = (document.organisation_id, document.creditor_id)
        if owner != (subject.organisation_id, subject.creditor_id):
            raise Refusal(problem("outbox.document", name=document.name))
        size += document.size

    size_in_mail = size * GROWTH / MEGABYTE
    limit = settings.HUIKUAN.mail_largest_mb
    if size_in_mail > limit:
        raise Refusal(problem("outbox.large", size=round(size_in_mail, 1), limit=limit))
