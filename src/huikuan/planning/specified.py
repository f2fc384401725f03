"""A pack against its own specification: what does not come out, and what it does not show yet.

A playbook's cases run through its compiled query on the database, those of contact rules through
the gate. What no day changes, the table of its steps and of its talks, is compared as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from huikuan.engine import (
    clock_cases,
    clock_file,
    outcomes,
    scripts,
    talk_cases,
    times_cases,
    vocabulary,
)
from huikuan.engine.limits import Limits
from huikuan.engine.playbook import Playbook
from huikuan.gate import specification as of_rules
from huikuan.lib.calendar import china
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning import completeness, specification, specification_run, step_table
from huikuan.planning.expected import Difference, differences
from huikuan.planning.load import Checked
from huikuan.planning.specification import Example

PLAYBOOK = "playbook.yaml"


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

    def lack(self, message: str, params: Mapping[str, object], file: str, line: int) -> None:
        """Says what the cases do not show."""
        problem = Problem("specification.lack", message, "", params, file)
        self.problems.append(problem.at(line=line, severity="warning"))


def failures(checked: Checked) -> list[Problem]:
    """What keeps the pack from being signed: cases that do not come out as written."""
    return run(checked, with_lacks=False).errors


def run(checked: Checked, *, with_lacks: bool = True) -> Specified:
    """Runs every case of the pack's specification. A pack that cannot be read has none.

    with_lacks: names also what the cases of a procedure do not show.
    """
    if checked.playbook is not None:
        found = _of_playbook(checked, checked.playbook, with_lacks)
        _add_queues(found, checked, checked.playbook)
        _add_table(found, checked, checked.playbook)
        _add_talks(found, checked, checked.playbook)
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
        for lack in completeness.lacks(book, examples, fired):
            found.lack(lack.message, lack.params, PLAYBOOK, book.step(lack.step).line)
    return found


def _add_queues(found: Specified, checked: Checked, book: Playbook) -> None:
    """Facts → the queues of the work list in which a case stands."""
    examples: list[Example] = []
    for file in sorted((checked.folder / "tests" / specification.QUEUES).glob("*.yaml")):
        read, unreadable = specification.read_queued(file, book, book.vocabulary)
        examples += read
        found.problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]
    if not examples:
        return

    answers = specification_run.queues(book, examples, china())
    for example, stands in zip(examples, answers, strict=True):
        wanted = set(example.fires)
        said = [gettext("it stands in {queue}").format(queue=one) for one in stands - wanted]
        text = gettext("it does not stand in {queue}")
        said += [text.format(queue=one) for one in wanted - stands]
        found.add(example.name, example.place, sorted(said))

    for queue in book.queues:
        both = {queue in stands for stands in answers}
        if len(both) < 2:
            message = _("queue {queue}: no case shows who stands in it, and who does not")
            found.lack(message, {"queue": queue}, PLAYBOOK, 1)


def _add_table(found: Specified, checked: Checked, book: Playbook) -> None:
    """What each step is, and what the program itself reads of the procedure."""
    table, unreadable = step_table.of_folder(checked.folder, book)
    found.problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]

    for line in table.lines:
        wrong = step_table.differences(line, book)
        found.add(line.step, line.place, [_otherwise(o.key, o.found, o.wanted) for o in wrong])
    for figure in table.figures:
        value = book.parameters[figure.name]
        said = []
        if value != figure.wanted:
            said = [_otherwise(figure.name, value, figure.wanted)]
        found.add(figure.name, figure.place, said)
    whole_said = step_table.said_of_book(book)
    for whole in table.wholes:
        value_said = whole_said[whole.name]
        said = []
        if value_said != whole.wanted:
            said = [_otherwise(whole.name, value_said, whole.wanted)]
        found.add(whole.name, whole.place, said)

    for step in step_table.without_line(table, book):
        message = _("{step}: the table of the steps says nothing of it")
        found.lack(message, {"step": step.id}, PLAYBOOK, step.line)
    for name in step_table.without_word(table, book):
        message = _("{step}: the table of the steps says nothing of it")
        found.lack(message, {"step": name}, PLAYBOOK, 1)


def _add_talks(found: Specified, checked: Checked, book: Playbook) -> None:
    """A talk with an outcome → what is asked for, recorded and offered."""
    table, unreadable = talk_cases.of_folder(checked.folder)
    found.problems += [problem.at(file=f"tests/{problem.file}") for problem in unreadable]

    files = book.pack.files
    read, _of_outcomes = outcomes.read_outcomes(files, scripts.ids(files))
    talks = read or outcomes.Outcomes({}, ())
    for part in talk_cases.parts(table, talks, book.parameters):
        said = [_otherwise(one.key, one.found, one.wanted) for one in part.differences]
        found.add(part.name, part.place, said)

    for outcome in talk_cases.without_line(table, talks):
        message = _("{who} {outcome}: the table of the talks says nothing of it")
        params = {"who": outcome.who, "outcome": outcome.code}
        found.lack(message, params, outcomes.FILE, outcome.line)


def _otherwise(key: str, found: object, wanted: object) -> str:
    """What is otherwise than written, in the words of the file."""
    text = gettext("{key} is {found}, not {wanted}")
    return text.format(key=key, found=_written(found), wanted=_written(wanted))


def _written(value: object) -> str:
    """A value as a file of cases writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if value is None or value == "":
        return "none"
    return str(value)


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
            found.lack(message, {"clock": clock.id}, clock_file.FILE, clock.line)


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
    problem = Problem("specification.none", message, remedy, params, PLAYBOOK)
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
