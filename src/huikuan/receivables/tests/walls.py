"""What addresses of this room name: a statement of the case with an event, a lock, an answer."""

from __future__ import annotations

import datetime as dt

from tests import people
from tests.book import Book

from huikuan.casebook import facts, journal
from huikuan.casebook.about import About
from huikuan.casebook.models import (
    Act,
    Case,
    DeliveryLock,
    Mailbox,
    MailboxMessage,
    Statement,
    StatementEvent,
)
from huikuan.documents.store import NewDocument, store
from huikuan.outbox.post import post_webhook

MONTH = dt.date(2026, 10, 1)


def words(book: Book) -> dict[str, object]:
    case = book.case
    on = case.placed_on
    act = case.act

    statement = Statement.objects.filter(case=case).first()
    if statement is None:
        statement = people.make_statement(case, MONTH, on=on)
    event = StatementEvent.objects.filter(case=case).first()
    if event is None:
        row = journal.columns(case, act, on=on, at=_at(on))
        event = StatementEvent.objects.create(
            **row, case=case, statement=statement, kind="submitted"
        )
    facts.refresh([case.pk])
    return {
        "statement": statement.pk,
        "event": event.pk,
        "lock_id": _lock(case, act, on).pk,
        "mail": _answer(case, act, on).pk,
    }


def _at(on: dt.date) -> dt.datetime:
    return people.moment(on, 9)


def _lock(case: Case, act: Act, on: dt.date) -> DeliveryLock:
    """Deliveries are locked."""
    known = DeliveryLock.objects.filter(case=case).first()
    if known is not None:
        return known

    event = post_webhook("erp.lock", {}, subject=About.of_case(case), act=act, at=_at(on))
    row = journal.columns(case, act, on=on, at=_at(on))
    words = {"kind": "lock", "because": "overdue", "orders": "new", "reason": "屡催不付"}
    return DeliveryLock.objects.create(**row, **words, case=case, message=event)


def _answer(case: Case, act: Act, on: dt.date) -> MailboxMessage:
    """A mail of the customer, kept on the case."""
    mailbox, _new = Mailbox.objects.get_or_create(name="office@example.com/INBOX")
    raw = f"Subject: {case.person.name}\n\n{case.person.name}".encode()
    new = NewDocument("mail", "answer.eml", raw, "message/rfc822")
    document = store(new, subject=About.of_case(case), act=act, on=on, at=_at(on))

    found, _new = MailboxMessage.objects.get_or_create(
        mailbox=mailbox,
        message_key=f"answer-{case.pk}",
        defaults={
            "uid_validity": 1,
            "uid": case.pk,
            "kind": "answer",
            "organisation": case.organisation,
            "document": document,
            "received_at": _at(on),
        },
    )
    return found
