"""A mail to the debtor about everything that is open today: one mail, whatever tasks ask for it.

The scripts of the procedure give the words, and the collector may change them; documents of the
case and its statements go along. The mail leaves by the outbox and is a recorded contact.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook.about import About
from huikuan.casebook.models import (
    Case,
    ContactPoint,
    ContactRecord,
    Document,
    OutboxMessage,
    Task,
)
from huikuan.casebook.open_steps import step_of
from huikuan.casebook.same_content import says_the_same
from huikuan.contacts.address import spelled
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.file import Covered, File
from huikuan.contacts.mail_words import Part, written
from huikuan.contacts.moment import local_time
from huikuan.contacts.record import record, saved_before
from huikuan.contacts.script_values import matter_of
from huikuan.contacts.sentences import problem
from huikuan.contacts.step_words import by_script
from huikuan.documents.kinds import FINANCE_MAIL
from huikuan.documents.read import visible_documents
from huikuan.documents.store import NewDocument, store
from huikuan.engine.mail_text import MailText
from huikuan.gate import reserve
from huikuan.gate.purpose import of_tasks
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.outbox.post import Email, post_email
from huikuan.people.models import User
from huikuan.web.templatetags.huikuan_facts import in_language

CHANNEL = "email"
PURPOSE = "chase"
#: Finance's own mail about the account, and whatever else a collector adds.
UPLOADED = FINANCE_MAIL
#: Kinds of documents that go to the customer: their own statement, and what finance wrote.
FOR_THE_CUSTOMER = ("statement", UPLOADED, "statement_of_account")
#: Of so many documents the newest are offered.
OFFERED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEntry:
    """What the collector sends. `files`: names and bytes that are kept on the case and go along.

    `request_key`: of the form; the same form again gives the mail that it sent. `seen`: the newest
    mail of the case when the words were written, 0 for none; None: nobody has looked.
    """

    point_id: int
    subject: str
    text: str
    task_ids: tuple[int, ...] = ()
    document_ids: tuple[int, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    request_key: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The recorded contact and the message, or why nothing left. `repeated`: the same form sent
    them before.
    """

    contact: ContactRecord | None
    message: OutboxMessage | None = None
    problems: tuple[Problem, ...] = ()
    repeated: bool = False


def draft(
    file: File, tasks: Sequence[Covered], point: ContactPoint | None, user: User
) -> MailText | None:
    """One mail with the words of every task; None where none of them writes one."""
    parts = [Part(shared.script, matter_of(shared.tasks)) for shared in by_script(tasks)]
    return written(parts, file, point, user).text


def documents(case: Case, user: User) -> list[Document]:
    """What may go along, the newest first."""
    mine = visible_documents(user).filter(case_id=case.pk, kind__in=FOR_THE_CUSTOMER)
    return list(mine.order_by("-recorded_at", "-pk")[:OFFERED])


def last_mail(case: Case) -> OutboxMessage | None:
    """The newest mail about the case, whoever sent it."""
    mails = OutboxMessage.objects.filter(case=case, kind=OutboxMessage.Kind.EMAIL)
    return mails.order_by("-pk").first()


def sent_before(case: Case, entry: MailEntry) -> Sent | None:
    """What the form with this key has sent already; None where it is new.

    Another content under its key has sent nothing, and says so: another text or address of a form
    that was gone back to, or the key of a call.
    """
    contact = saved_before(entry.request_key)
    if contact is None:
        return None

    message = _message_of(contact)
    is_of_this_mail = contact.case_id == case.pk and message is not None
    if is_of_this_mail and says_the_same(contact.act, entry) is not False:
        return Sent(contact, message, repeated=True)
    return Sent(None, problems=(problem("contact.mail_key_other"),))


@transaction.atomic
def send(case: Case, entry: MailEntry, *, actor: User, at: dt.datetime) -> Sent:
    """Asks the gate, records the contact, keeps the files and posts the mail: all or nothing.

    A mail is no report of what took place: what another mail or somebody else has done meanwhile
    stops it, so that two tabs or two people do not write the same to a customer twice.
    """
    # Who comes second waits here, and then sees what the first has sent.
    reserve.lock(case)
    before = sent_before(case, entry)
    if before is not None:
        return before

    covered = Task.objects.filter(case=case, pk__in=entry.task_ids).select_related("step")
    overtaken = tuple(_overtaken(case, entry, covered))
    if overtaken:
        return Sent(None, problems=overtaken)

    point = ContactPoint.objects.filter(
        pk=entry.point_id, person_id=case.person_id, kind=ContactPoint.Kind.EMAIL
    ).first()
    purpose = of_tasks(covered)
    decision = None
    if point is not None:
        decision = reserve.ask_again(
            case, point, CHANNEL, actor=actor, at=at, style="informing", purpose=purpose
        )

    contact = ContactEntry(
        case_id=case.pk,
        channel=CHANNEL,
        connected=False,
        point_id=entry.point_id,
        style=ContactRecord.Style.INFORMING,
        note=entry.subject,
        task_ids=entry.task_ids,
        purpose=purpose,
        request_key=entry.request_key or uuid.uuid4().hex,
    )
    recorded = record(contact, actor=actor, at=at, decision=decision, case=case, said=entry)
    if recorded.contact is None or point is None:
        transaction.set_rollback(True)
        return Sent(None, problems=recorded.problems)

    try:
        message = _post(case, entry, point, recorded.contact, actor, at)
    except Refusal as refusal:
        transaction.set_rollback(True)
        return Sent(None, problems=(refusal.problem,))
    return Sent(recorded.contact, message, recorded.problems)


def _overtaken(case: Case, entry: MailEntry, covered: Iterable[Task]) -> Iterator[Problem]:
    """What was done or sent since the words were written."""
    for task in covered:
        if task.status == Task.Status.DONE:
            title = in_language(step_of(task).title)
            yield problem("contact.mail_done", column="tasks", step=title, on=task.status_on)

    last = last_mail(case)
    if entry.seen is not None and last is not None and last.pk > entry.seen:
        who = last.act.actor.display_name or last.act.actor.username
        time = f"{local_time(last.posted_at, case.person, case.organisation):%H:%M}"
        yield problem("contact.mail_since", who=who, time=time)


def _message_of(contact: ContactRecord) -> OutboxMessage | None:
    """The mail that was posted under the act of the contact."""
    mails = OutboxMessage.objects.filter(case_id=contact.case_id, act_id=contact.act_id)
    return mails.filter(kind=OutboxMessage.Kind.EMAIL).first()


def _post(
    case: Case,
    entry: MailEntry,
    point: ContactPoint,
    contact: ContactRecord,
    actor: User,
    at: dt.datetime,
) -> OutboxMessage:
    """The message with its documents, under the act of the contact."""
    about = About.of_case(case)
    chosen = visible_documents(actor).filter(case_id=case.pk, pk__in=entry.document_ids)
    along = list(chosen.order_by("pk"))
    for name, content in entry.files:
        new = NewDocument(UPLOADED, name, content)
        along.append(store(new, subject=about, act=contact.act, on=contact.valid_on, at=at))

    email = Email(
        to=spelled(point),
        subject=entry.subject,
        text=entry.text,
        documents=along,
    )
    return post_email(email, purpose=PURPOSE, subject=about, act=contact.act, at=at)
