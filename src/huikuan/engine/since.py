"""since(condition): the day since which a condition has been true, worked out from facts alone.

    since(days_past_due >= 30)
    since(promise == 'broken' and overdue >= 500)

Nothing is remembered. Each fact declares since when it is as it is (`Fact.since`); a comparison
with the day begins when the day reaches what it is compared with. Of parts joined by `and` the
latest day counts; by `or` the earliest of those that are true. A total begins on the day on which
the rows that it counts came up to the amount. So the answer is the day since which the condition
holds by the facts as they stand today. What names no such day is refused when a pack is checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from huikuan.engine.conditions import Parser
from huikuan.engine.derive import counted, declared, inline
from huikuan.engine.fact import ALWAYS, AS_IT_STANDS, ITSELF, Fact
from huikuan.engine.history import HELD, UNHELD
from huikuan.engine.nodes import MEMORY, Node, render
from huikuan.engine.vocabulary import Vocabulary

NAME = "since"
#: The day on which a total came up to an amount: value is the fact, its part the amount.
REACHED = "reached"
#: Before every day of a book.
FIRST_DAY = dt.date(1900, 1, 1)
COMPARISONS = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_LOOK_BACK = "months_past"
#: Numbers that rise and fall with the day, so that no day follows from them.
_WITHOUT_DAY = ("count", "times_done", "count_over", "months_past", "working_days_past")
_UNKNOWN = Node("const", "date", value=None)
_TRUE = Node("const", "bool", value=True)
_FALSE = Node("const", "bool", value=False)
#: The day since which a part holds; None: from the beginning.
Day = Node | None


class NoDay(Exception):
    """No day follows from the facts of this part of the condition."""

    def __init__(self, part: Node) -> None:
        super().__init__()
        self.part = part


def read(parser: Parser, text: str, wanted: str = "") -> Node | None:
    """A condition or value of a pack, of the wanted type; none: of any.

    A problem for each since(…) of which no day follows, beside all that the parser says.
    """
    node = parser.parse(text, wanted) if wanted else parser.parse_any(text)
    if node is None:
        return None
    for piece in node.walk():
        if piece.op == NAME:
            _check(parser, piece)
    return None if parser.failed else node


def _check(parser: Parser, piece: Node) -> None:
    """Refuses a since(…) without a day, and names the part that has none."""
    (condition,) = piece.parts

    try:
        day = _day(condition, parser.vocabulary)
    except NoDay as refused:
        message = (
            "since cannot tell from which day '{part}' holds; leave it out of since and write it"
            " beside it."
        )
        parser.fail(piece.column, message, part=render(refused.part))
        return

    if day is None:
        message = "'{part}' holds from the beginning, so that since names no day."
        parser.fail(piece.column, message, part=render(condition))


def resolved(node: Node, vocabulary: Vocabulary) -> Node:
    """The condition over stored facts and totals alone; since(…) with its day beside it.

    NoDay where `read` would have refused it.
    """
    return _with_days(inline(node, vocabulary), vocabulary)


def _with_days(node: Node, vocabulary: Vocabulary) -> Node:
    parts = tuple(_with_days(part, vocabulary) for part in node.parts)
    if node.op == NAME:
        parts = (parts[0], _day(parts[0], vocabulary) or _placed())
    return replace(node, parts=parts)


def _day(condition: Node, vocabulary: Vocabulary) -> Day:
    return _Reading(vocabulary).day(_plain(inline(condition, vocabulary)))


def _placed() -> Node:
    """What holds from the beginning holds for us from the placement on."""
    return Node("fact", "date", value="placed_on")


def entered(where: Node, vocabulary: Vocabulary) -> Node:
    """The day on which a row came among those that a total counts. NoDay where none follows."""
    return _day(where, vocabulary) or Node("const", "date", value=FIRST_DAY)


def label(node: Node) -> str:
    """A name for the day on which a total reached an amount."""
    return f"reached_{node.value}_{node.parts[0].value}".replace("-", "_")


# --- conditions in a plain form -------------------------------------------------------------------


def _plain(node: Node) -> Node:
    """The condition with every choice (a if c else b) outside of comparisons, constants folded."""
    if node.type == "bool" and node.op in ("and", "or"):
        return _joined(node.op, [_plain(part) for part in node.parts])
    if node.op == "not":
        return _negated(_plain(node.parts[0]))
    if node.op == "if":
        return _choice(*(_plain(part) for part in node.parts))

    if node.op == "in":
        asked, *options = node.parts
        equal = [Node("==", "bool", (asked, option), column=node.column) for option in options]
        return _plain(_joined("or", equal))
    if node.op in COMPARISONS:
        return _compared(node)
    return node


def _joined(op: str, parts: Sequence[Node]) -> Node:
    """All of them, or one of them; what is plainly true or false decides, or falls away."""
    decides = _FALSE if op == "and" else _TRUE
    idle = _TRUE if op == "and" else _FALSE
    if any(_same(part, decides) for part in parts):
        return decides

    left = tuple(part for part in parts if not _same(part, idle))
    if not left:
        return idle
    return left[0] if len(left) == 1 else Node(op, "bool", left)


def _choice(test: Node, then: Node, other: Node) -> Node:
    if _same(then, other):
        return then
    if _same(then, _FALSE):
        # Where the test is not known the second one is chosen, so this is no plain `and`.
        return Node("if", "bool", (test, _FALSE, other))
    return Node("if", "bool", (test, then, other))


def _negated(node: Node) -> Node:
    """`not` as deep as it goes."""
    if node.op == "const":
        return _FALSE if node.value else _TRUE
    if node.op == "not":
        return node.parts[0]
    if node.op in ("and", "or"):
        other = "or" if node.op == "and" else "and"
        return _joined(other, [_negated(part) for part in node.parts])

    if node.op == "if":
        test, then, otherwise = node.parts
        return _choice(test, _negated(then), _negated(otherwise))
    if node.op in COMPARISONS:
        return replace(node, op=COMPARISONS[node.op])
    return Node("not", "bool", (node,), column=node.column)


def _compared(node: Node) -> Node:
    """A comparison whose sides hold no choice any more."""
    for number, side in enumerate(node.parts):
        choice = _first_choice(side)
        if choice is None:
            continue
        test, then, other = choice.parts
        chosen = [_exchanged(side, choice, value) for value in (then, other)]
        sides = [_with_part(node.parts, number, value) for value in chosen]
        both = [_plain(replace(node, parts=parts)) for parts in sides]
        return _choice(_plain(test), both[0], both[1])

    left, right = node.parts
    if left.op == right.op == "const" and node.op in ("==", "!="):
        equal = left.value == right.value
        return _TRUE if equal is (node.op == "==") else _FALSE
    return node


def _first_choice(node: Node) -> Node | None:
    return next((piece for piece in node.walk() if piece.op == "if"), None)


def _exchanged(node: Node, old: Node, new: Node) -> Node:
    if node is old:
        return new
    return replace(node, parts=tuple(_exchanged(part, old, new) for part in node.parts))


def _with_part(parts: tuple[Node, ...], number: int, part: Node) -> tuple[Node, ...]:
    return (*parts[:number], part, *parts[number + 1 :])


def _same(one: Node, other: Node) -> bool:
    """Two constants of one value."""
    return one.op == other.op == "const" and one.value == other.value


# --- the day of a condition -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    """Finds the day of a condition in its plain form."""

    vocabulary: Vocabulary

    def day(self, node: Node) -> Day:
        """The day since which it holds, if it holds. NoDay where none follows from facts."""
        if node.op == "const":
            return None

        if node.op == "and":
            return _latest([self.day(part) for part in node.parts])
        if node.op == "or":
            return self._earliest(node)
        if node.op == "if":
            return self._chosen(node)

        if node.op in COMPARISONS:
            return self._of_comparison(node)
        if node.op == "known":
            return self._of_known(node)
        if node.op == "not":
            return self._of_not(node)
        return self._of_fact(node, node)

    def _earliest(self, node: Node) -> Day:
        """The earliest day of the parts that are true."""
        days = []
        for part in node.parts:
            day = self.day(part) or _placed()
            days.append(Node("if", "date", (part, day, _UNKNOWN)))
        return Node("least", "date", tuple(days))

    def _chosen(self, node: Node) -> Day:
        """The branch that holds, and the day since which it is the one that is chosen."""
        test, then, other = node.parts
        first = None
        if not _same(then, _FALSE):
            first = _latest([self.day(test), self.day(then)])
        if _same(other, _FALSE):
            return first

        second = _latest([self.day(_negated(test)), self.day(other)])
        if _same(then, _FALSE):
            return second
        return Node("if", "date", (test, first or _placed(), second or _placed()))

    def _of_known(self, node: Node) -> Day:
        (asked,) = node.parts
        if asked.op in MEMORY:
            return Node("first_done", "date", asked.parts)
        days = [self._of_fact(piece, node) for piece in asked.walk() if piece.op == "fact"]
        return _latest(days)

    def _of_not(self, node: Node) -> Day:
        """What was never so, or is not so by its nature: an event's day is unknown before it."""
        (part,) = node.parts
        if part.op == "known":
            (asked,) = part.parts
            if asked.op in MEMORY:
                return None
            facts = [self._fact(piece) for piece in asked.walk() if piece.op == "fact"]
            if all(fact.since in (ITSELF, ALWAYS) or fact.always for fact in facts):
                return None

        if part.op == "fact" and self._fact(part).since == ALWAYS:
            return None
        raise NoDay(node)

    def _of_fact(self, piece: Node, part: Node) -> Day:
        """Since when the fact is as it is. `part`: what is refused where that is not known."""
        fact = self._fact(piece) if piece.op == "fact" else None
        if fact is None or not fact.since:
            raise NoDay(part)
        if fact.since in (ALWAYS, AS_IT_STANDS):
            return None
        if fact.since == ITSELF:
            return Node("fact", "date", value=fact.name)
        day = declared(fact.since, "date", self.vocabulary)
        return inline(day, self.vocabulary)

    def _fact(self, piece: Node) -> Fact:
        fact = self.vocabulary.get(str(piece.value))
        assert fact is not None, piece.value
        return fact

    def _of_comparison(self, node: Node) -> Day:
        """With the day on one side, between values, or of a function that has a day of its own."""
        left, right = node.parts
        if _reads_day(left) and _reads_day(right):
            raise NoDay(node)
        if _reads_day(right):
            return self._of_comparison(turned(node))

        if left.op == _LOOK_BACK:
            return self._of_months(node)
        if right.op == _LOOK_BACK:
            return self._of_months(turned(node))
        if left.op in MEMORY or right.op in MEMORY:
            return _of_memory(node)
        if _reads_day(left):
            return self._of_the_day(node)
        return self._of_values(node)

    def _of_the_day(self, node: Node) -> Day:
        """on >= d begins on d, on > d a day later; on < d held before."""
        op, moment = _solved(node)
        if any(piece.op in _WITHOUT_DAY for piece in moment.walk()):
            raise NoDay(node)
        if any(piece.op == HELD for piece in moment.walk()):
            return self._of_age_that_pauses(node, op, moment)

        facts = [piece for piece in moment.walk() if piece.op == "fact"]
        days = [self._of_fact(piece, node) for piece in facts]
        if op in ("<", "<="):
            return _latest(days)
        if op == "!=":
            raise NoDay(node)
        begins = plus(moment, 1) if op == ">" else moment
        return _latest([begins, *days])

    def _of_age_that_pauses(self, node: Node, op: str, moment: Node) -> Day:
        """on - days_held(d) >= e begins on the day e, later by the days held before it is reached.

        A hold after that does not move it. Of the holds after several days no day follows.
        """
        held, day = _apart_from_holds(moment) or (None, None)
        if held is None or day is None or op == "!=":
            raise NoDay(node)

        facts = [self._of_fact(piece, node) for piece in moment.walk() if piece.op == "fact"]
        if op in ("<", "<="):
            return _latest(facts)
        if op == ">":
            day = plus(day, 1)
        return _latest([Node(UNHELD, "date", (held.parts[0], day), value=held.value), *facts])

    def _of_months(self, node: Node) -> Day:
        """months_past(d) >= n begins on the day after the corresponding day n months later."""
        call, number = node.parts
        months = int(str(number.value))
        (day,) = call.parts
        facts = [self._of_fact(piece, node) for piece in day.walk() if piece.op == "fact"]
        if node.op in ("<", "<="):
            return _latest(facts)
        if node.op == "!=":
            raise NoDay(node)

        if node.op == ">":
            months += 1
        count = Node("const", "int", value=months)
        return _latest([plus(Node("add_months", "date", (day, count)), 1), *facts])

    def _of_values(self, node: Node) -> Day:
        """Values that do not depend on the day: since each of them is as it is."""
        reached = self._reached(node) or self._reached(turned(node))
        if reached is not None:
            return reached

        left, right = node.parts
        days = self._sides(left, node, falling=(">", ">="))
        days += self._sides(right, node, falling=("<", "<="))
        return _latest(days)

    def _sides(self, side: Node, node: Node, falling: tuple[str, ...]) -> list[Day]:
        """What only falls and is still above was always above; what only rises, below."""
        days: list[Day] = []
        for piece in side.walk():
            if piece.op != "fact":
                if piece.op in ("const", "+", "-", "*", "nth_day", "add_months"):
                    continue
                raise NoDay(node)

            fact = self._fact(piece)
            if not fact.course:
                days.append(self._of_fact(piece, node))
                continue
            if node.op in ("==", "!=") or (fact.course == "falls") is not (node.op in falling):
                raise NoDay(node)
            if fact.since:
                days.append(self._of_fact(piece, node))
        return days

    def _reached(self, node: Node) -> Day:
        """A total that is at least so much: the day on which its rows came up to it."""
        left, right = node.parts
        if left.op != "fact" or right.op != "const" or node.op not in (">", ">="):
            return None
        fact = self._fact(left)
        if fact.total is None and fact.made_of is None:
            return None

        try:
            entered(counted(fact, self.vocabulary).where, self.vocabulary)
        except NoDay:
            # The writer knows the total by its name, not the part of it that has no day.
            raise NoDay(node) from None

        amount = Node("const", fact.type, value=_at_least(node))
        return Node(REACHED, "date", (amount,), value=fact.name)


def _at_least(node: Node) -> int:
    """The constant of a comparison, where "above n" is "at least n + 1": both are whole."""
    number = int(str(node.parts[1].value))
    return number + 1 if node.op == ">" else number


def _of_memory(node: Node) -> Day:
    """How often a step was done only rises; when it was first or last done is a day of its own."""
    left, right = node.parts
    if right.op in MEMORY:
        return _of_memory(turned(node))
    if left.op != "times_done" or right.op != "const":
        raise NoDay(node)

    times = _at_least(node)
    if node.op in ("<", "<=") or times <= 0:
        return None
    if node.op in (">", ">=") and times == 1:
        return Node("first_done", "date", left.parts)
    if node.op == "==":
        return Node("last_done", "date", left.parts)
    raise NoDay(node)


# --- solving for the day --------------------------------------------------------------------------


def _reads_day(node: Node) -> bool:
    return any(piece.op == "fact" and piece.value == "on" for piece in node.walk())


def turned(node: Node) -> Node:
    """The same comparison with its sides exchanged."""
    left, right = node.parts
    return replace(node, op=MIRRORED[node.op], parts=(right, left))


def _solved(node: Node) -> tuple[str, Node]:
    """on - d >= 30 as (>=, d + 30): the comparison of the day, and with what.

    NoDay where the day stands in it twice, or in a way that cannot be turned round.
    """
    op = node.op
    asked, other = node.parts

    while not (asked.op == "fact" and asked.value == "on"):
        if asked.op not in ("+", "-"):
            raise NoDay(node)
        first, second = asked.parts
        if _reads_day(first) and _reads_day(second):
            raise NoDay(node)
        if _reads_day(first):
            back = "-" if asked.op == "+" else "+"
            other = _moved(back, other, second, first.type)
            asked = first
        elif asked.op == "+":
            other = _moved("-", other, first, second.type)
            asked = second
        else:
            other = _moved("-", first, other, second.type)
            asked = second
            op = MIRRORED[op]
    return op, other


def _moved(op: str, left: Node, right: Node, wanted: str) -> Node:
    """A sum or difference of the type that the other side has. A date comes first in a sum."""
    if op == "+" and right.type == "date":
        return Node(op, wanted, (right, left))
    return Node(op, wanted, (left, right))


def _apart_from_holds(moment: Node) -> tuple[Node, Node] | None:
    """A day and the days on hold that are added to it, apart: the call and the day."""
    added, taken = _addends(moment)
    held = [piece for piece in added if piece.op == HELD]
    days = [piece for piece in added if piece.type == "date"]
    more = [piece for piece in added if piece.op != HELD and piece.type != "date"]
    if len(held) != 1 or len(days) != 1:
        return None
    if any(part.op == HELD for piece in (*days, *more, *taken) for part in piece.walk()):
        return None

    day = days[0]
    for piece in more:
        day = Node("+", "date", (day, piece))
    for piece in taken:
        day = Node("-", "date", (day, piece))
    return held[0], day


def _addends(node: Node) -> tuple[list[Node], list[Node]]:
    """What a sum adds up, and what it takes off."""
    if node.op not in ("+", "-"):
        return [node], []

    added, taken = _addends(node.parts[0])
    more, less = _addends(node.parts[1])
    if node.op == "-":
        return [*added, *less], [*taken, *more]
    return [*added, *more], [*taken, *less]


def plus(day: Node, days: int) -> Node:
    """So many days after a day."""
    return Node("+", "date", (day, Node("const", "int", value=days)))


def _alone(day: Node) -> Sequence[Node]:
    """The days of which one is the latest; a day that is no latest of others, alone."""
    return day.parts if day.op == "greatest" else (day,)


def _latest(days: Sequence[Day]) -> Day:
    """Where all must hold, the last one that begins."""
    named: list[Node] = []
    for day in days:
        if day is not None:
            named += _alone(day)

    # Two of one meaning may stand at different places of the text: their words tell them apart.
    unique = tuple({render(day): day for day in named}.values())
    if not unique:
        return None
    if len(unique) == 1:
        return unique[0]
    return Node("greatest", "date", unique)
