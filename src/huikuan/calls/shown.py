"""The procedure's words as the call page shows them: answers with keys, outcomes in groups."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from huikuan.casebook.models import ContactRecord
from huikuan.contacts.procedure import AtHand
from huikuan.contacts.script_shown import language
from huikuan.engine.outcomes import WHO, Outcome

#: Keys of the answers are their places in the list of the flowchart; 1 is always the debtor.
ANSWER_KEYS = {who: str(number) for number, who in enumerate(WHO, 1)}
#: Keys of outcomes in their order; what is left over is reached by arrow keys. The page itself needs e g j k n u, and
#: before the identity check d and v. A procedure has more outcomes than there are letters left, so signs follow.
OUTCOME_KEYS = "qwrtyiopasfhlzcbmxdv-=;,."
#: Follow-ups for which a field is offered, though the outcome does not need it.
OFFERED = {"promise": "promise", "next_contact": "next_contact", "call_again": "next_contact"}


@dataclass(frozen=True)
class ShownOutcome:
    """`fields`: what the form asks for or offers; `needed`: what it must have; `value`: what the form sends."""

    outcome: Outcome
    value: str
    key: str
    title: str
    hint: str
    needed: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def tries_again(self) -> bool:
        """Nobody was reached, and the next slot of the procedure is to be tried."""
        return (
            self.outcome.who == ContactRecord.Answered.NOBODY
            and "call_again" in self.outcome.follow_up
        )

    @property
    def ident(self) -> str:
        """Names its button on the page."""
        return self.value.replace("/", "-")


@dataclass(frozen=True)
class Group:
    title: str
    outcomes: tuple[ShownOutcome, ...]


@dataclass(frozen=True)
class ShownAnswer:
    """`before`: outcomes without an identity check; `after`: those of a talk with the right party."""

    who: str
    key: str
    title: str
    before: tuple[Group, ...]
    after: tuple[Group, ...]

    @property
    def verifies(self) -> bool:
        return self.who == ContactRecord.Answered.DEBTOR


def answers(words: AtHand) -> list[ShownAnswer]:
    """Who may answer and what may come of it, of each procedure apart; without outcomes just who."""
    if words.first.outcomes is None:
        return [
            ShownAnswer(who, ANSWER_KEYS[who], str(ContactRecord.Answered(who).label), (), ())
            for who in ANSWER_KEYS
        ]
    return [_answer(words, who) for who in sorted(words.answers, key=WHO.index)]


def _answer(words: AtHand, who: str) -> ShownAnswer:
    """One who may answer, with the outcomes of all procedures for it."""
    title = ""
    before: list[tuple[str, ShownOutcome]] = []
    after: list[tuple[str, ShownOutcome]] = []
    for procedure in words.procedures:
        answer = procedure.outcomes.answer(who) if procedure.outcomes else None
        if answer is None:
            continue

        title = title or answer.title[language()]
        heading = f"{procedure.title[language()]} · " if words.several else ""
        for outcome in answer.outcomes:
            stage = after if outcome.right_party else before
            stage.append((heading, _shown(outcome, words.value_of(procedure, outcome.code))))
    return ShownAnswer(who, ANSWER_KEYS[who], title, _groups(before), _groups(after))


def _groups(outcomes: list[tuple[str, ShownOutcome]]) -> tuple[Group, ...]:
    """By procedure, and by what follows: an agreement, a further contact, a rest of the case, other."""
    titles = {
        "promise": _("Payment agreed"),
        "next": _("Contact again"),
        "other": _("Other result"),
        "hold": _("May rest the case"),
    }
    headings = dict.fromkeys(heading for heading, _outcome in outcomes)
    parts: dict[str, list[ShownOutcome]] = {
        f"{heading}{titles[name]}": [] for heading in headings for name in titles
    }
    for heading, one in outcomes:
        parts[f"{heading}{titles[_kind(one.outcome)]}"].append(one)

    flat = [one for listed in parts.values() for one in listed]
    keys = {one.value: key for one, key in zip(flat, OUTCOME_KEYS, strict=False)}
    return tuple(
        Group(title, tuple(replace(one, key=keys.get(one.value, "")) for one in listed))
        for title, listed in parts.items()
        if listed
    )


def _kind(outcome: Outcome) -> str:
    if outcome.hold:
        return "hold"
    if "promise" in outcome.needs:
        return "promise"
    return "next" if "next_contact" in outcome.needs else "other"


def _shown(outcome: Outcome, value: str) -> ShownOutcome:
    offered = [OFFERED[name] for name in outcome.follow_up if name in OFFERED]
    rests = ("hold_item",) if outcome.hold and outcome.hold.scope in ("item", "account") else ()
    talk = ("reason", "willingness") if outcome.right_party else ()
    fields = tuple(dict.fromkeys([*outcome.needs, *rests, *offered, *talk]))
    words = language()
    hint = outcome.hint.get(words, "")
    needed = (*outcome.needs, *rests)
    return ShownOutcome(outcome, value, "", outcome.title[words], hint, needed, fields)
