"""The mail that leaves when something is recorded of a statement.

A step that records an event, speaks to the debtor and has a script with a mail: recording the event
sends that mail. With `sent` goes the statement itself, as a PDF made from the ledger then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from huikuan.casebook import packs
from huikuan.casebook.about import About
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Document, OutboxMessage, PackVersion, Statement
from huikuan.contacts.address import addresses_of
from huikuan.contacts.file import File
from huikuan.contacts.script_shown import ShownScript, Words, beside_mail, whole
from huikuan.contacts.script_values import Matter, values_of
from huikuan.contacts.statement_values import confirm_by
from huikuan.documents.statement import Statement as StatementOfAccount
from huikuan.documents.statement import statement_of
from huikuan.documents.statement_pdf import keep_statement, statement_pdf
from huikuan.engine.mail_text import is_mail
from huikuan.engine.playbook import Step
from huikuan.people.models import User
from huikuan.receivables import mail

SENT = "sent"
PURPOSE = "statement"


def about(statement: Statement) -> About:
    """The statement as what documents and messages are about."""
    case = statement.case
    return About(
        "statement", statement.pk, case.organisation_id, case.creditor_id, statement.case_id
    )


def writes(statement: Statement, kind: str, on: dt.date) -> tuple[PackVersion, Step] | None:
    """The step that writes to the customer at this event, with the version of its pack."""
    for version in packs.of_case(statement.case, on):
        scripts = packs.words_of(version).scripts
        for step in packs.playbook_of(version).steps:
            records = step.per == "statement" and step.records == kind
            to_customer = step.addressee == "debtor"
            if records and to_customer and is_mail(scripts.get(step.script)):
                return version, step
    return None


def beside(statement: Statement, kind: str, actor: User, on: dt.date) -> list[ShownScript]:
    """What the steps that record this event say beside their mail: the advice, or all of it where
    they write none.
    """
    case = statement.case
    point = addresses_of(case).first()
    values = values_of(File(case, on), point, actor, matter_of_one(statement))

    found = []
    for version in packs.of_case(case, on):
        scripts = packs.words_of(version).scripts
        for step in packs.playbook_of(version).steps:
            script = scripts.get(step.script)
            if step.per != "statement" or step.records != kind or script is None:
                continue
            show = beside_mail if is_mail(script) else whole
            found.append(show(Words(script, values)))
    return found


@dataclass(frozen=True, slots=True)
class Prepared:
    """The mail of an event as it was checked, and as it leaves: it is not written a second time."""

    kind: str
    step: Step
    mail: mail.Ready

    @property
    def with_statement(self) -> bool:
        """Whether the statement itself goes along."""
        return self.kind == SENT


def prepare(
    statement: Statement, kind: str, note: str, actor: User, on: dt.date
) -> Prepared | None:
    """The mail that the procedure writes at this event, or why it cannot leave. None where the
    procedure writes none.
    """
    found = writes(statement, kind, on)
    if found is None:
        return None

    version, step = found
    speaks = mail.Speaks(matter_of_one(statement), {"remark": note.strip()}, "note")
    ready = mail.ready(statement.case, step, version, speaks, actor=actor, on=on)
    return Prepared(kind, step, ready)


def send(prepared: Prepared, statement: Statement, *, act: Act, at: dt.datetime) -> OutboxMessage:
    """Posts the mail of the event. Raises Refusal, as mail.send."""
    documents: tuple[Document, ...] = ()
    if prepared.with_statement:
        documents = (_keep(statement, act=act, at=at),)

    sending = mail.Sending(PURPOSE, about(statement), documents)
    return mail.send(
        prepared.mail,
        sending,
        case=statement.case,
        step=prepared.step,
        actor=act.actor,
        act=act,
        at=at,
    )


def pdf(statement: Statement, *, at: dt.datetime) -> bytes:
    """The statement as it would leave now. Raises Refusal: statement.glyphs."""
    on = day_of(statement.case.organisation, at)
    account = statement_of(statement.case, statement.month)
    return _pdf(account, confirm_by(statement, on), at=at)


def matter_of_one(statement: Statement) -> Matter:
    """The words speak of this statement alone."""
    return Matter(statements=frozenset({statement.pk}), whole=False)


def _pdf(account: StatementOfAccount, confirm_by: dt.date | None, *, at: dt.datetime) -> bytes:
    return statement_pdf(
        account, language=settings.LANGUAGE_CODE, made_at=at, confirm_by=confirm_by
    )


def _keep(statement: Statement, *, act: Act, at: dt.datetime) -> Document:
    account = statement_of(statement.case, statement.month)
    on = day_of(statement.case.organisation, at)
    content = _pdf(account, confirm_by(statement, on), at=at)
    return keep_statement(account, content, subject=about(statement), act=act, at=at)
