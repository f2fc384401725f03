"""Days before which a task is not due, although its occurrence lies earlier.

A debt may be months old when it comes, and an item may be confirmed long after its due day. Who
counts from such a day would get tasks whose last day was over before anybody could do them. So a
task is never due before the day

* from which we have its subject and what that belongs to (`Subject.on_book`);
* that its conditions wait for, in so many words: `on > item_due_on`, `item_confirmed_on <= on`,
  `known(month_sent_on)`;
* that the pack names besides: `not_before: promise_last_day + 1`.

The occurrence itself stays where it is: it tells one task from the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.engine import since
from huikuan.engine.derive import derivation, inline
from huikuan.engine.fact import ITSELF
from huikuan.engine.history import UNHELD
from huikuan.engine.nodes import READS_HISTORY, Node, render
from huikuan.engine.vocabulary import Vocabulary

KEY = "not_before"
#: The day against another one: how many days after it the condition begins to hold.
_BEGINS = {">=": 0, ">": 1}
#: The day of the question, and what has no day of its own.
_ON = "on"
_WITHOUT = (*READS_HISTORY, UNHELD, since.NAME, since.REACHED)


def days(demand: Node, per: str, vocabulary: Vocabulary) -> list[Node]:
    """The days before which a step about `per` is not due, as far as nobody has to write them."""
    lineage = vocabulary.subjects.lineage(per)
    found = [Node("fact", "date", value=each.on_book) for each in lineage if each.on_book]
    for part in parts(demand, vocabulary):
        day = awaited(part, vocabulary)
        if day is not None:
            found.append(day)
    # Two of one meaning stand at different places of the text: their words tell them apart.
    return list({render(day): day for day in found}.values())


def parts(node: Node, vocabulary: Vocabulary) -> Iterator[Node]:
    """What must hold, part by part; of a term and of a derived fact, the parts that it means."""
    if node.op == "and":
        for part in node.parts:
            yield from parts(part, vocabulary)
        return

    fact = vocabulary.get(str(node.value)) if node.op == "fact" else None
    if fact is not None and fact.expr:
        yield from parts(derivation(vocabulary, fact.name), vocabulary)
        return
    yield node


def awaited(part: Node, vocabulary: Vocabulary) -> Node | None:
    """The day that a part waits for in so many words; None for any other part."""
    if part.op == "known":
        (asked,) = part.parts
        return asked if _is_event(asked, vocabulary) else None

    turned = since.turned(part) if part.op in since.MIRRORED else part
    for comparison in (part, turned):
        if comparison.op in _BEGINS and _is_the_day(comparison.parts[0]):
            return _begins(comparison, vocabulary)
    return None


def _is_event(node: Node, vocabulary: Vocabulary) -> bool:
    """A date that is known from its own day on."""
    fact = vocabulary.get(str(node.value)) if node.op == "fact" else None
    return fact is not None and fact.type == "date" and fact.since == ITSELF


def _is_the_day(node: Node) -> bool:
    return node.op == "fact" and node.value == _ON


def _begins(comparison: Node, vocabulary: Vocabulary) -> Node | None:
    """The day on which `on >= d` begins; None where d takes more than the row of the subject."""
    day = comparison.parts[1]
    inlined = inline(day, vocabulary)
    facts = [vocabulary.get(name) for name in inlined.facts()]
    has_total = any(fact is not None and fact.total is not None for fact in facts)
    if has_total or any(piece.op in _WITHOUT for piece in inlined.walk()):
        return None

    later = _BEGINS[comparison.op]
    return since.plus(day, later) if later else day
