"""The gate: may this act be made now? Every yes and every no is kept.

Calls by hand, letters and visits without a contact point pass here too. A caller who records the contact
afterwards holds
the lock of `gate.reserve` around both.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Case, ContactPoint, GateDecision, Item
from huikuan.engine import words
from huikuan.engine.acts import POINT_KINDS
from huikuan.engine.limits import PURPOSES
from huikuan.gate.ask import Act, Answer, Circumstances, ask
from huikuan.people.models import User

STYLES = ("informing", "interactive", "unknown")


class NotYours(PermissionError):
    """The case belongs to another organisation."""


class Impossible(ValueError):
    """No act at all: an unknown channel, purpose or style, or a point that does not fit the case or channel."""


def check(
    case: Case,
    point: ContactPoint | None,
    channel: str,
    *,
    actor: User,
    at: dt.datetime,
    purpose: str | None = None,
    style: str = "unknown",
    staff: int | None = None,
    item: Item | None = None,
    record: bool = True,
    asked_at: dt.datetime | None = None,
) -> GateDecision:
    """The decision on one act, kept unless `record` is False.

    `at`: the moment of the act, aware. `asked_at`: now, where the act is entered afterwards; the
    answer is kept as asked then, and is no permission of the earlier moment. Without `purpose` it
    is `locate` for a third person and `collect` for anybody else; `item` is what the act is about,
    None for the whole case. Raises NotYours, Impossible.
    """
    _possible(case, point, channel, actor, purpose, style)
    circumstances = Circumstances(style, staff, item.pk if item else None)
    answer = ask(case, [Act.of(point, channel, purpose)], at, circumstances)[0]
    return decide(case, answer, circumstances, actor=actor, at=at, record=record, asked_at=asked_at)


def _possible(
    case: Case,
    point: ContactPoint | None,
    channel: str,
    actor: User,
    purpose: str | None,
    style: str,
) -> None:
    if actor.organisation_id != case.organisation_id:
        raise NotYours(case.pk)
    if channel not in words.CONTACT_ACTIONS:
        raise Impossible(f"no channel {channel!r}")
    if purpose is not None and purpose not in PURPOSES:
        raise Impossible(f"no purpose {purpose!r}")
    if style not in STYLES:
        raise Impossible(f"no style {style!r}")
    if point is not None and point.person_id != case.person_id:
        raise Impossible("the contact point belongs to another person")
    if point is not None and point.kind not in POINT_KINDS[channel]:
        raise Impossible(f"{channel} does not reach a contact point of the kind {point.kind}")


def decide(
    case: Case,
    answer: Answer,
    circumstances: Circumstances,
    *,
    actor: User,
    at: dt.datetime,
    record: bool = True,
    asked_at: dt.datetime | None = None,
) -> GateDecision:
    """The answer as a decision; kept with an act of the actor, of the moment of the asking."""
    decision = GateDecision(
        organisation_id=case.organisation_id,
        case=case,
        point_id=answer.act.point.pk if answer.act.point else None,
        channel=answer.act.channel,
        at=at,
        day=day_of(case.organisation, at),
        allowed=answer.allowed,
        rule=answer.rule.code if answer.rule else "",
        rules=[_as_json(spoken) for spoken in answer.spoken],
        facts=plain(answer.facts),
        earliest_at=None if answer.allowed else answer.earliest_at,
        packs=list(answer.versions),
        purpose=answer.act.purpose,
        style=circumstances.style,
        staff=circumstances.staff,
        item_id=circumstances.item_id,
    )
    if record:
        with transaction.atomic():
            decision.act = journal.begin(
                actor, "gate.check", at=asked_at or at, reason=answer.act.channel
            )
            decision.save(force_insert=True)
    return decision


def _as_json(spoken: Any) -> dict[str, Any]:
    return {
        "rule": spoken.code,
        "pack": spoken.pack,
        "title": spoken.title,
        "clause": spoken.clause,
        "strength": spoken.strength,
        "confidence": spoken.confidence,
        "unknown": spoken.unknown,
        "earliest": spoken.earliest_at.isoformat() if spoken.earliest_at else None,
        "facts": plain(spoken.facts),
    }


def plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON has them: days as text."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in facts.items()
    }
