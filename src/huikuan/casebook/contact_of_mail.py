"""Which contact a mail is."""

from __future__ import annotations

from huikuan.casebook.models import ContactRecord, OutboxMessage


def contact_of(message: OutboxMessage) -> ContactRecord | None:
    """The contact that the mail is: recorded by the same act. None for any other message, and for
    a mail that nobody recorded as a contact.
    """
    if message.case_id is None or message.kind != OutboxMessage.Kind.EMAIL:
        return None
    contacts = ContactRecord.objects.filter(case_id=message.case_id, act_id=message.act_id)
    return contacts.first()
