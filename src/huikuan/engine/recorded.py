"""What a step records of its subject when it is done, as a playbook writes it."""

from __future__ import annotations

from huikuan.engine.fact import Subject
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _


def read_event(node: yamlfile.Node | None, subject: Subject, problems: list[Problem]) -> str:
    """An event that may happen to the subject; empty, with a problem, for any other word."""
    if node is None:
        return ""
    if subject.events:
        return yamlfile.as_choice(node, subject.events, problems) or ""

    message = _("nothing is recorded of a {subject}")
    params: dict[str, object] = {"subject": subject.name}
    problem = Problem("playbook.event", message, _("leave it out"), params, node.file)
    problems.append(problem.at(line=node.line, column=node.column))
    return ""
