"""The mail that leaves with an entry, shown before it is entered: word for word the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from huikuan.casebook.models import Case, Statement
from huikuan.contacts.script_shown import ShownScript
from huikuan.people.models import User
from huikuan.receivables import dispatch, lock, mail


@dataclass(frozen=True, slots=True)
class Preview:
    """The mail with what its script says beside it. `leaves`: it is sent with the entry; else its
    words serve whoever tells the customer in another way.
    """

    mail: mail.Ready | None
    beside: Sequence[ShownScript]
    leaves: bool
    with_statement: bool = False


def of_statement(
    statement: Statement, kind: str, note: str, *, by_mail: bool, actor: User, on: dt.date
) -> Preview:
    """What leaves with this event of a statement; nothing where no event is chosen."""
    if not kind:
        return Preview(None, (), leaves=False)

    prepared = dispatch.prepare(statement, kind, note, actor, on)
    beside = dispatch.beside(statement, kind, actor, on)
    if prepared is None:
        return Preview(None, beside, leaves=False)
    return Preview(prepared.mail, beside, by_mail, prepared.with_statement)


def of_lock(
    case: Case, entry: lock.LockEntry, *, by_mail: bool, actor: User, on: dt.date
) -> Preview:
    """What leaves with a lock or its end."""
    notice, beside = lock.preview(case, entry, actor, on)
    return Preview(notice, beside, by_mail)
