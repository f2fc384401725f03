"""The points are decided one by one, the complainant is told, and the complaint is closed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook import journal, packs
from huikuan.casebook.days import day_of
from huikuan.casebook.disputed import undecided_points
from huikuan.casebook.models import Act, Complaint, ComplaintEvent, Hold
from huikuan.complaints.departments import silent_titles
from huikuan.complaints.procedure import asks_to_close
from huikuan.complaints.propose import waits
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    event,
    lock_case,
    open_tasks,
    owned,
    settle,
    text_problems,
)
from huikuan.holds.place import refresh as refresh_hold
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.web.fact_words import in_language


@transaction.atomic
def decide_point(
    number: str, point: int, *, result: str, text: str, actor: User, at: dt.datetime
) -> Done:
    """Decides one point. What rested because of it alone goes on again from today."""
    lock_case(number, actor)
    begun = owned(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    chosen = complaint.points.filter(number=point).first()
    wrong = text_problems(text, "text")
    if chosen is None:
        wrong.append(problem("complaint.no_point", column="point"))
    if result not in ComplaintEvent.Result.values:
        wrong.append(problem("complaint.empty", column="result"))
    if wrong or chosen is None:
        return Done(complaint, problems=tuple(wrong))
    if chosen.events.filter(kind=Kind.DECIDED).exists():
        return Done(complaint, problems=(problem("complaint.again"),))

    act = journal.begin(actor, "complaints.decide_point", at=at)
    said = {"point": chosen, "result": result, "text": text.strip()}
    decided = event(complaint, Kind.DECIDED, act, at, **said)
    if chosen.hold_id is not None:
        hold = Hold.objects.select_related("case__organisation", "act").get(pk=chosen.hold_id)
        set_free(hold, act, at)
    settle(complaint, act, at)
    return Done(complaint, decided)


#: The acts by which a complaint makes something rest.
RESTING = ("complaints.accept", "complaints.correct")


def set_free(hold: Hold, act: Act, at: dt.datetime) -> None:
    """Ends a hold of a complaint, unless an undecided point still rests on it."""
    if hold.ended_on is not None or undecided_points(hold).exists():
        return

    # A hold that stood before the complaint ends by whoever set it.
    if hold.act.verb not in RESTING:
        return
    hold.ended_on = day_of(hold.case.organisation, at)
    hold.ended_at = at
    hold.save(update_fields=["ended_on", "ended_at"])
    refresh_hold(hold, act, at)


@transaction.atomic
def reply(number: str, *, text: str, way: str, actor: User, at: dt.datetime) -> Done:
    """The complainant is told the decision; the times within which that had to be are met."""
    begun = owned(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    summary = begun.facts
    if summary.complaint_replied_on is not None:
        return Done(complaint, problems=(problem("complaint.again"),))
    undecided = summary.complaint_points - summary.complaint_points_decided
    wrong = text_problems(text, "text")
    if summary.complainant_unreachable:
        wrong.append(problem("complaint.unreachable"))
    if undecided:
        wrong.append(problem("complaint.undecided", count=undecided))
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    act = journal.begin(actor, "complaints.reply", at=at)
    told = event(complaint, Kind.REPLIED, act, at, text=text.strip(), way=way)
    settle(complaint, act, at)
    return Done(complaint, told)


@transaction.atomic
def close(
    number: str, *, result: str, text: str, lesson: str, actor: User, at: dt.datetime
) -> Done:
    """Closes the complaint with result and lesson, once everything is decided and told.

    Nobody is told of an anonymous complaint: it is closed once everything is decided.
    """
    begun = owned(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    summary = begun.facts
    undecided = summary.complaint_points - summary.complaint_points_decided
    wrong = [*text_problems(text, "text"), *text_problems(lesson, "lesson")]
    if result not in ComplaintEvent.Result.values:
        wrong.append(problem("complaint.empty", column="result"))
    if undecided:
        wrong.append(problem("complaint.undecided", count=undecided))
    elif summary.complaint_replied_on is None and not summary.complainant_unreachable:
        wrong.append(problem("complaint.not_replied"))
    else:
        wrong += _still_demanded(complaint, at)
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    departments = silent_titles(complaint)
    act = journal.begin(actor, "complaints.close", at=at)
    said = {"result": result, "text": text.strip(), "lesson": lesson.strip()}
    closed = event(complaint, Kind.CLOSED, act, at, **said)
    settle(complaint, act, at)
    if departments:
        # Their deadlines end with the complaint; whoever closes it is told who never answered.
        return Done(complaint, closed, (problem("complaint.silent", departments=departments),))
    return Done(complaint, closed)


def _still_demanded(complaint: Complaint, at: dt.datetime) -> list[Problem]:
    """What comes before the end: a proposal that waits, and whatever the procedure wants first.

    The procedure says it with the condition of the step that records the end: while that step is
    not demanded, the complaint is not closed.
    """
    if any(waits(proposal) for proposal in complaint.proposals.all()):
        return [problem("complaint.waits")]

    on = day_of(complaint.organisation, at)
    if not asks_to_close(complaint.organisation, on):
        return []
    open_steps = [packs.step_of(t.pack_version_id, t.step.code) for t in open_tasks(complaint)]
    if any(step.records == "closed" for step in open_steps):
        return []
    titles = [in_language(step.title) for step in open_steps]
    return [problem("complaint.demanded", steps="; ".join(titles) or "—")]
