"""The permanent identities of steps: pack, code, and what the step is about."""

from __future__ import annotations

from huikuan.casebook.models import Step, Task
from huikuan.engine.playbook import Playbook
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _


def moved(book: Playbook) -> list[Problem]:
    """Steps that made tasks about another subject.

    These tasks carry the id of what they are about: they would be read as if about this subject.
    """
    known = dict(Step.objects.filter(pack=book.pack.name).values_list("code", "subject"))

    problems = []
    for step in book.steps:
        before = known.get(step.id, step.per)
        if before == step.per or not _has_tasks(book.pack.name, step.id):
            continue
        problems.append(
            Problem(
                "playbook.step_subject",
                _("step {id} was about a {before} and is now about a {now}; it has tasks"),
                _("give the step about a {now} an id of its own"),
                {"id": step.id, "before": before, "now": step.per},
                "playbook.yaml",
                line=step.line,
                column=1,
            )
        )
    return problems


def keep(book: Playbook) -> None:
    """A row for each step, with its subject."""
    pack = book.pack.name
    known = dict(Step.objects.filter(pack=pack).values_list("code", "subject"))
    changed = [step for step in book.steps if known.get(step.id) != step.per]
    Step.objects.bulk_create(
        [Step(pack=pack, code=step.id, subject=step.per) for step in changed],
        update_conflicts=True,
        unique_fields=["pack", "code"],
        update_fields=["subject"],
    )


def _has_tasks(pack: str, code: str) -> bool:
    return Task.objects.filter(step__pack=pack, step__code=code).exists()
