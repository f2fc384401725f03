"""What became of a payment file, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from huikuan.lib.problems import Problem
from huikuan.payments.file import PaymentLine

#: What can become of a row, in the order of the report.
STATES = ("posted", "repeated", "matched", "doubtful", "unmatched", "refused", "asked", "dropped")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. `matched` is the end of a check; of the others only `posted` changed the book."""

    line: PaymentLine
    state: str
    case_id: int | None = None
    case_number: str = ""
    currency: str = ""
    payment_id: int | None = None
    allocated_minor: int = 0
    rest_minor: int = 0
    why: tuple[Problem, ...] = ()
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The file's rows with their outcome, and what was wrong with the file and with rows that could not be read."""

    file: str
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: int = 0
    dry_run: bool = False
    amounts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(
        cls,
        file: str,
        outcomes: Iterable[Outcome],
        problems: Iterable[Problem],
        refused: int,
        dry: bool,
    ) -> Report:
        """The report with its sums by state."""
        found, amounts = tuple(outcomes), Counter[str]()
        for outcome in found:
            amounts[outcome.state] += outcome.line.amount_minor
        return cls(file, found, tuple(problems), refused, dry, amounts)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by state, all states named."""
        found = Counter(outcome.state for outcome in self.outcomes)
        found["refused"] += self.refused
        return {"received": sum(found.values()), **{state: found[state] for state in STATES}}

    @property
    def clean(self) -> bool:
        """Every row was posted, or had been posted before."""
        done = ("posted", "repeated", "matched")
        errors = any(one.severity == "error" for one in self.problems)
        return not errors and all(outcome.state in done for outcome in self.outcomes)
