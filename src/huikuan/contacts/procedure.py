"""What the procedures say of talks about a case: outcomes for each answer, scripts, how far a promise may go.

A task speaks the words of the version that made it: a step that asks for a call has its script and its
outcomes there, although another version came into force since. Without a task at hand the case speaks
the words of every procedure that it follows, each apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from huikuan.casebook import packs
from huikuan.casebook.models import Case, PackVersion, Task
from huikuan.contacts.entry import ContactLimits
from huikuan.engine.outcomes import Outcome, Outcomes
from huikuan.engine.parameters import GRACE_DAYS, NEXT_DAYS, PROMISE_DAYS, TOLERANCE
from huikuan.engine.scripts import Script
from huikuan.engine.times import Times
from huikuan.promises.make import PromiseLimits

#: Between pack and code in the value of an outcome, where several procedures stand on a page.
_OF_PACK = "/"


class AskedFor(Protocol):
    """A task as far as it names the version that made it."""

    @property
    def pack_version_id(self) -> int:
        """Id of the version."""


@dataclass(frozen=True)
class Procedure:
    """The words of one version. `outcomes` is None where its pack has none; `hash` names the version."""

    outcomes: Outcomes | None
    scripts: Mapping[str, Script]
    parameters: Mapping[str, Decimal]
    hash: str = ""
    pack: str = ""
    version_id: int = 0
    title: Mapping[str, str] = field(default_factory=dict)
    #: Id of a step → its title.
    steps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    times: Times = field(default_factory=Times)

    @property
    def limits(self) -> ContactLimits:
        """What a record must keep to. A procedure without outcomes has no words for any."""
        outcomes: frozenset[str] = frozenset()
        reasons: frozenset[str] = frozenset()
        if self.outcomes is not None:
            outcomes = frozenset(self.outcomes.codes())
            reasons = frozenset(self.outcomes.reasons)
        return ContactLimits(
            next_contact_days=self._days(NEXT_DAYS),
            outcomes=outcomes,
            reasons=reasons,
            promise=PromiseLimits(days=self._days(PROMISE_DAYS)),
        )

    def _days(self, parameter: str) -> int | None:
        """None where the playbook does not give the parameter."""
        days = self.parameters.get(parameter)
        return None if days is None else int(days)

    @property
    def grace_days(self) -> int:
        return int(self.parameters.get(GRACE_DAYS, 0))

    @property
    def tolerance(self) -> Decimal:
        """In units of the currency."""
        return self.parameters.get(TOLERANCE, Decimal(0))

    def outcome(self, who: str, code: str) -> Outcome | None:
        return self.outcomes.outcome(who, code) if self.outcomes else None

    def leads_to(self, outcome: Outcome) -> list[Mapping[str, str]]:
        """Titles of the steps that may come of an outcome."""
        return [self.steps[word] for word in outcome.follow_up if word in self.steps]

    def script_of(self, who: str) -> Script | None:
        """What is said to whoever answers."""
        answer = self.outcomes.answer(who) if self.outcomes else None
        return self.scripts.get(answer.script) if answer else None


NONE = Procedure(None, {}, {})


@dataclass(frozen=True)
class AtHand:
    """The procedures whose words a contact may use, the most urgent first; never empty."""

    procedures: tuple[Procedure, ...]

    @property
    def first(self) -> Procedure:
        """What speaks where only one can."""
        return self.procedures[0]

    @property
    def several(self) -> bool:
        """Whether outcomes must say whose they are."""
        return len(self.procedures) > 1

    @property
    def hash(self) -> str:
        """Names all versions, for what is kept between two pages."""
        return "-".join(procedure.hash for procedure in self.procedures)

    @property
    def versions(self) -> str:
        """As `shown_before` reads it back."""
        return ",".join(str(procedure.version_id) for procedure in self.procedures)

    @property
    def answers(self) -> list[str]:
        """Who may answer, by any of them."""
        answers: dict[str, None] = {}
        for procedure in self.procedures:
            if procedure.outcomes:
                answers |= dict.fromkeys(answer.who for answer in procedure.outcomes.answers)
        return list(answers)

    @property
    def reasons(self) -> dict[str, Mapping[str, str]]:
        """Reasons for the arrears of all of them."""
        reasons: dict[str, Mapping[str, str]] = {}
        for procedure in reversed(self.procedures):
            if procedure.outcomes:
                reasons |= procedure.outcomes.reasons
        return reasons

    def last_next_day(self, on: dt.date) -> dt.date | None:
        """The latest day that any of them allows for the next contact; None where one sets no limit."""
        limits = [procedure.limits.next_contact_days for procedure in self.procedures]
        known = [days for days in limits if days is not None]
        if len(known) < len(limits):
            return None
        return on + dt.timedelta(max(known))

    def value_of(self, procedure: Procedure, code: str) -> str:
        """How a form names an outcome of the procedure."""
        return f"{procedure.pack}{_OF_PACK}{code}" if self.several else code

    def chosen(self, who: str, value: str) -> tuple[Procedure, str]:
        """The procedure that a form's outcome belongs to, and the bare code."""
        pack, mark, code = value.rpartition(_OF_PACK)
        if mark:
            named = [procedure for procedure in self.procedures if procedure.pack == pack]
            return (named or [self.first])[0], code

        having = [procedure for procedure in self.procedures if procedure.outcome(who, code)]
        return (having or [self.first])[0], code

    def script_of(self, who: str) -> Script | None:
        """What the first that says anything has for whoever answers."""
        scripts = (procedure.script_of(who) for procedure in self.procedures)
        return next((script for script in scripts if script), None)


def at_hand(case: Case, on: dt.date, tasks: Sequence[AskedFor] = ()) -> AtHand:
    """The words of the tasks' own versions; without tasks, of every procedure that the case follows."""
    if tasks:
        ids = dict.fromkeys(task.pack_version_id for task in tasks)
        return _of_versions([packs.version(version_id) for version_id in ids])
    return _of_versions(packs.of_case(case, on))


def shown_before(case: Case, on: dt.date, versions: str) -> AtHand:
    """What a page showed that is sent back now; a version that is none of the case's is left out."""
    asked = [int(part) for part in versions.split(",") if part.isdecimal()]
    allowed = {version.pk for version in packs.of_case(case, on)}
    if not allowed.issuperset(asked):
        allowed |= _versions_of_tasks(case)

    kept = [packs.version(version_id) for version_id in asked if version_id in allowed]
    return _of_versions(kept) if kept else at_hand(case, on)


def _versions_of_tasks(case: Case) -> set[int]:
    """The versions that made the tasks of the case, open or ended."""
    tasks = Task.objects.filter(case=case).values_list("pack_version_id", flat=True)
    # Each has an index of its own; a question about both would read the whole past of the book.
    open_ones = tasks.filter(status=Task.Status.OPEN)
    ended_ones = tasks.exclude(status=Task.Status.OPEN)
    return {*open_ones, *ended_ones}


def _of_versions(versions: Sequence[PackVersion]) -> AtHand:
    """Those that have outcomes; where none has any, the first."""
    read = [_read(version) for version in versions]
    speaking = [procedure for procedure in read if procedure.outcomes]
    return AtHand(tuple(speaking or read[:1] or [NONE]))


def procedure_of(case: Case, on: dt.date) -> Procedure:
    """The first of the procedures that the case follows; for questions that know no task."""
    return at_hand(case, on).first


def _read(version: PackVersion) -> Procedure:
    words = packs.words_of(version)
    book = packs.playbook_of(version)
    return Procedure(
        words.outcomes,
        words.scripts,
        book.parameters,
        version.hash,
        version.pack,
        version.pk,
        book.pack.title,
        {step.id: step.title for step in book.steps},
        book.times,
    )
