"""The specification of one playbook: what does not come out, and what it does not show yet."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext, gettext_noop

from huikuan.engine import vocabulary
from huikuan.engine.playbook import Playbook
from huikuan.lib.calendar import china
from huikuan.lib.problems import Problem
from huikuan.planning import completeness, specification, specification_run
from huikuan.planning.expected import Difference, differences
from huikuan.planning.load import Checked
from huikuan.planning.specification import Example


def check(pack: Checked) -> tuple[int, list[Problem]]:
    """How many cases came out; an error for each that did not, a warning for each kind missing.

    A specification may be as small as its writer likes, so what it does not show is no error.
    """
    assert pack.playbook is not None
    examples, problems = _read(pack, pack.playbook)
    words = vocabulary.standard()
    fired = specification_run.answers(pack.playbook, examples, words, china())

    count = 0
    for example, answer in zip(examples, fired, strict=True):
        found = list(differences(example.fires, answer, pack.playbook))
        count += not found
        problems += _wrong_case(example, found)

    if examples:
        lacks = completeness.lacks(pack.playbook, examples, fired, words)
        problems += [_warning(lack, pack.playbook) for lack in lacks]
    return count, problems


def _read(pack: Checked, book: Playbook) -> tuple[list[Example], list[Problem]]:
    examples: list[Example] = []
    problems: list[Problem] = []
    for file in sorted((pack.folder / "tests").glob("*.yaml")):
        read, unreadable = specification.read_examples(file, book, vocabulary.standard())
        examples += read
        problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]
    return examples, problems


def _wrong_case(example: Example, found: list[Difference]) -> Iterator[Problem]:
    if not found:
        return

    name, line = example.place.rsplit(":", 1)
    params = {"name": example.name, "differences": "; ".join(_in_words(one) for one in found)}
    message = gettext_noop("'{name}' does not come out: {differences}")
    problem = Problem("specification.case", message, "", params, f"tests/{name}")
    yield problem.at(line=int(line))


def _in_words(difference: Difference) -> str:
    step = difference.step
    wanted = difference.wanted
    if difference.key == "fires":
        text = gettext("{step} does not fire") if wanted else gettext("{step} fires")
    elif difference.key == "due":
        text = gettext("{step} is due {found}, not {wanted}")
    else:
        text = gettext("{step}: {key} is {found}, not {wanted}")
    return text.format(step=step, key=difference.key, found=difference.found, wanted=wanted)


def _warning(lack: completeness.Lack, book: Playbook) -> Problem:
    problem = Problem("specification.lack", lack.message, "", lack.params, "playbook.yaml")
    return problem.at(line=book.step(lack.step).line, severity="warning")
