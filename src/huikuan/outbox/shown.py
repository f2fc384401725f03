"""A mail as the outbox tells it: for whom, about what, why it is there, and what a decision did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import MailboxMessage, OutboxEvent, OutboxMessage
from huikuan.outbox.payload import payload_of

Status = OutboxMessage.Status
TONES = {Status.WAITING: "warn", Status.OUTCOME_UNKNOWN: "warn"}
#: What rooms send mails for, by the word that they post them with.
PURPOSES = {
    "chase": _("mail to the debtor"),
    "statement": _("statement of account"),
    "lock": _("notice of a lock or its end"),
}
#: Act of a person → what is said of the mail that they decided about, and what follows.
_DECIDED = {
    "retry": _("“{subject}” to {whom} leaves again; what it does counts as done once more."),
    "withdraw": _("“{subject}” to {whom} does not leave; what it was to do is open again."),
    "arrived": _("“{subject}” to {whom} is taken as arrived; what it did stays done."),
    "lost": _("“{subject}” to {whom} is taken as not arrived; what it was to do is open again."),
    "match": _("What {sender} wrote belongs to the mail; what follows from it is done."),
    "set_aside": _("What {sender} wrote is set aside; nothing follows from it."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A mail of the list. `why`: the answer of the server, or the reason that a person gave."""

    message: OutboxMessage
    subject: str
    purpose: str
    why: str

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES.get(Status(self.message.status), "bad")


def told(messages: Sequence[OutboxMessage]) -> list[Told]:
    """The mails as a page lists them."""
    reasons = _reasons(messages)
    rows = []
    for message in messages:
        why = reasons.get(message.pk) or message.error
        rows.append(Told(message, subject_of(message), purpose_of(message), why))
    return rows


def subject_of(message: OutboxMessage) -> str:
    """The subject line, under which whoever sent the mail knows it."""
    return str(payload_of(message).get("subject", ""))


def purpose_of(message: OutboxMessage) -> str:
    """What the mail was sent for, in words."""
    return str(PURPOSES.get(message.purpose, message.purpose))


def decided(act: str, decided_about: OutboxMessage | MailboxMessage) -> str:
    """What a person's decision did: it names the mail and what follows."""
    sentence = str(_DECIDED[act])
    if isinstance(decided_about, MailboxMessage):
        return sentence.format(sender=decided_about.sender_masked)
    whom = decided_about.target_masked
    return sentence.format(subject=subject_of(decided_about), whom=whom)


def _reasons(messages: Iterable[OutboxMessage]) -> dict[int, str]:
    """Message → what the last person who decided about it wrote, where nothing came after."""
    newest: dict[int, OutboxEvent] = {}
    events = OutboxEvent.objects.filter(message__in=[each.pk for each in messages])
    for event in events.order_by("pk"):
        newest[event.message_id] = event
    return {
        key: event.detail
        for key, event in newest.items()
        if event.act_id is not None and event.detail
    }
