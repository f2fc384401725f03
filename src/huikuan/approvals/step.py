"""What must be so before a step is done: its role, and where the procedure says so, an approval.

Whatever does a task asks here: a note, a contact, the start of a call, a command.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from huikuan.approvals import decide as approvals
from huikuan.approvals.again import Wanted, against
from huikuan.approvals.amount import covers_today, total_of
from huikuan.approvals.ask import ask
from huikuan.approvals.decide import Decided
from huikuan.approvals.sentences import problem
from huikuan.approvals.who import needed
from huikuan.casebook import journal, packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Approval, Case, CaseEvent, Task
from huikuan.casebook.open_steps import asked_of
from huikuan.casebook.together import still_standing, with_alike
from huikuan.engine import chain as chains
from huikuan.engine.playbook import Step
from huikuan.lib.problems import Problem
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.ranks import may_do
from huikuan.web.templatetags.huikuan_facts import in_language

KINDS = (str(Approval.Kind.STEP),)
STANDING = (Approval.Status.WAITING, Approval.Status.GRANTED)


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that now stands for the task, or why there is none."""

    approval: Approval | None
    problems: tuple[Problem, ...] = ()


def hindrances(task_ids: Iterable[int], actor: User, on: dt.date) -> dict[int, Problem]:
    """Task id → why this user may not do the task on the day. Tasks that the user may do are left
    out.

    Whoever granted an approval does not use it: two people stand behind each such act. So whoever
    recorded an event of the case does not do the step that checks it.
    """
    related = Task.objects.filter(pk__in=list(task_ids)).select_related("step", "case")
    tasks = list(related.order_by("pk"))
    steps = asked_of(tasks, on)
    return hindrances_of(tasks, steps, latest_requests(steps), actor)


def hindrances_of(
    tasks: Collection[Task],
    steps: Mapping[int, Step],
    requests: Mapping[int, Approval],
    actor: User,
) -> dict[int, Problem]:
    """The same for tasks at hand, with their steps as `asked_of` gives them for the day, and their
    `latest_requests`.
    """
    made = _events_made_by(actor, [task for task in tasks if steps[task.pk].checks])
    case_of = {task.pk: task.case_id for task in tasks}

    found = {}
    for key, step in steps.items():
        if not may_do(step.role, actor):
            found[key] = problem("done.role", role=_title(step.role, actor))
        elif (case_of[key], step.checks) in made:
            found[key] = problem("done.maker", step=in_language(step.title))
        elif step.approval:
            lacking = _lacking(step, requests.get(key), actor)
            if lacking is not None:
                found[key] = lacking
    return found


def _events_made_by(actor: User, tasks: Collection[Task]) -> set[tuple[int | None, str]]:
    """Case and kind of the events that the user recorded of the cases of these tasks."""
    if not tasks:
        return set()
    events = CaseEvent.objects.filter(case__in=[task.case_id for task in tasks], act__actor=actor)
    return set(events.values_list("case_id", "kind"))


def _lacking(step: Step, request: Approval | None, actor: User) -> Problem | None:
    """What the approval of a step still wants, seen by whoever is about to do it."""
    title = in_language(step.title)
    if request is None:
        return problem("done.approval", step=title, role=titles_of_deciders(step, actor))
    if request.status == Approval.Status.WAITING:
        return problem("done.approval_waiting", step=title, role=needed(request))
    if request.status == Approval.Status.REFUSED:
        reason = request.decision_reason
        return problem("done.approval_refused", step=title, reason=reason)
    if request.status == Approval.Status.TAKEN_BACK:
        reason = request.taken_back_reason
        return problem("done.approval_taken_back", step=title, reason=reason)

    if any(answer.act.actor_id == actor.pk for answer in request.answers.all()):
        return problem("done.approval_own", step=title, role=_title(step.role, actor))
    return None


def titles_of_deciders(step: Step, user: User) -> str:
    """The titles of who must agree, in order."""
    assert step.chain is not None
    titles = roles.titles(user.organisation_id)
    return " → ".join(titles[station.role] for station in step.chain.by)


def latest_requests(steps: Mapping[int, Step]) -> dict[int, Approval]:
    """Task id → its newest request that speaks for the task as it stands.

    `steps`: task id → its step, with the approval that is wanted (`asked_of`). One that was
    withdrawn counts as never asked. So does one that went another way, from before a stricter
    version came into force; and one of a former standing: a task that was closed and is demanded
    again is another occasion, and what was granted for the first is not granted for the second. A
    grant counts for an amount that those who agreed may decide, as it is now.
    """
    wanted = [key for key, step in steps.items() if step.chain is not None]
    if not wanted:
        return {}

    tasks = Task.objects.filter(pk__in=wanted)
    asked = Approval.objects.filter(
        kind=Approval.Kind.STEP,
        case__in=tasks.values("case"),
        covers__has_any_keys=[str(key) for key in wanted],
    )
    asked = asked.exclude(status=Approval.Status.WITHDRAWN)
    related = ("decided__actor", "taken_back__actor", "task", "case", "organisation")
    asked = asked.select_related(*related)
    requests = list(asked.prefetch_related("answers__act__actor").order_by("pk"))
    if not requests:
        return {}

    found = {}
    for key, standing in tasks.values_list("pk", "standing"):
        for request in requests:
            is_for_it = request.covers.get(str(key)) == standing
            if is_for_it and _goes_the_way_of(request, steps[key]):
                found[key] = request
    return {key: request for key, request in found.items() if _still_covers(request, steps[key])}


def _still_covers(request: Approval, step: Step) -> bool:
    """A grant may have become too small; what waits or was refused stands as it is."""
    return request.status != Approval.Status.GRANTED or covers_today(request, step)


def _goes_the_way_of(request: Approval, step: Step) -> bool:
    """Whether the request was put to the stations that the step wants. Silence may have added one
    behind them.
    """
    assert step.chain is not None
    stations = chains.of_json(request.chain).by
    return stations[: len(step.chain.by)] == step.chain.by


def requests_of_steps(case: Case, on: dt.date) -> dict[tuple[str, int], list[Approval]]:
    """Id of a step and of what it is about → the newest request of each of its open tasks, where
    one was made. A step about items may have one for each of them, or one for several.
    """
    tasks = Task.objects.filter(case=case, status=Task.Status.OPEN).select_related("step", "case")
    subjects = dict(tasks.values_list("pk", "subject_id"))
    steps = asked_of(tasks.order_by("pk"), on)

    found: dict[tuple[str, int], list[Approval]] = {}
    for task_id, request in latest_requests(steps).items():
        key = (steps[task_id].id, subjects[task_id])
        found.setdefault(key, []).append(request)
    return found


def unplanned(
    case: Case, on: dt.date, is_meant: Callable[[Step], bool], actor: User
) -> Problem | None:
    """That a procedure of the case wants an approval of such an act, and no task asks for one now.

    One step without an approval frees no other: a letter that nobody asked for would count as the
    demand letter, which somebody must agree to. Whoever does the free step names its task.
    """
    steps = meant(case, on, is_meant)
    guarded = next((step for step in steps if step.approval), None)
    if guarded is None:
        return None
    return problem("done.unplanned", role=titles_of_deciders(guarded, actor))


def meant(case: Case, on: dt.date, is_meant: Callable[[Step], bool]) -> list[Step]:
    """The steps of the case's procedures that are meant."""
    books = [packs.playbook_of(version) for version in packs.of_case(case, on)]
    return [step for book in books for step in book.steps if is_meant(step)]


@dataclass(frozen=True, slots=True)
class Outside:
    """An act that names no task, or only tasks of another kind: a way round an approval, if it may.

    `action` and `target`: what is done, and to whom, in the words of steps. `steps`: the open tasks
    of the case that ask for this action (casebook/open_steps.py). `named`: the tasks that a record
    names; None while nothing is recorded yet, as at the start of a call.
    """

    case: Case
    action: str
    target: str
    on: dt.date
    steps: Mapping[int, Step]
    named: Collection[int] | None = None

    def hindrance(self, actor: User) -> Problem | None:
        """What forbids the act to this user; None where nothing does.

        What open tasks ask for decides. Where none asks for such an act, the procedure does: what
        it wants an approval of is not done without one because no task is planned.
        """
        open_now = self._like_this(self.steps)
        if not open_now:
            return unplanned(self.case, self.on, self._is_like_this, actor)
        if any(not step.approval for step in open_now.values()):
            return None

        lacking = hindrances(open_now, actor, self.on)
        if len(lacking) == len(open_now):
            return next(iter(lacking.values()))
        if self.named is None or set(self.named) & (set(open_now) - set(lacking)):
            return None
        granted = next(step for key, step in open_now.items() if key not in lacking)
        return problem("done.name_task", step=in_language(granted.title))

    def asking(self) -> list[Step]:
        """The steps that such an act would be: of the open tasks, else of the procedures."""
        open_now = self._like_this(self.steps)
        return list(open_now.values()) or meant(self.case, self.on, self._is_like_this)

    def _like_this(self, steps: Mapping[int, Step]) -> dict[int, Step]:
        return {key: step for key, step in steps.items() if self._is_like_this(step)}

    def _is_like_this(self, step: Step) -> bool:
        return step.action == self.action and step.addressee == self.target


@transaction.atomic
def ask_for(task_id: int, *, reason: str, actor: User, at: dt.datetime) -> Asked:
    """Asks the role that the procedure names to approve a task, with those that are done with it.
    A second time changes nothing.
    """
    task = _locked(task_id, actor)
    if task is None:
        return Asked(None, (problem("approval.no_task"),))

    assert task.case is not None  # `_locked` gives tasks of cases only
    [step] = asked_of([task], day_of(task.case.organisation, at)).values()
    standing = latest_requests({task.pk: step}).get(task.pk)
    if standing is not None and standing.status in STANDING:
        status = standing.get_status_display()
        return Asked(standing, (problem("approval.standing", status=status),))
    problems = _unaskable(task, step, reason, actor)
    if problems:
        return Asked(None, problems)

    tasks = _to_ask_with(task, step, at)
    wanted = _wanted(tasks, step, reason)
    problems = against(wanted)
    if problems:
        return Asked(None, problems)

    act = journal.begin(actor, "approvals.ask_step", at=at, reason=reason)
    request = ask(
        Approval.Kind.STEP,
        act=act,
        case=task.case,
        subject=wanted.subject,
        reason=reason,
        at=at,
        amount_minor=wanted.amount_minor,
        tasks=tasks,
        chain=step.chain,
    )
    return Asked(request)


def _to_ask_with(task: Task, step: Step, at: dt.datetime) -> list[Task]:
    """The task and those that are done with it, of which no request stands; all go the same way."""
    assert task.case is not None
    tasks = with_alike(task)
    steps = asked_of(tasks, day_of(task.case.organisation, at))
    requests = latest_requests(steps)

    found = [task]
    for other in tasks[1:]:
        request = requests.get(other.pk)
        is_asked = request is not None and request.status in STANDING
        if not is_asked and steps[other.pk].chain == step.chain:
            found.append(other)
    return found


def _wanted(tasks: list[Task], step: Step, reason: str) -> Wanted:
    """What is asked for, with the amount of all that it is about."""
    task = tasks[0]
    assert task.case is not None
    subject = {
        "pack_version": task.pack_version_id,
        "step": step.id,
        "due_on": min(each.due_on for each in tasks).isoformat(),
    }

    total = total_of(tasks, step)
    return Wanted(Approval.Kind.STEP, task.case, subject, reason, total, tuple(tasks))


def _unaskable(task: Task, step: Step, reason: str, actor: User) -> tuple[Problem, ...]:
    """Everything for which the request is not made."""
    found = []
    if not step.approval:
        found.append(problem("approval.not_needed"))
    if task.status != Task.Status.OPEN:
        found.append(problem("approval.closed_task", status=task.get_status_display()))
    if not actor.may_write or not may_do(step.role, actor):
        found.append(problem("done.role", role=_title(step.role, actor)))
    if not reason.strip():
        found.append(problem("approval.no_reason", column="reason"))
    return tuple(found)


def decide(approval_id: int, *, grant: bool, reason: str, actor: User, at: dt.datetime) -> Decided:
    """Grants or refuses. Nothing is carried out: whoever does the task finds the grant.

    A request whose task has ended meanwhile, or was opened anew, is not granted any more: what it
    spoke of is over.
    """
    with transaction.atomic():
        over = _over(approval_id, actor) if grant else None
        if over is not None:
            return over
        return approvals.decide(
            approval_id, kinds=KINDS, grant=grant, reason=reason, actor=actor, at=at
        )


def _over(approval_id: int, actor: User) -> Decided | None:
    """Why a request that waits is not granted any more; None where its task still stands as it
    stood when it was asked for.
    """
    seen = Approval.objects.filter(
        pk=approval_id,
        status=Approval.Status.WAITING,
        task__isnull=False,
        case__in=visible_cases(actor).values("pk"),
    )
    request = seen.select_related("task").first()
    if request is None or still_standing(request):
        return None
    return Decided(request, problems=(problem("approval.over"),))


def withdraw(approval_id: int, *, actor: User, at: dt.datetime) -> Decided:
    """The asker takes the request back while it waits."""
    with transaction.atomic():
        return approvals.withdraw(approval_id, kinds=KINDS, actor=actor, at=at)


def _locked(task_id: int, actor: User) -> Task | None:
    """The task of a case that the actor sees, locked, so that two requests do not cross."""
    tasks = Task.objects.select_related("step", "case__organisation").filter(
        pk=task_id, case__in=visible_cases(actor).values("pk")
    )
    seen = tasks.first()
    if seen is None or seen.case_id is None:
        return None
    # The case before its tasks, as everywhere: others of them are locked after this one.
    lock_cases([seen.case_id])
    return tasks.select_for_update(of=("self",)).first()


def _title(code: str, user: User) -> str:
    return roles.titles(user.organisation_id)[code]
