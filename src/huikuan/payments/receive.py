"""A payment file from end to end: read, match, post what is certain, show the rest with its reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from huikuan.lib.money import exponent
from huikuan.lib.problems import Problem
from huikuan.payments.file import PaymentFile, PaymentLine, read_file
from huikuan.payments.match import CaseCard, Match, match
from huikuan.payments.post import MAY_POST, PaymentEntry, Posted, post_all
from huikuan.payments.sentences import problem
from huikuan.people.models import Creditor, User

#: What can become of a row, in the order of the report.
STATES = ("posted", "repeated", "matched", "doubtful", "unmatched", "refused")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. `matched` is the end of a dry run; of the others only `posted` changed the book."""

    line: PaymentLine
    state: str
    case_number: str = ""
    allocated_minor: int = 0
    rest_minor: int = 0
    why: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The file's rows with their outcome, and what was wrong with the file and with rows that could not be read."""

    file: str
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: int = 0
    dry_run: bool = False
    amounts: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by state, all states named."""
        found = Counter(outcome.state for outcome in self.outcomes)
        found["refused"] += self.refused
        return {"received": sum(found.values()), **{state: found[state] for state in STATES}}

    @property
    def clean(self) -> bool:
        """Every row was posted, or had been posted before."""
        done = ("posted", "repeated", "matched")
        errors = any(one.severity == "error" for one in self.problems)
        return not errors and all(outcome.state in done for outcome in self.outcomes)


def receive(
    path: Path, *, creditor: Creditor, actor: User, at: dt.datetime, dry_run: bool = False, name: str | None = None
) -> Report:
    """Posts the rows that are certain, in one transaction; the same file again changes nothing and says so. A dry run
    does the same and takes it back."""
    if actor.role not in MAY_POST:
        return Report(name or path.name, problems=(problem("payment.role"),), dry_run=dry_run)
    file = read_file(path, name=name)
    matches = match(file.lines, creditor=creditor, actor=actor)
    entries = [_entry(one.line, one.case) for one in matches if one.state == "matched" and one.case]
    with transaction.atomic():
        answers = iter(post_all(entries, actor=actor, at=at))
        if dry_run:
            transaction.set_rollback(True)
    outcomes = []
    for one in matches:
        certain = one.state == "matched" and one.case is not None
        outcomes.append(_posted(one, next(answers), dry_run) if certain else _as_matched(one))
    return _report(file, tuple(outcomes), dry_run)


def _entry(line: PaymentLine, case: CaseCard) -> PaymentEntry:
    """A line without a currency is read with two decimals: right for the case's own currency if that has two."""
    currency = line.currency or (case.currency if exponent(case.currency) == 2 else "CNY")
    return PaymentEntry(
        case_id=case.id,
        amount_minor=line.amount_minor,
        currency=currency,
        paid_on=line.paid_on,
        reference=line.reference,
        source="file",
    )


def _posted(one: Match, answer: Posted, dry_run: bool) -> Outcome:
    number = one.case.number if one.case else ""
    if answer.posted:
        return Outcome(one.line, "matched" if dry_run else "posted", number, answer.allocated_minor, answer.rest_minor)
    why = tuple(said.at(row=one.line.row) for said in answer.problems)
    return Outcome(one.line, "repeated" if answer.repeated else "refused", number, why=why)


def _as_matched(one: Match) -> Outcome:
    return Outcome(one.line, one.state, one.case.number if one.case else "", why=(one.why,) if one.why else ())


def _report(file: PaymentFile, outcomes: tuple[Outcome, ...], dry_run: bool) -> Report:
    amounts: Counter[str] = Counter()
    for outcome in outcomes:
        amounts[outcome.state] += outcome.line.amount_minor
    return Report(file.name, outcomes, file.problems, file.refused, dry_run, amounts)
