"""What a step records of its subject when it is done, as a playbook writes it."""

from __future__ import annotations

from collections.abc import Sequence

from huikuan.engine import words
from huikuan.engine.fact import Subject
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _


def read_event(
    node: yamlfile.Node | None, lineage: Sequence[Subject], problems: list[Problem]
) -> str:
    """An event that may happen to the subject or to one of its ancestors; empty, with a problem,
    for any other word. `lineage`: the subject and its ancestors.
    """
    if node is None:
        return ""
    events = [event for subject in lineage for event in subject.events]
    if events:
        return yamlfile.as_choice(node, events, problems) or ""

    message = _("nothing is recorded of a {subject}")
    params: dict[str, object] = {"subject": lineage[0].name}
    problem = Problem("playbook.event", message, _("leave it out"), params, node.file)
    problems.append(problem.at(line=node.line, column=node.column))
    return ""


def read_records(
    node: yamlfile.Node | None,
    action: str | None,
    lineage: Sequence[Subject],
    problems: list[Problem],
) -> str:
    """The event that doing the step records. A contact is an event itself and records no other."""
    if node is None or action not in words.CONTACT_ACTIONS:
        return read_event(node, lineage, problems)

    message = _("a contact is recorded itself; it records no other event")
    remedy = _("let a step without a contact record it, or leave it out")
    problem = Problem("playbook.contact_event", message, remedy, {}, node.file)
    problems.append(problem.at(line=node.line, column=node.column))
    return ""
