"""A payment file from end to end, for the command and for the page: kept, read, matched, posted where it is certain.

`take` keeps the file and says what would become of each row; `post_file` posts what is certain, and what is not waits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import F

from huikuan.casebook import journal, sealed, vault
from huikuan.casebook.models import PaymentFile, PaymentRow
from huikuan.lib.money import exponent
from huikuan.lib.problems import Problem
from huikuan.payments import rows
from huikuan.payments.access import visible_files
from huikuan.payments.file import PaymentLine, PaymentSheet, read_file, twice
from huikuan.payments.match import CaseCard, Match, match
from huikuan.payments.post import PaymentEntry, Posted, look, post_all, rehearse
from huikuan.payments.report import Outcome, Report
from huikuan.payments.sentences import problem
from huikuan.people.models import Creditor, User
from huikuan.people.rights import Right

State = PaymentRow.State


@dataclass(frozen=True, slots=True)
class Taken:
    """The file as it is kept, or why it is no file of payments. `already`: it had come before; nothing was changed."""

    file: PaymentFile | None
    already: bool = False
    problems: tuple[Problem, ...] = ()


def receive(
    path: Path,
    *,
    creditor: Creditor,
    actor: User,
    at: dt.datetime,
    dry_run: bool = False,
    name: str | None = None,
) -> Report:
    """Takes the file and posts the rows that are certain, in one transaction; the same file again tries what still waits
    and changes nothing else. A dry run says the same and keeps nothing."""
    if not actor.may(Right.POST_MONEY):
        return Report(name or path.name, problems=(problem("payment.role"),), dry_run=dry_run)
    sheet = read_file(path, name=name)
    if dry_run:
        found = _outcomes(sheet.lines, creditor, actor, at, rehearse, "matched")
        return Report.of(sheet.name, found, sheet.problems, sheet.refused, True)
    taken = _take(path, sheet, creditor, actor, at)
    if taken.file is None:
        return Report(sheet.name, problems=taken.problems, refused=sheet.refused)
    outcomes = post_file(taken.file.pk, actor=actor, at=at).outcomes
    return Report.of(
        sheet.name, _but_refused(outcomes, sheet), sheet.problems, sheet.refused, False
    )


def _but_refused(outcomes: Sequence[Outcome], sheet: PaymentSheet) -> Iterator[Outcome]:
    """Without the rows that the sheet counts as refused itself."""
    refused = {line.row for line, _ in sheet.clashing}
    return (outcome for outcome in outcomes if outcome.line.row not in refused)


def take(
    path: Path, *, creditor: Creditor, actor: User, at: dt.datetime, name: str | None = None
) -> Taken:
    """Keeps the file sealed, reads it and says what would become of each row; nothing is posted.

    The same contents for the same creditor give the file that came first, however many send it at once.
    """
    if not actor.may(Right.POST_MONEY):
        return Taken(None, problems=(problem("payment.role"),))
    return _take(path, read_file(path, name=name), creditor, actor, at)


def _take(
    path: Path, sheet: PaymentSheet, creditor: Creditor, actor: User, at: dt.datetime
) -> Taken:
    if not sheet.usable:
        return Taken(None, problems=sheet.problems or (problem("file.nothing", file=sheet.name),))
    file_hash = vault.digest(path)
    if known := rows.find_file(creditor.pk, file_hash):
        return Taken(known, already=True)
    vault.keep(path, creditor.pk, file_hash)
    outcomes = _outcomes(sheet.lines, creditor, actor, at, look, "matched")
    with transaction.atomic():
        rows.lock(creditor.pk)
        if known := rows.find_file(creditor.pk, file_hash):
            return Taken(known, already=True)
        file = PaymentFile.objects.create(
            organisation_id=creditor.organisation_id,
            creditor=creditor,
            act=journal.begin(actor, "payments.take", at=at),
            name=sheet.name[-200:],
            file_hash=file_hash,
            received_at=at,
        )
        rows.add(file, list(_new_rows(file, sheet, outcomes)))
        rows.recount([file.pk])
    file.refresh_from_db()
    return Taken(file)


def _new_rows(
    file: PaymentFile, sheet: PaymentSheet, outcomes: Sequence[Outcome]
) -> Iterator[PaymentRow]:
    for outcome in outcomes:
        yield _set(_row(file, outcome.line), outcome)
    for line, other in sheet.clashing:
        row = _row(file, line)
        row.state, row.why = State.REFUSED, rows.kept([twice(line, other)])
        yield row
    for number, problems in sheet.unread.items():
        yield PaymentRow(
            file=file,
            row=number,
            state=State.REFUSED,
            line_sealed=sealed.seal("{}"),
            why=rows.kept(problems),
        )


def _row(file: PaymentFile, line: PaymentLine) -> PaymentRow:
    return PaymentRow(
        file=file,
        row=line.row,
        line_sealed=sealed.seal(rows.seal(line)),
        reference=line.reference[:120],
        currency=line.currency,
        amount_minor=line.amount_minor,
        paid_on=line.paid_on,
    )


def _set(row: PaymentRow, outcome: Outcome) -> PaymentRow:
    row.state, row.case_id, row.payment_id = (
        State(outcome.state),
        outcome.case_id,
        outcome.payment_id,
    )
    row.currency = outcome.currency or row.currency
    row.why, row.candidates = rows.kept(outcome.why), list(outcome.candidates)
    return row


@transaction.atomic
def post_file(file_id: int, *, actor: User, at: dt.datetime) -> Report:
    """Posts the rows that are certain now, each once, all in one transaction. Rows that wait are matched anew, because
    the book may have changed since; rows posted before, asked for or set aside stay as they are.

    Two at once, or the same one twice: the second finds nothing left to post and says so.
    """
    file = visible_files(actor).select_related("creditor").filter(pk=file_id).first()
    if file is None or not actor.may(Right.POST_MONEY):
        return Report("", problems=(problem("payment.role" if file else "file.unknown"),))
    rows.lock(file.creditor_id)
    numbered = file.rows.annotate(case_number=F("case__number")).order_by("row")
    found = [row for row in numbered if row.amount_minor is not None]
    clashing = {row.pk for row in found if any(one["code"] == "file.twice" for one in row.why)}
    trying = [row for row in found if rows.waits(row) and row.pk not in clashing]
    lines = {row.pk: rows.line_of(row) for row in found}
    act = journal.begin(actor, "payments.post_file", at=at)
    outcomes = _outcomes(
        [lines[row.pk] for row in trying], file.creditor, actor, at, post_all, "posted"
    )
    rows.store([_set(row, outcome) for row, outcome in zip(trying, outcomes, strict=True)])
    posted = {
        one.line.reference: one.payment_id
        for one in outcomes
        if one.state == "posted" and one.payment_id
    }
    touched = rows.close_known(file.creditor_id, posted)
    PaymentFile.objects.filter(pk=file.pk).update(
        status=PaymentFile.Status.POSTED, posted=file.posted or act
    )
    rows.recount({file.pk, *touched})
    new = {row.pk: outcome for row, outcome in zip(trying, outcomes, strict=True)}
    return Report.of(
        file.name,
        [new.get(row.pk) or _as_before(row, lines[row.pk]) for row in found],
        (),
        0,
        False,
    )


def _as_before(row: PaymentRow, line: PaymentLine) -> Outcome:
    """A row that this posting did not touch."""
    done = row.state in (State.POSTED, State.REPEATED)
    why = (problem("payment.again", row=row.row),) if done else tuple(rows.problems_of(row))
    state = State.REPEATED if done else row.state
    number = getattr(row, "case_number", None) or ""
    return Outcome(line, str(state), row.case_id, number, row.currency, row.payment_id, why=why)


Answering = Callable[..., list[Posted]]


def _outcomes(
    lines: Sequence[PaymentLine],
    creditor: Creditor,
    actor: User,
    at: dt.datetime,
    answering: Answering,
    done: str,
) -> list[Outcome]:
    """Matches the lines and lets `post_all`, its rehearsal or a look answer those that are certain."""
    matches = match(lines, creditor=creditor, actor=actor)
    certain = [(one, one.case) for one in matches if one.state == "matched" and one.case]
    answers = answering(
        [entry_of(one.line, case, one.items) for one, case in certain], actor=actor, at=at
    )
    following = iter(answers)
    found = []
    for one in matches:
        is_certain = one.state == "matched" and one.case is not None
        found.append(_answered(one, next(following), done) if is_certain else _as_matched(one))
    return found


def entry_of(line: PaymentLine, case: CaseCard, items: tuple[int, ...]) -> PaymentEntry:
    """The payment of a line. `items`: those that it names.

    A line without a currency is read with two decimals: right for the case's own currency if that
    has two.
    """
    currency = line.currency or (case.currency if exponent(case.currency) == 2 else "CNY")
    return PaymentEntry(
        case_id=case.id,
        amount_minor=line.amount_minor,
        currency=currency,
        paid_on=line.paid_on,
        reference=line.reference,
        source="file",
        chosen=items,
    )


def _answered(one: Match, answer: Posted, done: str) -> Outcome:
    case = one.case
    assert case is not None
    place = (case.id, case.number, answer.entry.currency)
    if not answer.problems:
        why: tuple[Problem, ...] = ()
        if one.line.item and not one.items:
            named = {"cases": case.number, "reference": one.line.item}
            why = (problem("match.item", row=one.line.row, **named),)
        return Outcome(
            one.line,
            done,
            *place,
            answer.payment_id,
            answer.allocated_minor,
            answer.rest_minor,
            why,
        )
    why = tuple(said.at(row=one.line.row) for said in answer.problems)
    return Outcome(
        one.line, "repeated" if answer.repeated else "refused", *place, answer.payment_id, why=why
    )


def _as_matched(one: Match) -> Outcome:
    case, why = one.case, (one.why,) if one.why else ()
    if case is None:
        return Outcome(one.line, one.state, why=why, candidates=one.candidates)
    return Outcome(
        one.line, one.state, case.id, case.number, case.currency, why=why, candidates=(case.id,)
    )
