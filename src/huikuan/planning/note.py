"""A note on a case, a word to whoever holds it next, or how the customer works.

Of people only what business needs is kept: a note about the customer says what of the work needs
it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import journal, same_content
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, CaseNote, CaseSummary
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.planning.sentences import problem

#: The kinds that are written by hand; the others come with a task.
WRITTEN = (CaseNote.Kind.NOTE, CaseNote.Kind.HANDOVER, CaseNote.Kind.CUSTOMER)
_REPEATED_WITHIN = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Noted:
    """The note, or why it was not written. `repeated`: the same form had been saved before; `note`
    is that one.
    """

    note: CaseNote | None
    problems: tuple[Problem, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """What a form says."""

    case_id: int
    kind: str
    text: str
    purpose: str


@transaction.atomic
def note(
    case_id: int,
    kind: str,
    text: str,
    *,
    actor: User,
    at: dt.datetime,
    request_key: str = "",
    purpose: str = "",
) -> Noted:
    """Writes one note. The same `request_key` of the same person within a day gives the note that
    was saved; with another content it is refused, so that no second note is lost.

    `purpose`: of a note about the customer, what of the work needs it.
    """
    case = visible_cases(actor).select_related("organisation").filter(pk=case_id).first()
    if case is None or not actor.may_write:
        return Noted(None, (problem("act.read_only" if case else "act.case"),))
    problems = [] if kind in WRITTEN else [problem("note.kind", column="kind", value=kind)]
    if not text.strip():
        problems.append(problem("note.text", column="text"))
    if kind == CaseNote.Kind.CUSTOMER and not purpose.strip():
        problems.append(problem("note.purpose", column="purpose"))
    if problems:
        return Noted(None, tuple(problems))
    CaseSummary.objects.select_for_update().filter(
        case_id=case.pk
    ).first()  # two clicks, one after the other
    said = _Said(case_id, kind, text, purpose)
    before = _before(actor, request_key, at)
    if before is not None:
        if same_content.says_the_same(before.act, said) is False:
            return Noted(None, (problem("note.request_key_other", day=before.valid_on),))
        return Noted(before, repeated=True)
    content = same_content.digest_of(said)
    act = journal.begin(
        actor, "planning.note", at=at, request_id=request_key, request_content=content
    )
    written = CaseNote.objects.create(
        **journal.columns(case, act, on=day_of(case.organisation, at), at=at),
        case=case,
        kind=kind,
        text=text.strip(),
        purpose=purpose.strip() if kind == CaseNote.Kind.CUSTOMER else "",
    )
    return Noted(written)


def _before(actor: User, request_key: str, at: dt.datetime) -> CaseNote | None:
    if not request_key:
        return None
    acts = Act.objects.filter(
        organisation_id=actor.organisation_id or 0, at__gt=at - _REPEATED_WITHIN, actor=actor
    )
    return CaseNote.objects.filter(
        act__in=acts.filter(verb="planning.note", request_id=request_key)
    ).first()
