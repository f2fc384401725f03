"""What the procedure in force says of talks about a case: outcomes for each answer, scripts, how far a promise may go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from huikuan.casebook import packs
from huikuan.casebook.models import Case, PackVersion
from huikuan.contacts.entry import ContactLimits
from huikuan.engine.outcomes import Outcome, Outcomes
from huikuan.engine.scripts import Script
from huikuan.promises.make import PromiseLimits

#: Parameters of a playbook that this room reads; each may be missing.
PROMISE_DAYS, GRACE_DAYS, TOLERANCE, NEXT_DAYS = (
    "promise_days",
    "promise_grace_days",
    "promise_tolerance",
    "next_contact_days",
)


@dataclass(frozen=True)
class Procedure:
    """`outcomes` is None where no playbook of the case has any. `parameters` are those of the playbook, `hash` names its
    version."""

    outcomes: Outcomes | None
    scripts: Mapping[str, Script]
    parameters: Mapping[str, Decimal]
    hash: str = ""

    @property
    def limits(self) -> ContactLimits:
        """What a record must keep to."""
        days = self.parameters.get(PROMISE_DAYS)
        return ContactLimits(
            next_contact_days=int(self.parameters.get(NEXT_DAYS, 3)),
            outcomes=frozenset(self.outcomes.codes()) if self.outcomes else None,
            reasons=frozenset(self.outcomes.reasons) if self.outcomes else None,
            promise=PromiseLimits(days=None if days is None else int(days)),
        )

    @property
    def grace_days(self) -> int:
        return int(self.parameters.get(GRACE_DAYS, 0))

    @property
    def tolerance(self) -> Decimal:
        """In units of the currency."""
        return self.parameters.get(TOLERANCE, Decimal(0))

    def outcome(self, who: str, code: str) -> Outcome | None:
        return self.outcomes.outcome(who, code) if self.outcomes else None

    def script_of(self, who: str) -> Script | None:
        """What is said to whoever answers."""
        answer = self.outcomes.answer(who) if self.outcomes else None
        return self.scripts.get(answer.script) if answer else None


NONE = Procedure(None, {}, {})


def procedure_of(case: Case, on: dt.date) -> Procedure:
    """Of the playbooks in force for the case the first that has outcomes, else the first."""
    versions = packs.of_case(case, on)
    read = [_read(version) for version in versions]
    return next((one for one in read if one.outcomes), read[0] if read else NONE)


def _read(version: PackVersion) -> Procedure:
    words = packs.words_of(version)
    return Procedure(
        words.outcomes, words.scripts, packs.playbook_of(version).parameters, version.hash
    )
