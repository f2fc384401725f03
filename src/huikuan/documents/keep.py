"""A person puts a document on a case: the contract, a mail of finance, whatever belongs to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.about import About
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Document
from huikuan.documents.kinds import FILED
from huikuan.documents.sentences import problem
from huikuan.documents.store import NewDocument, store
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.people.models import User


@dataclass(frozen=True, slots=True)
class Kept:
    """The document, or why it was not kept."""

    document: Document | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def keep(case_id: int, new: NewDocument, *, actor: User, at: dt.datetime) -> Kept:
    """Keeps the document on the case. The same bytes a second time are the one that is there."""
    case = visible_cases(actor).select_related("organisation").filter(pk=case_id).first()
    if case is None:
        return Kept(None, (problem("document.case"),))
    if not actor.may_write:
        return Kept(None, (problem("document.read_only"),))
    if new.kind not in FILED:
        return Kept(None, (problem("document.kind", kind=new.kind),))

    act = journal.begin(actor, "documents.keep", at=at)
    on = day_of(case.organisation, at)
    try:
        return Kept(store(new, subject=About.of_case(case), act=act, on=on, at=at))
    except Refusal as refusal:
        transaction.set_rollback(True)
        return Kept(None, (refusal.problem,))
