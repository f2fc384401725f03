"""Takes one mail into the book: to its message, or to those that wait for a person."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from huikuan.casebook import facts, journal, sealed
from huikuan.casebook.about import About
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import (
    Act,
    Case,
    ContactPoint,
    Document,
    Mailbox,
    MailboxMessage,
    Notice,
    OutboxEvent,
    OutboxMessage,
    PointStatus,
)
from huikuan.documents.store import NewDocument, is_plain_name, store
from huikuan.lib import emails, masks
from huikuan.lib.sentences import Refusal
from huikuan.outbox import state
from huikuan.outbox.access import ask_right, visible_messages
from huikuan.outbox.arrived import not_arrived
from huikuan.outbox.incoming import Incoming, read_mail
from huikuan.outbox.sentences import problem
from huikuan.people.models import Organisation, User
from huikuan.people.service import service_user_of

Kind = MailboxMessage.Kind
_Status = PointStatus.Status
MEDIA_TYPE = "message/rfc822"
DOCUMENT_KIND = "mail"
#: A report that names no id of ours is proposed for the last mail to its receiver in this time.
LATELY = dt.timedelta(days=5)
_EVENT_OF = {
    Kind.BOUNCE: OutboxEvent.Kind.BOUNCED,
    Kind.DELAY: OutboxEvent.Kind.DELAYED,
    Kind.RECEIPT: OutboxEvent.Kind.DELIVERED,
    Kind.ANSWER: OutboxEvent.Kind.ANSWERED,
    Kind.AUTO_ANSWER: OutboxEvent.Kind.AUTO_ANSWERED,
}


class InMailbox(Protocol):
    """Where a mail lies and when it came."""

    @property
    def uid_validity(self) -> int: ...
    @property
    def uid(self) -> int: ...
    @property
    def received_at(self) -> dt.datetime: ...


@transaction.atomic
def take(mailbox: Mailbox, raw: bytes, *, mail: InMailbox, at: dt.datetime) -> str | None:
    """Writes the mail and how far the mailbox is read, both or neither. Its kind; None: known."""
    # Two readers at once: the second waits here and then sees that the number is past.
    row = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if row.uid_validity == mail.uid_validity and mail.uid <= row.last_uid:
        return None
    row.uid_validity = mail.uid_validity
    row.last_uid = mail.uid
    row.save(update_fields=["uid_validity", "last_uid"])

    incoming = read_mail(raw)
    if MailboxMessage.objects.filter(mailbox=row, message_key__in=_keys(incoming)).exists():
        return None

    message = _message_of(incoming)
    entry = MailboxMessage(
        mailbox=row,
        uid_validity=mail.uid_validity,
        uid=mail.uid,
        message_key=incoming.key,
        kind=incoming.kind,
        sender_masked=_masked(incoming.sender),
        received_at=mail.received_at,
    )
    if message is None:
        _let_wait(entry, incoming, raw)
    else:
        actor = service_user_of(message.organisation)
        act = journal.begin(actor, "outbox.read", at=at)
        _give_to(entry, message, incoming, raw, act=act, at=at)
    return incoming.kind


def _keys(incoming: Incoming) -> list[str]:
    """Under which the mail may stand already; rows of an older version have its id alone.

    Nothing is taken under an id alone any more, so no new mail can stand in the way of another.
    """
    return [incoming.key, incoming.key.partition(" ")[0]]


def waiting_mails(actor: User) -> QuerySet[MailboxMessage]:
    """Mails that wait for a person, as far as they are the business of the actor.

    What may be about a message of a case is shown to whoever sees the case. A mail by somebody whom
    nobody has written to may be anything: whoever sees the whole house looks at it, no agency that
    works on the same installation.
    """
    waiting = MailboxMessage.objects.filter(raw_sealed__isnull=False)
    own = Q(organisation=actor.organisation)
    if actor.sees_house:
        if actor.organisation and actor.organisation.kind == Organisation.Kind.HOUSE:
            own |= Q(organisation=None)
        return waiting.filter(own)
    return waiting.filter(own, candidate__case__in=visible_cases(actor).values("pk"))


@transaction.atomic
def match(
    mail_id: int, message_id: int, *, actor: User, at: dt.datetime, reason: str
) -> MailboxMessage:
    """A person says to which message a waiting mail belongs.

    Raises Refusal: mailbox.unknown, outbox.unknown, outbox.reason, outbox.right.
    """
    entry = _waiting_entry(mail_id, actor, reason)
    message = visible_messages(actor).select_related("organisation").filter(pk=message_id).first()
    if message is None:
        raise Refusal(problem("outbox.unknown", message=message_id))

    raw = sealed.unseal_bytes(bytes(entry.raw_sealed or b""))
    incoming = read_mail(raw)
    act = journal.begin(actor, "outbox.match", at=at, reason=reason.strip())
    # Whoever reads it says that it answers: a mail that names no id of ours has no other kind.
    if entry.kind == Kind.OTHER:
        entry.kind = Kind.ANSWER
    _give_to(entry, message, incoming, raw, act=act, at=at)
    return entry


@transaction.atomic
def set_aside(mail_id: int, *, actor: User, at: dt.datetime, reason: str) -> MailboxMessage:
    """A person says that a waiting mail belongs to nothing here; its text is not kept.

    Raises Refusal: mailbox.unknown, outbox.reason, outbox.right.
    """
    entry = _waiting_entry(mail_id, actor, reason)
    entry.act = journal.begin(actor, "outbox.set_aside", at=at, reason=reason.strip())
    entry.set_aside_at = at
    entry.raw_sealed = None
    entry.save()
    return entry


def _waiting_entry(mail_id: int, actor: User, reason: str) -> MailboxMessage:
    """A mail that waits and that the actor may decide about."""
    ask_right(actor)
    entry = waiting_mails(actor).select_for_update().filter(pk=mail_id).first()
    if entry is None:
        raise Refusal(problem("mailbox.unknown", mail=mail_id))
    if not reason.strip():
        raise Refusal(problem("outbox.reason"))
    return entry


def _message_of(incoming: Incoming) -> OutboxMessage | None:
    """The message by our id in the mail, and by nothing else: an address is known to many.

    Of an answer that names several the last counts. A report that names several says of none
    which it is about: it waits for a person.
    """
    messages = OutboxMessage.objects.select_related("organisation")
    named = list(messages.filter(far_id__in=incoming.ids).order_by("-posted_at", "-pk")[:2])
    if incoming.report is not None and len(named) > 1:
        return None
    return next(iter(named), None)


def _let_wait(entry: MailboxMessage, incoming: Incoming, raw: bytes) -> None:
    """Keeps the mail for a person, with the message that it may be about; nothing follows yet."""
    entry.candidate = _candidate(incoming, entry.received_at)
    if entry.candidate is not None:
        entry.organisation_id = entry.candidate.organisation_id
    entry.raw_sealed = sealed.seal_bytes(raw)
    entry.save()


def _candidate(incoming: Incoming, received_at: dt.datetime) -> OutboxMessage | None:
    """Of a report the last message of late to whom it names; of another mail the last to its
    sender.
    """
    messages = OutboxMessage.objects.order_by("-posted_at", "-pk")
    if incoming.report is None:
        return messages.filter(target_index=sealed.index("email", incoming.sender)).first()

    by_id = messages.filter(far_id__in=incoming.ids).first()
    if by_id is not None:
        return by_id
    indexes = [sealed.index("email", receiver) for receiver in incoming.report.receivers]
    lately = messages.filter(
        target_index__in=indexes,
        posted_at__lte=received_at,
        posted_at__gte=received_at - LATELY,
        sent_at__isnull=False,
    )
    return lately.first()


def _give_to(
    entry: MailboxMessage,
    message: OutboxMessage,
    incoming: Incoming,
    raw: bytes,
    *,
    act: Act,
    at: dt.datetime,
) -> None:
    """The mail becomes a document of the message's subject, and an event of the message."""
    entry.message = message
    entry.organisation_id = message.organisation_id
    entry.raw_sealed = None
    entry.act = act
    on = _local_day(message, entry)
    entry.document = _keep(message, incoming, raw, act=act, at=at, on=on)
    entry.save()

    event = _EVENT_OF.get(Kind(entry.kind), OutboxEvent.Kind.ANSWERED)
    report = incoming.report
    if entry.kind == Kind.BOUNCE and _is_of_receiver(message, incoming):
        _address_is_dead(message, act=act, at=at, on=on)
        not_arrived(message, at)
    if report is None:
        state.report(message.pk, event, at, mail=entry)
    else:
        state.report(message.pk, event, at, mail=entry, code=report.code, detail=report.detail)
    if entry.kind == Kind.ANSWER:
        _tell_answered(message, at)


def _tell_answered(message: OutboxMessage, at: dt.datetime) -> None:
    """Who holds the case hears of the answer; where nobody does, whoever wrote the mail."""
    if message.case_id is None:
        return
    cases = Case.objects.filter(pk=message.case_id)
    number, assignee = cases.values_list("number", "summary__assignee_id").get()
    holder = assignee or message.act.actor_id
    params = {"case": number, "message": message.pk}
    Notice.objects.create(user_id=holder, kind=Notice.Kind.ANSWERED, params=params, at=at)


def _keep(
    message: OutboxMessage,
    incoming: Incoming,
    raw: bytes,
    *,
    act: Act,
    at: dt.datetime,
    on: dt.date,
) -> Document:
    """The mail as it came, on the subject of the message that it belongs to."""
    subject = About(
        message.subject_kind,
        message.subject_id,
        message.organisation_id,
        message.creditor_id,
        message.case_id,
    )
    new = NewDocument(DOCUMENT_KIND, _file_name(incoming), raw, MEDIA_TYPE)
    return store(new, subject=subject, act=act, on=on, at=at)


def _local_day(message: OutboxMessage, entry: MailboxMessage) -> dt.date:
    """The day on which the mail came, where the house is."""
    zone = ZoneInfo(message.organisation.timezone)
    return entry.received_at.astimezone(zone).date()


def _is_of_receiver(message: OutboxMessage, incoming: Incoming) -> bool:
    """Whether a bounce speaks of whom the mail went to; one of a copy says nothing of that."""
    report = incoming.report
    if report is None or message.target_index is None:
        return False
    named = {sealed.index("email", receiver) for receiver in report.receivers}
    return not named or bytes(message.target_index) in named


def _address_is_dead(message: OutboxMessage, *, act: Act, at: dt.datetime, on: dt.date) -> None:
    """A mail came back for good: the procedure sees that the address cannot be used."""
    case = message.case
    if case is None:
        return

    assert message.target_index is not None  # `_is_of_receiver` was asked before
    points = ContactPoint.objects.filter(
        person_id=case.person_id,
        kind=ContactPoint.Kind.EMAIL,
        value_index=bytes(message.target_index),
    )
    row = journal.columns(case, act, on=on, at=at) | {"case": case}
    dead = [PointStatus(**row, point=point, status=_Status.INVALID) for point in points]
    if not dead:
        return
    PointStatus.objects.bulk_create(dead)
    of_the_debtor = Case.objects.filter(person_id=case.person_id).values_list("pk", flat=True)
    facts.refresh(of_the_debtor, wrote={"casebook_pointstatus"})


def _file_name(incoming: Incoming) -> str:
    name = f"{incoming.subject.strip()[:200]}.eml"
    return name if incoming.subject.strip() and is_plain_name(name) else "mail.eml"


def _masked(sender: str) -> str:
    return masks.email(sender)[:200] if emails.canonical(sender) else ""
