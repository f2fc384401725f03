"""A pack against its own specification: what does not come out, and what it does not show yet.

A playbook's cases run through its compiled query on the database, those of contact rules through
the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext

from huikuan.engine import clock_cases, clock_file, times_cases, vocabulary
from huikuan.engine.limits import Limits
from huikuan.engine.playbook import Playbook
from huikuan.gate import specification as of_rules
from huikuan.lib.calendar import china
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning import completeness, specification, specification_run
from huikuan.planning.expected import Difference, differences
from huikuan.planning.load import Checked
from huikuan.planning.specification import Example


@dataclass
class Specified:
    """How many cases came out as written, and what is to be said of the others.

    An error for each case that did not come out or cannot be read, a warning for each kind of case
    that is missing: a specification may be as small as its writer likes.
    """

    cases: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """What keeps a pack from being signed."""
        return [problem for problem in self.problems if problem.severity == "error"]

    def add(self, name: str, place: str, found: list[str]) -> None:
        """Counts a case, or says how it differs."""
        if not found:
            self.cases += 1
            return

        file, line = place.rsplit(":", 1)
        params: dict[str, object] = {"name": name, "differences": "; ".join(found)}
        message = _("'{name}' does not come out: {differences}")
        problem = Problem("specification.case", message, "", params, f"tests/{file}")
        self.problems.append(problem.at(line=int(line)))


def failures(checked: Checked) -> list[Problem]:
    """What keeps the pack from being signed: cases that do not come out as written."""
    return run(checked, with_lacks=False).errors


def run(checked: Checked, *, with_lacks: bool = True) -> Specified:
    """Runs every case of the pack's specification. A pack that cannot be read has none.

    with_lacks: names also what the cases of a procedure do not show.
    """
    if checked.playbook is not None:
        found = _of_playbook(checked, checked.playbook, with_lacks)
        _add_clocks(found, checked, checked.playbook)
        _add_times(found, checked, checked.playbook)
        return found
    if checked.limits is not None:
        return _of_limits(checked, checked.limits)
    return Specified()


def _of_playbook(checked: Checked, book: Playbook, with_lacks: bool) -> Specified:
    """Facts → the steps that fire."""
    # The pack's own: its totals may be stated, too.
    words = book.vocabulary
    found = Specified()
    examples: list[Example] = []
    for file in sorted((checked.folder / "tests").glob("*.yaml")):
        read, unreadable = specification.read_examples(file, book, words)
        examples += read
        found.problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]

    if not examples:
        if book.steps:
            found.problems.append(_no_case(book))
        return found

    fired = specification_run.answers(book, examples, words, china())
    for example, answer in zip(examples, fired, strict=True):
        wrong = differences(example.fires, answer, book)
        found.add(example.name, example.place, [_in_words(one) for one in wrong])

    if with_lacks:
        lacks = completeness.lacks(book, examples, fired)
        found.problems += [_warning(lack, book) for lack in lacks]
    return found


def _add_clocks(found: Specified, checked: Checked, book: Playbook) -> None:
    """What happened → when each clock is due."""
    clocks = {clock.id: clock for clock in book.clocks}
    cases, unreadable = clock_cases.of_folder(checked.folder, book.clocks)
    found.problems += unreadable

    for case in cases:
        wrong = clock_cases.differences(case, clocks, china())
        text = gettext("{key} is {found}, not {wanted}")
        said = [text.format(key=key, found=is_, wanted=wanted) for key, is_, wanted in wrong]
        found.add(case.name, case.place, said)

    if not cases:
        return
    for clock in clocks.values():
        for message in clock_cases.lacks(clock, cases):
            problem = Problem(
                "specification.lack", message, "", {"clock": clock.id}, clock_file.FILE
            )
            found.problems.append(problem.at(line=clock.line, severity="warning"))


def _add_times(found: Specified, checked: Checked, book: Playbook) -> None:
    """A moment → how good it is for a step; a try → the next one."""
    cases, unreadable = times_cases.of_folder(checked.folder, book)
    found.problems += unreadable

    text = gettext("{key} is {found}, not {wanted}")
    for case in cases:
        wrong = times_cases.differences(case, book, china())
        said = [text.format(key=key, found=is_, wanted=wanted) for key, is_, wanted in wrong]
        found.add(case.name, case.place, said)


def _no_case(book: Playbook) -> Problem:
    """Nothing shows what the steps do: a mistake in any of them would go unseen."""
    message = _("no case of a specification shows when the {steps} steps fire")
    remedy = _("write cases in tests/*.yaml: facts, the day, and the steps that fire")
    params: dict[str, object] = {"steps": len(book.steps)}
    problem = Problem("specification.none", message, remedy, params, "playbook.yaml")
    return problem.at(severity="warning")


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


def _of_limits(checked: Checked, rules: Limits) -> Specified:
    """An act and its facts → allowed or refused, by which rule, and from when."""
    found = Specified()
    words = vocabulary.standard()
    for file in sorted((checked.folder / "tests").glob("*.yaml")):
        examples, unreadable = of_rules.read_examples(file, words)
        found.problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]
        for example in examples:
            found.add(example.name, example.place, list(_rule_differences(example, rules)))
    return found


def _rule_differences(example: of_rules.Example, rules: Limits) -> Iterator[str]:
    """Where the answer of the rules is not the one that the case states."""
    answer = of_rules.judge(example, (rules,))
    rule = answer.rule.code if answer.rule else ""
    if answer.allowed and not example.allowed:
        yield gettext("it is allowed")
    if not answer.allowed and example.allowed:
        yield gettext("{rule} refuses it").format(rule=rule)
    if rule != example.rule:
        text = gettext("the rule is {rule}, not {wanted}")
        yield text.format(rule=rule or "-", wanted=example.rule or "-")

    warned = tuple(said.code for said in answer.warnings)
    if example.warns is not None and warned != example.warns:
        text = gettext("the warnings are {codes}, not {wanted}")
        yield text.format(codes=", ".join(warned), wanted=", ".join(example.warns))
    if example.earliest is not None:
        wanted = None if example.earliest == "none" else example.earliest
        if answer.earliest_at != wanted:
            text = gettext("it would be allowed from {moment}, not {wanted}")
            yield text.format(moment=answer.earliest_at or "-", wanted=wanted or "-")
