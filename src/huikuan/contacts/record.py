"""Saving a contact: the record, the promise, what was learned of the number, the tasks done, the new facts: at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from huikuan.approvals import unapproved as without_approval
from huikuan.approvals.step import Outside, hindrances_of, latest_requests
from huikuan.approvals.too_early import TookPlace, too_early
from huikuan.casebook import done, facts, journal, spent
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import (
    Act,
    Case,
    ContactKey,
    ContactPoint,
    ContactRecord,
    GateDecision,
    PointStatus,
    Refusal,
    Spent,
    Task,
)
from huikuan.casebook.open_steps import asked_of, open_steps, step_of
from huikuan.casebook.same_content import digest_of
from huikuan.casebook.together import with_alike
from huikuan.contacts import line
from huikuan.contacts.check import OBLIGED, Situation, check
from huikuan.contacts.entry import ContactEntry, ContactLimits, Recorded
from huikuan.contacts.moment import day_and_minute, local_time
from huikuan.contacts.repeated import says_the_same
from huikuan.contacts.sentences import problem
from huikuan.gate import reserve
from huikuan.gate.check import check as check_gate
from huikuan.gate.purpose import of_tasks, target_of
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.promises import make
from huikuan.web.templatetags.huikuan_facts import action_name, in_language

ORDINARY = ContactLimits()
DEAD = (PointStatus.Status.INVALID, PointStatus.Status.SUSPENDED, PointStatus.Status.STRANGER)


@transaction.atomic
def record(
    entry: ContactEntry,
    *,
    actor: User,
    at: dt.datetime,
    decision: GateDecision | None = None,
    limits: ContactLimits = ORDINARY,
    case: Case | None = None,
    said: object = None,
) -> Recorded:
    """Saves one contact in one transaction, or says everything that stands in the way and saves nothing.

    `case` is the entry's case with its person and organisation, where the actor has just been let see it; else it is looked up.
    `decision` is the gate's answer to this act; only an inbound contact needs none. It is asked anew under the lock of
    the person, because others may have called meanwhile. The same `request_key` again gives the record that was saved;
    with another content it is refused, so that no second talk is lost. `said`: all that its form
    said, where that is more than the entry.
    A task that somebody else has done meanwhile is a warning: what took place is recorded.
    """
    case = (
        case
        or visible_cases(actor)
        .select_related("person", "organisation")
        .filter(pk=entry.case_id)
        .first()
    )
    if case is None or not actor.may(Right.RECORD_CONTACTS):
        return Recorded(None, (problem("contact.read_only" if case else "contact.case"),))
    reserve.lock(case)
    balances = lock_debtor(case)
    before = saved_before(entry.request_key)
    if before is not None and before.case_id != case.pk:
        return Recorded(None, (problem("contact.request_key"),))
    try:
        local = local_time(entry.at or at, case.person, case.organisation)
    except (ZoneInfoNotFoundError, ValueError):
        zone = case.person.timezone or case.organisation.timezone
        return Recorded(None, (problem("contact.timezone", zone=zone),))
    if before is not None:
        if says_the_same(entry, before, local, said=said, now=at):
            return Recorded(before, repeated=True)
        return Recorded(None, (problem("contact.request_key_other", contact=before.pk),))
    point, last_status = _point(entry, case)
    used = decision is not None and not spent.may_be_recorded(decision)
    theirs = decision is None or spent.is_theirs(decision, actor)
    seen = Situation(case, point, last_status, decision, used, theirs, balances[case.pk], local, at)
    # Who may do it and what is approved is asked of today, whatever day the contact was of: else a
    # date in the past would ask a version that is no longer in force.
    today = day_of(case.organisation, at)
    took_place = TookPlace(day_of(case.organisation, local), local, column="task_ids")
    tasks, problems = _tasks(entry, case, actor, today, took_place)
    lacking, outside = None, None
    if not entry.inbound:
        target = target_of(point, entry.channel)
        steps = open_steps(case, entry.channel, today)
        outside = Outside(case, entry.channel, target, today, steps, entry.task_ids)
        lacking = outside.hindrance(actor)
    if lacking is not None and not entry.override_reason.strip():
        problems.append(replace(lacking, column="override_reason"))
    problems += check(entry, seen, limits)
    if any(one.severity == "error" for one in problems):
        return Recorded(None, tuple(problems))
    purpose = entry.purpose or of_tasks(tasks)
    seen = _asked_anew(replace(entry, purpose=purpose), seen, actor)
    if (
        seen.decision is not None
        and not seen.decision.allowed
        and not entry.override_reason.strip()
    ):
        return Recorded(
            None,
            (problem("contact.refused_since", column="override_reason", rule=seen.decision.rule),),
        )
    content = digest_of(said or entry)
    saved = _save(entry, seen, tasks, problems, actor, content, unapproved=lacking is not None)
    if lacking is not None and outside is not None and saved.contact is not None:
        without_approval.tell(saved.contact, outside.asking())
    if decision is not None and saved.contact is not None:
        # What was given is used up, even where the record rests on the later refusal.
        for each in {decision, saved.contact.decision or decision}:
            spent.spend(each, Spent.Kind.CONTACT, saved.contact.pk, actor=actor, at=at)
        line.attach_of(decision, saved.contact, actor)
    return saved


def saved_before(request_key: str) -> ContactRecord | None:
    """The contact that this form saved already."""
    if not request_key:
        return None

    of_key = ContactKey.objects.filter(pk=request_key).values("contact_id")
    return ContactRecord.objects.filter(pk=Subquery(of_key)).first()


def _point(entry: ContactEntry, case: Case) -> tuple[ContactPoint | None, str | None]:
    """The contact point, if it is the debtor's of this case, and its last status."""
    if entry.point_id is None:
        return None, None
    newest = (
        PointStatus.objects.filter(point=OuterRef("pk"))
        .order_by("-valid_on", "-pk")
        .values("status")[:1]
    )
    points = ContactPoint.objects.filter(pk=entry.point_id, person_id=case.person_id)
    point = points.annotate(last_status=Subquery(newest)).first()
    return point, getattr(point, "last_status", None)


def _asked_anew(entry: ContactEntry, seen: Situation, actor: User) -> Situation:
    """Two collectors may both have been told yes and both have called: the answer counts with what was recorded since.
    A yes that still holds stands; a no is kept as a decision of its own, which flags the contact."""
    given = seen.decision
    if entry.inbound or given is None or not given.allowed:
        return seen
    act: dict[str, Any] = {"style": entry.style, "purpose": entry.purpose, "staff": entry.staff}
    asked = partial(
        check_gate,
        seen.case,
        seen.point,
        entry.channel,
        actor=actor,
        at=given.at,
        asked_at=seen.now,
        **act,
    )
    return seen if asked(record=False).allowed else replace(seen, decision=asked())


def _tasks(
    entry: ContactEntry, case: Case, actor: User, today: dt.date, took_place: TookPlace
) -> tuple[list[Task], list[Problem]]:
    """The tasks that the entry names, and why it may not name them."""
    if not entry.task_ids:
        return [], []

    related = Task.objects.select_related("step", "case__organisation")
    tasks = list(related.filter(case=case, pk__in=entry.task_ids).order_by("pk"))
    tasks = _with_alike(tasks, actor, today, took_place)
    steps = {task.pk: step_of(task) for task in tasks}
    problems = [
        problem("contact.task_other", column="task_ids", task=key)
        for key in entry.task_ids
        if key not in steps
    ]
    for step in steps.values():
        if step.contacts and step.action != entry.channel:
            action = action_name(step.action)
            title = in_language(step.title)
            problems.append(
                problem("contact.task_channel", column="task_ids", step=title, action=action)
            )
    for lacking in _not_theirs(tasks, actor, today, took_place).values():
        problems.append(replace(lacking, column="task_ids"))
    return tasks, problems


def _not_theirs(
    tasks: list[Task], actor: User, today: dt.date, took_place: TookPlace
) -> dict[int, Problem]:
    """Task id → why the user does not do the task by what took place then."""
    steps = asked_of(tasks, today)
    requests = latest_requests(steps)
    lacking = hindrances_of(tasks, steps, requests, actor)
    able = {task.pk: task for task in tasks if task.pk not in lacking}
    return lacking | too_early(took_place, able, steps, requests)


def _with_alike(
    named: list[Task], actor: User, today: dt.date, took_place: TookPlace
) -> list[Task]:
    """The tasks that were named, and those that are one act with them, as far as this user may."""
    keys = {task.pk for task in named}
    others = {}
    for task in named:
        for other in with_alike(task):
            if other.pk not in keys:
                others[other.pk] = other
    if not others:
        return named

    lacking = _not_theirs(list(others.values()), actor, today, took_place)
    return [*named, *(other for key, other in others.items() if key not in lacking)]


def _save(
    entry: ContactEntry,
    seen: Situation,
    tasks: list[Task],
    problems: list[Problem],
    actor: User,
    content: str,
    *,
    unapproved: bool,
) -> Recorded:
    refused = seen.decision is not None and not seen.decision.allowed
    flagged = entry.override_reason.strip() if refused or unapproved else ""
    act = journal.begin(
        actor,
        "contacts.record",
        at=seen.now,
        reason=flagged,
        request_id=entry.request_key,
        request_content=content,
    )
    contact = _write(entry, seen, act, flagged, unapproved=unapproved)
    promises = []
    if entry.promise is not None:
        on = contact.valid_on
        promises = make.make(
            entry.promise, case=seen.case, act=act, contact=contact, on=on, at=seen.now
        )
    learned = _learn(entry, seen, act)
    # No reason takes the place of an approval: it took place, and so it is kept, but it does nothing.
    completed = [] if unapproved else _complete(contact, tasks)
    done.remember(completed, at=seen.now)
    if not unapproved:
        problems += [_already(task) for task in tasks if task.pk not in completed]
    _refresh(seen.case, promised=bool(promises), learned=learned)
    return Recorded(contact, tuple(problems), tuple(promises), tuple(completed))


def _refresh(case: Case, *, promised: bool, learned: bool) -> None:
    """The facts that follow from the contact; of all the debtor's cases, where a number changed."""
    wrote = {"casebook_contactrecord"}
    cases = [case.pk]
    if promised:
        wrote.add("casebook_promise")
    if learned:
        wrote.add("casebook_pointstatus")
        cases = _of_the_debtor(case)
    facts.refresh(cases, wrote=wrote)


def _write(
    entry: ContactEntry, seen: Situation, act: Act, flagged: str, *, unapproved: bool
) -> ContactRecord:
    valid_on, minute = day_and_minute(seen.local)
    contact = ContactRecord.objects.create(
        **journal.columns(seen.case, act, on=valid_on, at=seen.now),
        case=seen.case,
        person_key_id=seen.case.person.key_id,
        point=seen.point,
        decision=seen.decision,
        channel=entry.channel,
        inbound=entry.inbound,
        style=entry.style,
        connected=entry.connected,
        answered=entry.answered,
        identified=entry.identified,
        seconds=entry.seconds,
        exchange=entry.exchange,
        at=seen.local,
        local_minute=minute,
        product=entry.product or seen.case.product,
        outcome=entry.outcome,
        reason_code=entry.reason_code,
        willingness=entry.willingness,
        next_contact_on=entry.next_contact_on,
        next_contact_minute=entry.next_contact_minute,
        note=entry.note.strip(),
        analysis=entry.analysis.strip(),
        recording=entry.recording,
        override_reason=flagged[:300],
        unapproved=unapproved,
        request_key=entry.request_key or None,
    )

    if entry.request_key:
        ContactKey.objects.create(key=entry.request_key, contact_id=contact.pk)
    return contact


def _learn(entry: ContactEntry, seen: Situation, act: Act) -> bool:
    """Writes what the contact says about the number itself. A refusal of a third person holds for good."""
    status = entry.point_status or _implied(entry, seen)
    if seen.point is None or not status:
        return False
    row = journal.columns(seen.case, act, on=seen.local.date(), at=seen.now) | {
        "case": seen.case,
        "point": seen.point,
    }
    PointStatus.objects.create(**row, status=status)
    if status == PointStatus.Status.REFUSED and seen.point.whose not in OBLIGED:
        Refusal.objects.create(**row)
    return True


def _implied(entry: ContactEntry, seen: Situation) -> str:
    """The number has changed owner if a stranger answers the debtor's; it is good again if the debtor answers it."""
    if seen.point is None or seen.point.whose != "debtor":
        return ""
    if entry.answered == ContactRecord.Answered.STRANGER:
        return PointStatus.Status.STRANGER
    back = entry.answered == ContactRecord.Answered.DEBTOR and seen.last_status in DEAD
    return PointStatus.Status.VALID if back else ""


def _complete(contact: ContactRecord, tasks: list[Task]) -> list[int]:
    """Marks the tasks done that are still open, by a conditional update, and links all that the contact covered."""
    if not tasks:
        return []
    link = ContactRecord.tasks.through
    link.objects.bulk_create(link(contactrecord_id=contact.pk, task_id=task.pk) for task in tasks)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casebook_task SET status = 'done', status_reason = 'contact', status_on = %s"
            " WHERE id = ANY(%s) AND case_id = %s AND status = 'open' RETURNING id",
            [contact.valid_on, [task.pk for task in tasks], contact.case_id],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _already(task: Task) -> Problem:
    return problem(
        "contact.task_done",
        column="task_ids",
        step=task.step.code,
        status=task.get_status_display(),
        on=task.status_on,
    )


def _of_the_debtor(case: Case) -> list[int]:
    return list(Case.objects.filter(person_id=case.person_id).values_list("pk", flat=True))
