"""Case, client or collector of a complaint were written down wrongly, or were not known then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import Act, Case, Complaint, Hold, Task
from huikuan.complaints.accept import Point, rest
from huikuan.complaints.close import set_free
from huikuan.complaints.find import Matter, interests
from huikuan.complaints.own import handler, no_owner
from huikuan.complaints.propose import waits
from huikuan.complaints.receive import creditor_of, person_of
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    event,
    line_problems,
    lock_case,
    opened,
    owner_of,
    settle,
    tell,
)
from huikuan.lib.problems import Problem
from huikuan.people.models import Creditor, User

#: What rests of another case until the points are decided.
RESTS = ("", Hold.Scope.CASE)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the complaint is about, whole, as it is to stand: empty where it is not known.

    `case`, `creditor`, `about`: number, code and user name. `rests`: "case" where the undecided
    points dispute the other case. `owner`: who takes it over, where the present owner would have an
    interest. `reason`: why it was wrong, or how it became known.
    """

    reason: str
    case: str = ""
    creditor: str = ""
    about: str = ""
    rests: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """The same as rows of the book."""

    case: Case | None
    creditor: Creditor | None
    about: User | None
    owner: User | None


@transaction.atomic
def correct(number: str, entry: Correction, *, actor: User, at: dt.datetime) -> Done:
    """Corrects what the complaint is about. Interest, holds, deadlines and tasks follow.

    Of another case what rested on the old one goes on. What was decided stays decided.
    """
    lock_case(number, actor)
    other = visible_cases(actor).filter(number=entry.case.strip()).first()
    if other is not None:
        lock_debtor(other)
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    creditor = other.creditor if other is not None else creditor_of(entry.creditor, actor)
    found = _Found(other, creditor, person_of(entry.about, actor), handler(entry.owner, complaint))
    wrong = _problems(entry, found, complaint, actor)
    wrong += _owner_problems(entry, found, complaint)
    if wrong:
        return Done(complaint, problems=tuple(wrong))
    is_same = (complaint.case, complaint.about_user) == (found.case, found.about)
    if is_same and complaint.creditor == found.creditor:
        return Done(complaint, problems=(problem("complaint.again"),))

    act = journal.begin(actor, "complaints.correct", at=at, reason=entry.reason)
    text = f"{_told(complaint, found)} · {entry.reason.strip()}"
    corrected = event(complaint, Kind.CORRECTED, act, at, text=text)
    if found.owner is not None:
        # Before the rest: the database takes no complaint whose owner has an interest in it.
        event(complaint, Kind.OWNED, act, at, user=found.owner, text=entry.reason.strip())
        tell(complaint, [found.owner], "owner", at)
    _write(complaint, found, entry.rests, act, at)
    settle(complaint, act, at)
    return Done(complaint, corrected)


def _problems(entry: Correction, found: _Found, complaint: Complaint, actor: User) -> list[Problem]:
    """Unknown words, a request that waits for its decision, and an owner with an interest."""
    wrong = line_problems(entry.reason, "reason")
    if entry.case.strip() and found.case is None:
        wrong.append(problem("complaint.case", column="case", number=entry.case))
    if entry.creditor.strip() and creditor_of(entry.creditor, actor) is None:
        wrong.append(problem("complaint.client", column="creditor", value=entry.creditor))
    if entry.about.strip() and found.about is None:
        wrong.append(problem("complaint.person", column="about", value=entry.about))

    if entry.rests not in RESTS or (entry.rests and found.case is None):
        wrong.append(problem("complaint.disputed", column="rests"))
    if any(waits(proposal) for proposal in complaint.proposals.all()):
        wrong.append(problem("complaint.waits"))
    return wrong


def _owner_problems(entry: Correction, found: _Found, complaint: Complaint) -> list[Problem]:
    """Whoever owns it afterwards has no interest in what it is then about."""
    if entry.owner and found.owner is None:
        return [problem("complaint.owner_unknown", column="owner")]
    if found.owner is not None:
        wrong = no_owner(found.owner, complaint)
        if wrong is not None:
            return [wrong]

    owner = found.owner or owner_of(complaint)
    if owner is None:
        return []
    about_id = found.about.pk if found.about is not None else None
    case_id = found.case.pk if found.case is not None else None
    if not interests([owner.pk], Matter(about_id, case_id))[owner.pk]:
        return []
    return [problem("complaint.new_owner", column="owner", name=str(owner))]


def _write(complaint: Complaint, found: _Found, rests: str, act: Act, at: dt.datetime) -> None:
    """The complaint as it stands now; of another case the holds with it."""
    is_other_case = complaint.case != found.case
    complaint.case = found.case
    complaint.creditor = found.creditor
    complaint.about_user = found.about
    complaint.save(update_fields=["case", "creditor", "about_user"])

    mine = Task.objects.filter(subject_id=complaint.pk, step__subject="complaint")
    mine.update(creditor=found.creditor)
    if is_other_case:
        _move_holds(complaint, rests, act, at)


def _move_holds(complaint: Complaint, rests: str, act: Act, at: dt.datetime) -> None:
    """What the undecided points held of the old case goes on; of the new one rests what is said."""
    decided = Kind.DECIDED
    for point in complaint.points.exclude(events__kind=decided).order_by("number"):
        old = point.hold
        disputed = Point(point.cause, point.detail, point.aim, rests)
        point.hold = rest(complaint, point.number, disputed, act, at)
        point.disputes = rests
        point.save(update_fields=["hold", "disputes"])
        if old is not None:
            set_free(old, act, at)


def _told(complaint: Complaint, found: _Found) -> str:
    """What was written down, and what is now: the event keeps both."""
    before = (complaint.case, complaint.creditor, complaint.about_user)
    now = (found.case, found.creditor, found.about)
    titles = (_("Case"), _("Client"), _("Collector complained about"))
    changed = [
        f"{title}: {old or '—'} → {new or '—'}"
        for title, old, new in zip(titles, before, now, strict=True)
        if old != new
    ]
    return "; ".join(changed)
