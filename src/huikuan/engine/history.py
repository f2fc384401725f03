"""Functions of the language that look at what was before: windows over contacts, the memory of a
step, and days on which work was held.

    count('call', days=7) >= 3
    times_done('reminder_1') == 1 and on - last_done('reminder_1') >= 2
    days_past_due - days_held(oldest_due_on) > 30

Their values are no columns of a summary row, because they depend on the day. They are computed from
dated rows, and only where a pack names them (engine/sources.py).
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable

from huikuan.engine import options
from huikuan.engine.nodes import MEMORY, READS_HISTORY, Node, render
from huikuan.engine.parsing import Parser
from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib.problems import did_you_mean

HELD = "days_held"
#: Of two dates the second, later by the days held after the first one until it is reached. No pack
#: writes it: since(…) finds it, and a hold after it does not move it.
UNHELD = "unheld_day"
#: Contacts of whatever channel.
ANY = "any"
#: A window is no longer than a leap year.
LONGEST_WINDOW = 366
#: Whose contacts are counted: those of the case. A debt is a case here.
_PER = ("case", "debt")
#: Postgres cuts a name off here, silently.
_LONGEST_NAME = 60


def parse(parser: Parser, tree: ast.Call, name: str) -> Node | None:
    """A call of one of these functions; None, and a problem, where it is written wrongly."""
    if name in MEMORY:
        return _memory(parser, tree, name)
    if name == HELD:
        return _held(parser, tree)
    return _window(parser, tree)


def _memory(parser: Parser, tree: ast.Call, name: str) -> Node | None:
    """How often or when a step of the same playbook was done for the subject."""
    step = _text(tree.args[0]) if len(tree.args) == 1 and not tree.keywords else None
    if step is None:
        parser.fail(tree.col_offset, "{name} takes the id of a step: {name}('…').", name=name)
        return None

    steps = parser.vocabulary.steps
    place = tree.args[0].col_offset
    if step not in steps:
        near = did_you_mean(step, list(steps))
        message = "The playbook has no step '{step}'."
        if near:
            message = "The playbook has no step '{step}'; did you mean '{near}'?"
        parser.fail(place, message, step=step, near=near or "")
        return None
    if steps[step] not in parser.subjects:
        message = "Step '{step}' is done for one {subject}; it cannot be asked for here."
        parser.fail(place, message, step=step, subject=steps[step])
        return None

    named = Node("const", "text", value=step, column=place)
    return Node(name, MEMORY[name], (named,), column=tree.col_offset)


def last_done(step: str) -> Node:
    """The day on which a step was last done, as a pack would write it."""
    return Node("last_done", MEMORY["last_done"], (Node("const", "text", value=step),))


def _held(parser: Parser, tree: ast.Call) -> Node | None:
    """How many days after a date, the day included, a hold was in force."""
    day = parser.node(tree.args[0]) if len(tree.args) == 1 and not tree.keywords else None
    if day is None or day.type != "date":
        parser.fail(tree.col_offset, "days_held takes a date: days_held(oldest_due_on).")
        return None

    read = _of_case(day, parser.vocabulary)
    if len(read) != 1:
        message = "days_held takes a date of the case, or of something of it, and no other."
        parser.fail(tree.args[0].col_offset, message)
        return None
    return Node(HELD, "int", (day,), value=read.pop(), column=tree.col_offset)


def _of_case(day: Node, vocabulary: Vocabulary) -> set[str]:
    """The subjects with a case whose facts and history the date reads."""
    facts = [vocabulary.get(name) for name in day.facts()]
    named = {fact.subject for fact in facts if fact and fact.subject in vocabulary.subjects}
    named |= subjects(day, vocabulary)
    return {name for name in named if vocabulary.subjects[name].case_column}


def _window(parser: Parser, tree: ast.Call) -> Node | None:
    """How many contacts of a channel the case had in the last days."""
    keywords = {keyword.arg: keyword.value for keyword in tree.keywords}
    channel = _text(tree.args[0]) if len(tree.args) == 1 else None
    per = keywords.pop("per", None)
    days = keywords.pop("days", None)
    if channel is None or days is None or keywords or not _is_case(per):
        message = "count takes a channel and a number of days: count('call', days=7)."
        parser.fail(tree.col_offset, message)
        return None

    known = [*options.CHANNELS, ANY]
    if channel not in known:
        near = did_you_mean(channel, known)
        message = "There is no channel '{channel}'; it is one of {options}."
        if near:
            message = "There is no channel '{channel}'; did you mean '{near}'?"
        place = tree.args[0].col_offset
        listed = ", ".join(known)
        parser.fail(place, message, channel=channel, near=near or "", options=listed)
        return None
    if "case" not in parser.subjects:
        parser.fail(tree.col_offset, "count speaks of a case; it cannot be used here.")
        return None
    return _counted(parser, tree, channel, days)


def _counted(parser: Parser, tree: ast.Call, channel: str, days: ast.expr) -> Node | None:
    """The window, if its length is a number of days that a window may have."""
    number = parser.node(days)
    if number is None:
        return None
    length = number.value
    in_range = isinstance(length, int) and 1 <= length <= LONGEST_WINDOW
    if number.op != "const" or number.type != "int" or not in_range:
        message = "A window has from 1 to {most} days, as a number or a parameter."
        parser.fail(days.col_offset, message, most=LONGEST_WINDOW)
        return None

    named = Node("const", "text", value=channel, column=tree.col_offset)
    return Node("count", "int", (named, number), column=tree.col_offset)


def _is_case(tree: ast.expr | None) -> bool:
    return tree is None or (isinstance(tree, ast.Name) and tree.id in _PER)


def _text(tree: ast.expr) -> str | None:
    """A text that stands there as it is."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return tree.value
    return None


def step_of(node: Node) -> str:
    """The step that a function of memory names."""
    return str(node.parts[0].value)


def window_of(node: Node) -> tuple[str, int]:
    """Channel and days of a window."""
    channel, days = node.parts
    return str(channel.value), int(str(days.value))


def subjects(node: Node, vocabulary: Vocabulary) -> set[str]:
    """The subjects whose history a condition reads."""
    found = set()
    for piece in node.walk():
        if piece.op == "count":
            found.add("case")
        if piece.op in (HELD, UNHELD):
            found.add(str(piece.value))
        if piece.op in MEMORY:
            found.add(vocabulary.steps[step_of(piece)])
    return found


def label(node: Node) -> str:
    """A name for the value, where facts are named: in reasons, explanations and columns."""
    if node.op == "count":
        channel, days = window_of(node)
        return f"count_{channel}_{days}"

    if node.op in (HELD, UNHELD):
        asked = " ".join(render(part) for part in node.parts)
        words = re.sub(r"\W+", "_", asked).strip("_")
        return _short(f"{node.op}_{words}")
    return _short(f"{node.op}_{step_of(node)}")


def _short(name: str) -> str:
    """The name, or its beginning and a digest where Postgres would cut it off."""
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - len(digest) - 1]}_{digest}"


def reads(nodes: Iterable[Node]) -> dict[str, Node]:
    """Every such function that the conditions call, by its label."""
    return {
        label(piece): piece for node in nodes for piece in node.walk() if piece.op in READS_HISTORY
    }
