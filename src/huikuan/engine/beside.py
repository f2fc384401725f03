"""What stands beside the steps of a playbook, its scripts and outcome codes: is it in order, and
does every part of it lead somewhere?
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from huikuan.engine import outcomes, scripts, times_file
from huikuan.engine.fact import Words
from huikuan.engine.parameters import READ_BY_THE_PROGRAM
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

#: Who is spoken to for the debt. With the client and within the house people find their own words.
OUTSIDE = ("debtor", "guarantor", "co_debtor", "third_party")


#: What the rest of a line after it is: words for people.
_COMMENT = re.compile(r"(^|\s)#.*")


class Step(Protocol):
    """A step of a playbook, as far as its script is asked about."""

    @property
    def id(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def addressee(self) -> str: ...
    @property
    def script(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def contacts(self) -> bool: ...


def check_beside(files: Mapping[str, str], steps: Collection[str] | None) -> list[Problem]:
    """Everything that is wrong with the scripts and outcomes of a pack (file name → text).

    `steps`: ids of the playbook's steps; None where they cannot be read.
    """
    found, of_outcomes = outcomes.read_outcomes(files, scripts.ids(files))
    problems = [*scripts.read_scripts(files)[1], *of_outcomes]
    if found is not None and steps is not None:
        problems += _leading_nowhere(found, steps)
    return problems


def outcome_words(files: Mapping[str, str]) -> dict[str, Words]:
    """The outcome codes of a pack with their words; none where it lists none."""
    found, _problems = outcomes.read_outcomes(files, scripts.ids(files))
    if found is None:
        return {}
    return {
        code: (title.get("zh", ""), title.get("en", "")) for code, title in found.codes().items()
    }


def unused_scripts(files: Mapping[str, str], named: Collection[str]) -> list[Problem]:
    """A warning for each script of a pack without errors that neither a step (`named`) nor an
    answer names: its words are written, checked and translated, and nobody sees them.
    """
    found, _problems = outcomes.read_outcomes(files, scripts.ids(files))
    answered = {answer.script for answer in found.answers} if found else set()
    shown = {*named, *answered, *scripts.SHOWN_BY_THE_PROGRAM}
    unused = [script for script in scripts.ids(files) if script not in shown]

    message = _("script {name} is shown nowhere: no step and no answer names it")
    remedy = _("name it at the step or the answer that it belongs to, or delete it")
    problems = []
    for script in unused:
        file = f"{scripts.FOLDER}{script}.md"
        problem = Problem("script.unused", message, remedy, {"name": script}, file)
        problems.append(problem.at(line=1, column=1, severity="warning"))
    return problems


def without_words(steps: Iterable[Step]) -> list[Problem]:
    """A warning for each step that speaks to somebody outside and has no script: whoever does it
    has to find the words, and no language and no check ever sees them.
    """
    message = _("step {step} speaks to the {addressee} by {action}, and no script says what")
    remedy = _("name one: script: …, and write scripts/….md")
    problems = []
    for step in steps:
        if not step.contacts or step.addressee not in OUTSIDE or step.script:
            continue
        params = {"step": step.id, "addressee": step.addressee, "action": step.action}
        problem = Problem("script.missing", message, remedy, params, "playbook.yaml")
        problems.append(problem.at(line=step.line, column=1, severity="warning"))
    return problems


def unused_names(files: Mapping[str, str], root: yamlfile.Mapping) -> list[Problem]:
    """A warning for each parameter, term and time that nothing reads: misspelt, or left over."""
    texts = [text for name, text in files.items() if name.endswith(".yaml")]
    lines = [_COMMENT.sub("", line) for text in texts for line in text.splitlines()]
    counted = Counter(word for line in lines for word in set(re.findall(r"\w+", line)))

    message = _("{name} is read by nothing")
    remedy = _("is it misspelt where it is meant? else delete it")
    problems = []
    times = root.get(times_file.KEY)
    named = times.get("named") if isinstance(times, yamlfile.Mapping) else None
    for listed in (root.get("parameters"), root.get("terms"), named):
        if not isinstance(listed, yamlfile.Mapping):
            continue
        for name in listed:
            # The line that declares it counts once.
            if counted[name] > 1 or name in READ_BY_THE_PROGRAM:
                continue
            place = listed.key_place(name)
            problem = Problem("playbook.unused", message, remedy, {"name": name}, place.file)
            problem = problem.at(line=place.line, column=place.column, severity="warning")
            problems.append(problem)
    return problems


def _leading_nowhere(found: outcomes.Outcomes, steps: Collection[str]) -> Iterator[Problem]:
    """An outcome leads to a field of the form, or to a step that there is."""
    known = [*outcomes.OFFERS, *steps]
    for outcome in found:
        for word in outcome.follow_up:
            if word in known:
                continue

            near = did_you_mean(word, known)
            remedy = _("a field ({offers}) or the id of a step of playbook.yaml")
            if near:
                remedy = _("did you mean {near}?")

            message = _("'{code}' leads to {word}, and there is no such step")
            params: dict[str, object] = {
                "code": outcome.code,
                "word": word,
                "near": near,
                "offers": ", ".join(outcomes.OFFERS),
            }
            problem = Problem("outcome.follow_up", message, remedy, params, outcomes.FILE)
            yield problem.at(line=outcome.line)
