"""What stands beside the steps of a playbook, its scripts and outcome codes: is it in order, and
does every part of it lead somewhere?
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from huikuan.engine import outcomes, scripts
from huikuan.engine.fact import Words
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _


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
    unused = [script for script in scripts.ids(files) if script not in {*named, *answered}]

    message = _("script {name} is shown nowhere: no step and no answer names it")
    remedy = _("name it at the step or the answer that it belongs to, or delete it")
    problems = []
    for script in unused:
        file = f"{scripts.FOLDER}{script}.md"
        problem = Problem("script.unused", message, remedy, {"name": script}, file)
        problems.append(problem.at(line=1, column=1, severity="warning"))
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
