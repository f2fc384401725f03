"""huikuan done: a task that is no contact is done, by the verb of its page."""

import argparse
from typing import TYPE_CHECKING

from huikuan.ops import requests

if TYPE_CHECKING:
    from huikuan.lib.problems import Problem
    from huikuan.people.models import User
    from huikuan.planning.done import Done

HELP = "mark a task done that is no contact: a review, a charge, a notice, a legal step"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """`TASK --note …`."""
    from huikuan.ops.words import gettext as _

    parser.add_argument(
        "task", type=int, metavar="TASK", help=_("number of the task, as huikuan tasks says it")
    )
    parser.add_argument("--note", default="", metavar="TEXT", help=_("what was done"))
    requests.common_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: this call did it; 1: it did not, and why."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.ops.acts import tell
    from huikuan.planning.done import Done, done, find

    actor = requests.actor_of(args)
    elsewhere = _done_elsewhere(args.task, actor)
    if elsewhere is not None:
        answer = Done(find(args.task, actor), problems=(elsewhere,))
    else:
        answer = done(args.task, text=args.note, actor=actor, at=timezone.now())
    said = _as_json(answer)
    return tell(answer.problems, said, _("The task is done."), args, done=answer.saved)


def _done_elsewhere(task_id: int, actor: "User") -> "Problem | None":
    """That another command does the task, which asks for more than a note: how the customer was
    told, so that nothing is mailed unasked.
    """
    from huikuan.casebook.open_steps import step_of
    from huikuan.planning.done import find
    from huikuan.planning.sentences import problem
    from huikuan.web import rooms

    task = find(task_id, actor)
    if task is None:
        return None
    page = rooms.page_of(step_of(task))
    if page is None or not page.command:
        return None
    return problem("done.by_command", command=page.command)


def _as_json(answer: "Done") -> dict[str, object]:
    """The keys that docs/cli.md promises."""
    task = answer.task
    if task is None or task.case is None:
        return {"task": None, "case": None, "step": None, "status": None, "note": None}

    note = None
    if answer.note is not None:
        note = answer.note.pk
    return {
        "task": task.pk,
        "case": task.case.number,
        "step": task.step.code,
        "status": task.status,
        "note": note,
    }
