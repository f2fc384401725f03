"""The kinds of act that a step may ask for: one entry each, and everything else follows from it.

A kind that reaches somebody outside is a channel: it passes the gate, is recorded as a contact, and
is counted by it. What is not a channel is done by a note, or by a page of its own (`StepPage`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")
#: Letters of a code, as contacts keep it.
LONGEST_CHANNEL = 8


@dataclass(frozen=True)
class Channel:
    """How somebody outside is reached.

    `reached_by`: the fact that says that the debtor can be. `kinds`: of contact points that serve.
    `needs_point`: without a number or an address that is known nothing can be done. `is_spoken`:
    somebody answers at once, so there is a talk with an outcome.
    """

    reached_by: str
    kinds: tuple[str, ...]
    needs_point: bool = True
    is_spoken: bool = False


@dataclass(frozen=True)
class Act:
    """A kind of act: its word in packs, its title (Chinese, English), its icon."""

    code: str
    title: tuple[str, str]
    icon: str = "list-check"
    channel: Channel | None = None


_SHIPPED = (
    Act(
        "call",
        ("电话", "call"),
        "phone",
        Channel("has_phone", ("mobile", "phone"), is_spoken=True),
    ),
    Act("sms", ("短信", "SMS"), "message", Channel("has_phone", ("mobile",))),
    Act("email", ("邮件", "e-mail"), "mail", Channel("has_email", ("email",))),
    Act(
        "letter",
        ("信函", "letter"),
        "file-text",
        Channel("has_address", ("address",), needs_point=False),
    ),
    Act(
        "visit",
        ("外访", "visit"),
        "map-pin",
        Channel("has_address", ("address",), needs_point=False, is_spoken=True),
    ),
    Act("information_request", ("资料申请", "information request")),
    Act("review", ("复核", "review")),
    Act("legal_step", ("法律步骤", "legal step")),
    Act("notify", ("通知", "notice")),
    Act("lock", ("锁货", "lock deliveries"), "lock"),
    Act("unlock", ("解除锁货", "unlock deliveries"), "lock"),
    Act("statement", ("对账", "statement")),
    Act("handover", ("交接", "hand-over")),
    Act("approval", ("审批", "approval")),
    Act("charge", ("计费", "charge")),
)
#: Code → kind of act.
ACTS: dict[str, Act] = {act.code: act for act in _SHIPPED}


class OfActs(Mapping[str, Value]):
    """Code → what `of` says of the act, read from ACTS whenever it is asked. None: left out."""

    def __init__(self, of: Callable[[Act], Value | None]) -> None:
        self._of = of

    def __getitem__(self, code: str) -> Value:
        value = self._of(ACTS[code])
        if value is None:
            raise KeyError(code)
        return value

    def __iter__(self) -> Iterator[str]:
        return (code for code, act in ACTS.items() if self._of(act) is not None)

    def __len__(self) -> int:
        return sum(1 for _code in self)


def _title_of_channel(act: Act) -> tuple[str, str] | None:
    return act.title if act.channel else None


def _icon(act: Act) -> str:
    return act.icon


def _title(act: Act) -> tuple[str, str]:
    return act.title


def _reached_by(act: Act) -> str | None:
    return act.channel.reached_by if act.channel else None


def _kinds(act: Act) -> tuple[str, ...] | None:
    return act.channel.kinds if act.channel else None


#: Every kind, in words.
TITLES = OfActs(_title)
ICONS = OfActs(_icon)
#: The channels, in words.
CHANNELS = OfActs(_title_of_channel)
#: The fact that says that the debtor can be reached in a channel.
REACHED_BY = OfActs(_reached_by)
#: The kinds of contact point that a channel can reach.
POINT_KINDS = OfActs(_kinds)


def needs_point(code: str) -> bool:
    """Whether nothing can be done by it without a number or an address that is known."""
    channel = ACTS[code].channel
    return channel is not None and channel.needs_point


def is_spoken(code: str) -> bool:
    """Whether somebody answers at once."""
    channel = ACTS[code].channel
    return channel is not None and channel.is_spoken
