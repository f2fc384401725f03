"""What left about a subject and what came back, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.casebook.about import About
from huikuan.casebook.models import MailboxMessage, OutboxMessage
from huikuan.people.models import User

Status = OutboxMessage.Status
TONES = {
    Status.WAITING: "info",
    Status.SENDING: "info",
    Status.SENT: "good",
    Status.FAILED: "bad",
    Status.BOUNCED: "bad",
    Status.OUTCOME_UNKNOWN: "warn",
}
#: Mails that a person wants to read; reports of machines say what the state says already.
READ = (MailboxMessage.Kind.ANSWER, MailboxMessage.Kind.AUTO_ANSWER, MailboxMessage.Kind.BOUNCE)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message with what came back to it."""

    message: OutboxMessage
    tone: str
    documents: tuple[str, ...]
    answers: tuple[MailboxMessage, ...]


def posted(about: About, user: User) -> list[Posted]:
    """The messages about a subject that the user sees, the newest first."""
    messages = OutboxMessage.objects.filter(
        subject_kind=about.kind,
        subject_id=about.key,
        organisation_id=user.organisation_id or 0,
    )
    found = messages.prefetch_related("documents", "mails").select_related("act__actor")
    return [_posted(message) for message in found.order_by("-posted_at", "-pk")]


def _posted(message: OutboxMessage) -> Posted:
    documents = tuple(document.name for document in message.documents.all())
    mails = [mail for mail in message.mails.all() if mail.kind in READ]
    answers = tuple(sorted(mails, key=lambda mail: mail.received_at))
    return Posted(message, TONES[Status(message.status)], documents, answers)
