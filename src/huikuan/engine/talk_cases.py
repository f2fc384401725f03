"""A pack's own specification of its talks: who answers, with which outcome, and what comes of it.

In `tests/talks/*.yaml` of the pack:

next_contact_days: 3                  # none: the procedure sets no limit
scripts: {debtor: first_call}         # what is shown to speak from, whoever answers
talks:
  - {who: debtor, outcome: promised, right_party: true, asks: [promise], number: valid}

Every outcome of `outcomes.yaml` has its line. The words are written out and never taken from there,
so that a change of the one without the other is noticed. What is not written does not happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path

from huikuan.engine import outcomes
from huikuan.engine.outcomes import Outcome, Outcomes
from huikuan.engine.parameters import NEXT_DAYS
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

FOLDER = "tests/talks"
#: The same, seen from the folder of all cases.
PLACE = "talks"
NONE = "none"
_REQUIRED = ("who", "outcome")
_FLAGS = ("right_party", "refuses")
_LISTS = ("asks", "hold", "offers")
_WORDS = ("number", "willingness", "reason")
_SCRIPTS = "scripts"
_TALKS = "talks"


@dataclass(frozen=True)
class Talk:
    """One line of the table: who answers, with which outcome, and what is expected then.

    asks: what the form asks for. number: what becomes of the number. refuses: this third person is
    never asked again. hold: kind and scope. offers: what the page offers next.
    """

    who: str
    outcome: str
    right_party: bool = False
    asks: tuple[str, ...] = ()
    number: str = ""
    willingness: str = ""
    reason: str = ""
    refuses: bool = False
    hold: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    place: str = field(default="", compare=False)

    @property
    def connected(self) -> bool:
        """Whether anybody answered at all."""
        return self.who != "nobody"

    @property
    def name(self) -> str:
        return f"{self.who} {self.outcome}"


@dataclass(frozen=True)
class Difference:
    """One thing that does not come out."""

    key: str
    found: object
    wanted: object


@dataclass(frozen=True)
class Part:
    """A talk, or what else was written, with what does not come out of it."""

    name: str
    place: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Table:
    """The talks of a pack. next_days: within how many days a next contact lies; None: no limit.

    scripts: who answers → the script that is shown. `place`: where what is no talk stands; empty
    where the pack has no table.
    """

    talks: tuple[Talk, ...] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)
    next_days: int | None = None
    place: str = ""


def said_of(outcome: Outcome) -> Talk:
    """An outcome of the pack in the form of the table."""
    hold: tuple[str, ...] = ()
    if outcome.hold is not None:
        hold = (outcome.hold.kind, outcome.hold.scope)

    return Talk(
        who=outcome.who,
        outcome=outcome.code,
        right_party=outcome.right_party,
        asks=outcome.needs,
        number=outcome.point,
        willingness=outcome.willingness,
        reason=outcome.reason,
        refuses=outcome.refusal,
        hold=hold,
        offers=outcome.follow_up,
    )


def parts(table: Table, found: Outcomes, parameters: Mapping[str, Decimal]) -> Iterator[Part]:
    """Everything that is written, each with what the pack says otherwise."""
    if not table.place:
        return

    next_days = parameters.get(NEXT_DAYS)
    wrong = _unequal(NEXT_DAYS, next_days, table.next_days)
    yield Part(NEXT_DAYS, table.place, tuple(wrong))

    for who, wanted in table.scripts.items():
        answer = found.answer(who)
        script = answer.script if answer else ""
        yield Part(who, table.place, tuple(_unequal("script", script, wanted)))
    for talk in table.talks:
        outcome = found.outcome(talk.who, talk.outcome)
        yield Part(talk.name, talk.place, tuple(_talk_differences(talk, outcome)))


def _talk_differences(talk: Talk, outcome: Outcome | None) -> Iterator[Difference]:
    if outcome is None:
        yield Difference("outcome", "", talk.outcome)
        return

    said = said_of(outcome)
    for key in (each.name for each in fields(Talk) if each.compare):
        yield from _unequal(key, getattr(said, key), getattr(talk, key))
    yield from _unequal("connected", outcome.connected, talk.connected)


def _unequal(key: str, found: object, wanted: object) -> Iterator[Difference]:
    if found != wanted:
        yield Difference(key, found, wanted)


def without_line(table: Table, found: Outcomes) -> list[Outcome]:
    """The outcomes of which the table says nothing; none where there is no table."""
    named = {(talk.who, talk.outcome) for talk in table.talks}
    return [one for one in found if table.place and (one.who, one.code) not in named]


# --- reading --------------------------------------------------------------------------------------


def of_folder(folder: Path) -> tuple[Table, list[Problem]]:
    """The table of a pack's folder, and everything that is wrong with it."""
    table = Table()
    problems: list[Problem] = []
    for file in sorted((folder / FOLDER).glob("*.yaml")):
        root, unreadable = yamlfile.load(file, f"{PLACE}/{file.name}")
        problems += unreadable
        node = yamlfile.known_part(root, (NEXT_DAYS, _TALKS), (_SCRIPTS,), problems)
        if node is not None:
            table = _with(table, node, problems)
    return table, problems


def _with(table: Table, node: yamlfile.Mapping, problems: list[Problem]) -> Table:
    """The table with what one file says besides."""
    limit = node.get(NEXT_DAYS)
    next_days = None
    if limit is not None and str(limit) != NONE:
        next_days = yamlfile.as_int(limit, problems, minimum=0)

    scripts = dict(table.scripts)
    part = yamlfile.known_part(node.get(_SCRIPTS), (), outcomes.WHO, problems)
    if part is not None:
        for who, value in part.items():
            scripts[who] = yamlfile.as_text(value, problems) or ""

    listed = yamlfile.as_sequence(node.get(_TALKS), problems) or ()
    talks = [talk for entry in listed if (talk := _talk(entry, problems))]
    place = f"{node.file}:{node.line}"
    return Table((*table.talks, *talks), scripts, next_days, place)


def _talk(entry: yamlfile.Node, problems: list[Problem]) -> Talk | None:
    """One line; None where it is no mapping. What is wrong in it is said with its place."""
    optional = (*_FLAGS, *_LISTS, *_WORDS)
    part = yamlfile.known_part(entry, _REQUIRED, optional, problems)
    if part is None:
        return None

    return Talk(
        who=yamlfile.as_choice(part.get("who"), outcomes.WHO, problems) or "",
        outcome=_word(part, "outcome", problems),
        right_party=_flag(part, "right_party", problems),
        asks=_list(part, "asks", problems),
        number=_word(part, "number", problems),
        willingness=_word(part, "willingness", problems),
        reason=_word(part, "reason", problems),
        refuses=_flag(part, "refuses", problems),
        hold=_list(part, "hold", problems),
        offers=_list(part, "offers", problems),
        place=f"{entry.file}:{entry.line}",
    )


def _word(part: yamlfile.Mapping, key: str, problems: list[Problem]) -> str:
    return yamlfile.as_text(part.get(key), problems) or ""


def _flag(part: yamlfile.Mapping, key: str, problems: list[Problem]) -> bool:
    return yamlfile.as_bool(part.get(key), problems) or False


def _list(part: yamlfile.Mapping, key: str, problems: list[Problem]) -> tuple[str, ...]:
    listed = yamlfile.as_sequence(part.get(key), problems) or ()
    texts = [yamlfile.as_text(entry, problems) for entry in listed]
    return tuple(text for text in texts if text)
