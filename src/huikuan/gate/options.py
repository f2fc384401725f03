"""What may be done now about a case: every contact point in every channel it serves, in one question to the rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook.models import Case, ContactPoint
from huikuan.engine.acts import POINT_KINDS
from huikuan.gate.ask import Act, Answer, Circumstances, Spoken, ask
from huikuan.gate.check import NotYours
from huikuan.people.models import User

#: A visit is offered as it must be made: by two.
VISIT_STAFF = 2


@dataclass(frozen=True)
class Option:
    """One way to make contact. `earliest_at` only when it is not allowed and the moment is known."""

    point: ContactPoint
    channel: str
    purpose: str
    answer: Answer

    @property
    def allowed(self) -> bool:
        return self.answer.allowed

    @property
    def rule(self) -> Spoken | None:
        return self.answer.rule

    @property
    def warnings(self) -> list[Spoken]:
        return self.answer.warnings

    @property
    def earliest_at(self) -> dt.datetime | None:
        return None if self.allowed else self.answer.earliest_at


def options(case: Case, user: User, at: dt.datetime, *, style: str = "unknown") -> list[Option]:
    """For every contact point of the person known by then and every channel: allowed now, or why not and from when.

    Nothing is kept: a decision is made by `check` when the act is asked for. Raises NotYours, as `check` does; whether the
    user may see the case was asked by whoever found it.
    """
    if user.organisation_id != case.organisation_id:
        raise NotYours(case.pk)
    points = ContactPoint.objects.filter(person_id=case.person_id, recorded_at__lte=at).order_by(
        "pk"
    )
    acts = [
        Act.of(point, channel)
        for point in points
        for channel, kinds in POINT_KINDS.items()
        if point.kind in kinds
    ]
    if not acts:
        return []
    answers = ask(case, acts, at, Circumstances(style=style, staff=VISIT_STAFF))
    return [
        Option(act.point, act.channel, act.purpose, answer)
        for act, answer in zip(acts, answers, strict=True)
        if act.point
    ]
