"""What must be so before a step is done: its role, and where the procedure says so, an approval.

Whatever does a task asks here: a note, a contact, the start of a call, a command.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from huikuan.approvals import decide as approvals
from huikuan.approvals.again import Wanted, against
from huikuan.approvals.ask import ask
from huikuan.approvals.decide import Decided
from huikuan.approvals.sentences import problem
from huikuan.approvals.who import needed
from huikuan.casebook import journal, packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.fact_value import value_of
from huikuan.casebook.models import Approval, Case, Task
from huikuan.casebook.open_steps import step_of
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


def hindrances(steps: Mapping[int, Step], actor: User) -> dict[int, Problem]:
    """Task id → why this user may not do the task. Tasks that the user may do are left out.

    `steps`: task id → its step. Whoever granted an approval does not use it: two people stand
    behind each such act.
    """
    latest = latest_requests(key for key, step in steps.items() if step.approval)

    found = {}
    for key, step in steps.items():
        if not may_do(step.role, actor):
            found[key] = problem("done.role", role=_title(step.role, actor))
        elif step.approval:
            lacking = _lacking(step, latest.get(key), actor)
            if lacking is not None:
                found[key] = lacking
    return found


def _lacking(step: Step, request: Approval | None, actor: User) -> Problem | None:
    """What the approval of a step still wants, seen by whoever is about to do it."""
    title = in_language(step.title)
    if request is None:
        return problem("done.approval", step=title, role=_deciders(step, actor))
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


def _deciders(step: Step, user: User) -> str:
    """The titles of who must agree, in order."""
    assert step.chain is not None
    titles = roles.titles(user.organisation_id)
    return " → ".join(titles[station.role] for station in step.chain.by)


def latest_requests(task_ids: Iterable[int]) -> dict[int, Approval]:
    """Task id → its newest request; one that was withdrawn counts as never asked."""
    wanted = list(task_ids)
    if not wanted:
        return {}

    found = Approval.objects.filter(kind=Approval.Kind.STEP, task__in=wanted)
    found = found.exclude(status=Approval.Status.WITHDRAWN)
    found = found.select_related("decided__actor", "taken_back__actor", "task", "organisation")
    found = found.prefetch_related("answers__act__actor")
    return {one.task_id: one for one in found.order_by("pk") if one.task_id is not None}


def requests_of_steps(case: Case) -> dict[str, list[Approval]]:
    """Id of a step → the newest request of each of its open tasks, where one was made."""
    tasks = Task.objects.filter(case=case, status=Task.Status.OPEN)
    codes = dict(tasks.values_list("pk", "step__code"))

    found: dict[str, list[Approval]] = {}
    for task_id, request in latest_requests(codes).items():
        found.setdefault(codes[task_id], []).append(request)
    return found


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
        it never has done without an approval is not done without one because no task is planned.
        """
        open_now = self._like_this(self.steps)
        if not open_now:
            return self._unplanned(actor)
        if any(not step.approval for step in open_now.values()):
            return None

        lacking = hindrances(open_now, actor)
        if len(lacking) == len(open_now):
            return next(iter(lacking.values()))
        if self.named is None or set(self.named) & (set(open_now) - set(lacking)):
            return None
        granted = next(step for key, step in open_now.items() if key not in lacking)
        return problem("done.name_task", step=in_language(granted.title))

    def _unplanned(self, actor: User) -> Problem | None:
        """By the procedures that the case follows."""
        books = [packs.playbook_of(each) for each in packs.of_case(self.case, self.on)]
        steps = [step for book in books for step in book.steps]
        alike = list(self._like_this(dict(enumerate(steps))).values())
        if not alike or not all(step.approval for step in alike):
            return None
        return problem("done.unplanned", role=_deciders(alike[0], actor))

    def _like_this(self, steps: Mapping[int, Step]) -> dict[int, Step]:
        return {
            key: step
            for key, step in steps.items()
            if step.action == self.action and step.addressee == self.target
        }


@transaction.atomic
def ask_for(task_id: int, *, reason: str, actor: User, at: dt.datetime) -> Asked:
    """Asks the role that the procedure names to approve a task. A second time changes nothing."""
    task = _locked(task_id, actor)
    if task is None:
        return Asked(None, (problem("approval.no_task"),))

    step = step_of(task)
    standing = latest_requests([task.pk]).get(task.pk)
    if standing is not None and standing.status in STANDING:
        status = standing.get_status_display()
        return Asked(standing, (problem("approval.standing", status=status),))
    problems = _unaskable(task, step, reason, actor)
    if problems:
        return Asked(None, problems)

    assert task.case is not None  # `_locked` gives tasks of cases only
    wanted = _wanted(task, step, reason)
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
        task=task,
        chain=step.chain,
    )
    return Asked(request)


def _wanted(task: Task, step: Step, reason: str) -> Wanted:
    """What is asked for, with the amount that the chain compares, if it compares one."""
    assert task.case is not None
    subject = {
        "pack_version": task.pack_version_id,
        "step": step.id,
        "due_on": task.due_on.isoformat(),
    }

    amount = None
    if step.chain is not None and step.chain.amount:
        amount = value_of(step.chain.amount, step.per, task.subject_id)
    assert amount is None or isinstance(amount, int)  # facts in money are minor units

    return Wanted(Approval.Kind.STEP, task.case, subject, reason, amount, task)


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
    """Grants or refuses. Nothing is carried out: whoever does the task finds the grant."""
    with transaction.atomic():
        return approvals.decide(
            approval_id, kinds=KINDS, grant=grant, reason=reason, actor=actor, at=at
        )


def withdraw(approval_id: int, *, actor: User, at: dt.datetime) -> Decided:
    """The asker takes the request back while it waits."""
    with transaction.atomic():
        return approvals.withdraw(approval_id, kinds=KINDS, actor=actor, at=at)


def _locked(task_id: int, actor: User) -> Task | None:
    """The task of a case that the actor sees, locked, so that two requests do not cross."""
    tasks = Task.objects.select_related("step", "case__organisation").filter(
        pk=task_id, case__in=visible_cases(actor).values("pk")
    )
    return tasks.select_for_update(of=("self",)).first()


def _title(code: str, user: User) -> str:
    return roles.titles(user.organisation_id)[code]
