"""What may be charged at all, by the law: packs/charges.yaml, with the figures of packs/law.yaml.

On the debt of a consumer to a lender only what the contract or a court allows is charged, no fee
for the collection, and interest, penalties and fees together stay within so much a year of the
principal. The cap counts everything that was charged of the item, by whomever, from its due day on
and by the principal that is still open: so it errs on the side of the debtor, never beyond the law.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from pathlib import Path

from huikuan.engine import law
from huikuan.engine.nodes import AT_MOST, Node
from huikuan.engine.texts import Text, both_languages
from huikuan.engine.words import CONFIDENCES
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

FILE = Path(__file__).parents[1] / "packs" / "charges.yaml"
CONTRACT = "contract"
COURT = "court"
STATUTE = "statute"
#: The creditor's own paper by which it corrects what it placed.
CREDITOR = "creditor"
BASES = (CONTRACT, COURT, STATUTE, CREDITOR)
#: What a step of a procedure may name: it has no paper at hand.
BASES_OF_STEPS = (CONTRACT, COURT, STATUTE)
#: The subject whose facts bound a charge by the year.
ITEM = "item"
#: The fact that says whose debt it is.
CONSUMER = Node("fact", "bool", value="consumer_debt")
#: All that was charged of an item besides its principal.
CHARGED_BESIDE = ("item_interest", "item_penalty", "item_fees")
_KEYS = ("title", "bases", "consumer", "clause", "source", "confidence", "checked")
_OPTIONAL = ("within", "in_steps")
#: A rate with so many decimals is read alike by every engine.
_PLACES = Decimal("0.000000000001")
_PERCENT_OF_YEAR = 100 * 365


@dataclass(frozen=True)
class Rule:
    """One kind of charge. `bases`, `consumer`: by what it may be charged, of others and of them.

    `within`: the figure of law.yaml that bounds it on a consumer's debt; empty: none. `in_steps`:
    whether a step of a procedure may post it.
    """

    kind: str
    title: Text
    bases: tuple[str, ...]
    consumer: tuple[str, ...]
    within: str
    clause: str
    source: str
    confidence: str
    checked: dt.date
    in_steps: bool

    def for_consumers(self, basis: str, per: str) -> bool:
        """Whether a step about `per` may post it on a consumer's debt by this basis.

        What the year bounds is counted of an item, so a step about a whole case cannot post it.
        """
        return basis in self.consumer and (per == ITEM or not self.within)


@functools.cache
def shipped() -> Mapping[str, Rule]:
    """Every kind of charge by its name. ValueError names a wrong line: the file is our own."""
    rules, problems = read_rules(FILE.read_text(encoding="utf-8"))
    if problems:
        raise ValueError("; ".join(f"{problem.place}: {problem.text()}" for problem in problems))
    return rules


def kinds_of_steps() -> tuple[str, ...]:
    """The kinds of charge that a step of a procedure may post."""
    return tuple(kind for kind, rule in shipped().items() if rule.in_steps)


def read_rules(text: str) -> tuple[dict[str, Rule], list[Problem]]:
    """The kinds of charge of such a file by their names, and everything that is wrong with it."""
    return law.read_named(text, FILE.name, _rule)


def _rule(kind: str, entry: yamlfile.Node, problems: list[Problem]) -> Rule | None:
    """One kind of charge; None where a key is missing, which is among the problems then."""
    node = yamlfile.known_part(entry, _KEYS, _OPTIONAL, problems)
    if node is None or any(key not in node for key in _KEYS):
        return None

    figures = tuple(law.shipped())

    return Rule(
        kind=kind,
        title=both_languages(node["title"], problems),
        bases=_bases(node["bases"], problems),
        consumer=_bases(node["consumer"], problems),
        within=yamlfile.as_choice(node.get("within"), figures, problems) or "",
        clause=yamlfile.as_text(node["clause"], problems) or "",
        source=yamlfile.as_text(node["source"], problems) or "",
        confidence=yamlfile.as_choice(node["confidence"], CONFIDENCES, problems) or "",
        checked=yamlfile.as_date(node["checked"], problems) or dt.date.min,
        in_steps=yamlfile.as_bool(node.get("in_steps"), problems) is not False,
    )


def _bases(node: yamlfile.Node, problems: list[Problem]) -> tuple[str, ...]:
    listed = yamlfile.as_sequence(node, problems) or ()
    named = [yamlfile.as_choice(entry, BASES, problems) for entry in listed]
    return tuple(basis for basis in named if basis)


def most_of_item(kind: str) -> Node | None:
    """What may still be charged of a consumer's item on the day, in minor units; None: no bound.

    Nothing, or less than nothing, where the item is not late or as much was charged before.
    """
    rule = shipped()[kind]
    if not rule.within:
        return None
    return _room(Node("fact", "money", value="item_principal_open"), rule)


def most_of_charged(kind: str, less_minor: int) -> Node | None:
    """What the year leaves of a consumer's item once its principal is so much less; None: no bound.

    By the principal that was charged: what was paid of it bore its interest until then.
    """
    rule = shipped()[kind]
    if not rule.within:
        return None

    principal = Node("fact", "money", value="item_amount")
    for name in CHARGED_BESIDE:
        principal = Node("-", "money", (principal, Node("fact", "money", value=name)))
    less = Node("const", "money", value=less_minor)
    return _room(Node("-", "money", (principal, less)), rule)


def _room(principal: Node, rule: Rule) -> Node:
    """What the year allows of so much principal, less what was charged beside it.

    A kind that stands below nothing makes no room for another: it counts as nothing.
    """
    days = Node("fact", "int", value="days_late")
    a_day = Node("*", "money", (principal, _daily_rate(law.shipped()[rule.within])))
    room = Node("*", "money", (a_day, days))
    nothing = Node("const", "money", value=0)
    for name in CHARGED_BESIDE:
        charged = Node("greatest", "money", (Node("fact", "money", value=name), nothing))
        room = Node("-", "money", (room, charged))
    return room


def _daily_rate(figure: law.Figure) -> Node:
    """The yearly percentage in force on the day as the rate of one day; of the oldest before it."""
    (_start, oldest), *later = figure.values
    rate = _rate(oldest)
    for start, percent in later:
        on = Node("fact", "date", value="on")
        begun = Node(">=", "bool", (on, Node("const", "date", value=start)))
        rate = Node("if", "decimal", (begun, _rate(percent), rate))
    return rate


def _rate(percent: int) -> Node:
    """Rounded down: a rate that is rounded up would go beyond the law."""
    a_day = (Decimal(percent) / _PERCENT_OF_YEAR).quantize(_PLACES, ROUND_DOWN)
    return Node("const", "decimal", value=a_day)


def lawful(amount: Node, kind: str, per: str) -> Node:
    """An amount that a step about `per` charges, within the bound where a consumer owes it.

    Whose debt it is may not be known: then it is taken for a consumer's.
    """
    most = most_of_item(kind) if per == ITEM else None
    if most is None:
        return amount

    bounded = Node(AT_MOST, "money", (amount, most))
    other_debt = Node("not", "bool", (CONSUMER,))
    return Node("if", "money", (other_debt, amount, bounded))
