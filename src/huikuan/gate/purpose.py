"""Why a contact is made: as the plan that asked for it said, and not as whoever makes it says."""

from __future__ import annotations

from collections.abc import Iterable

from huikuan.casebook.models import ContactPoint
from huikuan.engine.gate import purpose_of
from huikuan.engine.playbook import Step
from huikuan.gate.ask import Act

REMIND = "remind"


def of_steps(steps: Iterable[Step]) -> str | None:
    """`remind` where all that the contact serves only reminds; None for the gate's usual purpose.

    A contact that serves nothing, or that serves a demand as well, collects.
    """
    purposes = {purpose_of(step) for step in steps}
    return REMIND if purposes == {REMIND} else None


def at_point(steps: Iterable[Step], point: ContactPoint | None, channel: str) -> str | None:
    """The purpose of a contact at this point, by the open steps of its channel."""
    target = target_of(point, channel)
    return of_steps(step for step in steps if step.addressee == target)


def target_of(point: ContactPoint | None, channel: str) -> str:
    """Whom a contact at this point reaches, in the words of steps; without a point the debtor."""
    return Act.of(point, channel).target


def usual(point: ContactPoint | None, channel: str) -> str:
    """The purpose of a contact that no task asks for."""
    return Act.of(point, channel).purpose
