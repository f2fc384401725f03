"""A look-up is asked for: on a lawful basis, else it is refused, and that is recorded (P4.3.3)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Case, LookUp, LookUpEvent
from huikuan.clocks.refresh import refresh
from huikuan.lib.problems import Problem
from huikuan.look_ups.sentences import MOST_NAME, MOST_TEXT, problem
from huikuan.look_ups.tell import tell_workers
from huikuan.look_ups.words import Words, words_of
from huikuan.people.models import User

#: An ID number, a telephone number or an account, also with blanks or hyphens between its digits.
_NUMBER = re.compile(r"\d(?:[ -]?\d){10,}")
#: States in which a request still waits for something.
WAITING = (LookUp.Status.RECEIVED, LookUp.Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class LookUpEntry:
    """What is asked, of whom, and by which right. `basis`: empty where there is none."""

    kind: str
    basis: str
    evidence: str
    addressed_to: str
    question: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The request, and what is wrong. One that was refused is there with its reason."""

    look_up: LookUp | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it now waits to be submitted."""
        return self.look_up is not None and not self.problems


@transaction.atomic
def ask(number: str, entry: LookUpEntry, *, actor: User, at: dt.datetime) -> Asked:
    """Takes a request on, and tells those who work them: its day has begun.

    A request without a lawful basis is kept, refused, so that who asked what can be read.
    """
    seen = visible_cases(actor).select_related("organisation", "summary", "creditor")
    case = seen.filter(number=number).first()
    if case is None:
        return Asked(None, (problem("look_up.case"),))
    if not actor.may_write:
        return Asked(None, (problem("look_up.read_only"),))
    if not case.summary.is_open:
        return Asked(None, (problem("look_up.closed"),))

    on = day_of(case.organisation, at)
    words = words_of(case.creditor_id, on)
    problems = tuple(_problems(entry, words))
    if problems or words is None:
        return Asked(None, problems)

    # A double click waits here, and then finds the request of the first.
    lock_cases([case.pk])
    question = entry.question.strip()
    same = case.look_ups.filter(kind=entry.kind, question=question, status__in=WAITING)
    waiting = same.first()
    if waiting is not None:
        return Asked(waiting, (problem("look_up.waiting", number=waiting.pk),))
    return _write(case, entry, words, actor, on, at)


def _write(
    case: Case, entry: LookUpEntry, words: Words, actor: User, on: dt.date, at: dt.datetime
) -> Asked:
    """The request, received or refused."""
    has_basis = words.bases.entry(entry.basis) is not None
    is_lawful = has_basis or not words.needs_basis(entry.kind)
    act = journal.begin(actor, "look_ups.ask", at=at, reason=entry.kind)
    columns = journal.columns(case, act, on=on, at=at)
    basis = ""
    if has_basis:
        basis = entry.basis

    look_up = LookUp(
        **columns,
        case=case,
        kind=entry.kind,
        basis=basis,
        evidence=entry.evidence.strip(),
        addressed_to=_addressee(case, entry, words),
        question=entry.question.strip(),
    )
    if not is_lawful:
        look_up.status = LookUp.Status.REFUSED
        look_up.refusal = "look_up.no_basis"
    look_up.save()

    problems: tuple[Problem, ...] = ()
    if is_lawful:
        tell_workers(look_up, at)
    else:
        refused = LookUpEvent.Kind.REFUSED
        LookUpEvent.objects.create(
            **columns, look_up=look_up, case=case, kind=refused, happened_at=at
        )
        problems = (problem("look_up.no_basis", column="basis"),)
    refresh({"look_up": [look_up.pk]}, by=act, at=at)
    return Asked(look_up, problems)


def _addressee(case: Case, entry: LookUpEntry, words: Words) -> str:
    """Whom it goes to. What needs no basis goes to the client and nobody else."""
    if words.needs_basis(entry.kind):
        return entry.addressed_to.strip()
    return case.creditor.name[:MOST_NAME]


def _problems(entry: LookUpEntry, words: Words | None) -> Iterator[Problem]:
    """What is missing, all at once. A missing basis is no slip of the pen: it is recorded."""
    if words is None:
        yield problem("look_up.no_words")
        return
    if words.kinds.entry(entry.kind) is None:
        yield problem("look_up.kind", column="kind")
    if words.bases.entry(entry.basis) is not None and not entry.evidence.strip():
        yield problem("look_up.evidence", column="evidence")
    if words.needs_basis(entry.kind) and not entry.addressed_to.strip():
        yield problem("look_up.to", column="addressed_to")
    if not entry.question.strip():
        yield problem("look_up.question", column="question")
    if _NUMBER.search(entry.question):
        yield problem("look_up.number", column="question")

    yield from _too_long(entry)


def _too_long(entry: LookUpEntry) -> Iterator[Problem]:
    """What does not fit into its column."""
    if len(entry.addressed_to.strip()) > MOST_NAME:
        yield problem("look_up.long", column="addressed_to", most=MOST_NAME)
    for name in ("question", "evidence"):
        if len(getattr(entry, name).strip()) > MOST_TEXT:
            yield problem("look_up.long", column=name, most=MOST_TEXT)
