"""A charge that a step posts when it is done: interest, a penalty, a fee, costs.

charge:
  kind: penalty
  basis: contract
  clause: contract, clause 7.2
  amount: item_principal_open * daily_rate * days_late
  at_most: item_principal_open * yearly_cap

Nothing is owed because somebody asks for it: a charge has a basis and its clause, and a step that
posts one waits for an approval. What a contract asks for names the most that it allows. On a
consumer's debt the law decides besides, what and how much (engine/charge_law.py): what it does not
allow never fires there, and a step that speaks of such debts alone is refused. A step about an item
charges the item; one about a case, such as a fee for a letter, the case's oldest unpaid item.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from huikuan.engine import charge_law
from huikuan.engine.charge_law import BASES_OF_STEPS, CONSUMER, CONTRACT, ITEM
from huikuan.engine.declared.run import RUN_FACTS
from huikuan.engine.derive import inline
from huikuan.engine.nodes import AT_MOST, Node
from huikuan.engine.partial import can_hold
from huikuan.engine.vocabulary import RUN, Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

#: The action of a step that posts a charge, and the name of the amount in a task's reason.
ACTION = "charge"
CASE = "case"
#: What a charge is made of. Its amount reads facts of this one subject, and the day.
SUBJECTS = (CASE, ITEM)
_KEYS = ("kind", "basis", "clause", "amount")
_LONGEST_CLAUSE = 80
_NOTHING = Node("const", "money", value=0)
#: What of the day is not at hand when a charge is posted.
_OTHERS_OF_DAY = frozenset(fact.name for fact in RUN_FACTS) - {"on"}
#: Reads a condition or value: the text, whose facts it may name, of which type.
Read = Callable[[yamlfile.Node | None, frozenset[str], str], Node | None]


@dataclass(frozen=True)
class Charge:
    """What is charged, by which basis, by a step about `per`.

    `amount`: in minor units, never more than the pack allows; `lawful`: than the law allows either.
    """

    kind: str
    basis: str
    clause: str
    amount: Node
    amount_text: str
    per: str = ITEM

    @property
    def lawful(self) -> Node:
        return charge_law.lawful(self.amount, self.kind, self.per)

    @property
    def for_consumers(self) -> bool:
        return charge_law.shipped()[self.kind].for_consumers(self.basis, self.per)

    def conditions(self) -> list[Node]:
        """What must hold for a step that posts it."""
        found = [Node(">", "bool", (self.lawful, _NOTHING))]
        if not self.for_consumers:
            found.append(Node("not", "bool", (CONSUMER,)))
        return found


def read_charge(
    node: yamlfile.Node | None, per: str, read: Read, problems: list[Problem]
) -> Charge | None:
    """The charge of a step about `per`; None without one, or with a problem for each mistake."""
    if node is None:
        return None
    before = len(problems)
    part = yamlfile.known_part(node, _KEYS, ("at_most",), problems)
    if part is None:
        return None

    basis = yamlfile.as_choice(part.get("basis"), BASES_OF_STEPS, problems)
    if basis == CONTRACT and "at_most" not in part:
        message = _("what a contract asks for needs 'at_most': the most that the law allows")
        problems.append(_problem("at_most", message, part["basis"]))
    clause = _read_clause(part.get("clause"), problems)

    # Another subject is wrong and said elsewhere; the amount is read for its own mistakes.
    subject = per if per in SUBJECTS else ITEM
    readable = frozenset([subject, RUN])
    amount = read(part.get("amount"), readable, "money")
    most = read(part.get("at_most"), readable, "money")
    kind = yamlfile.as_choice(part.get("kind"), charge_law.kinds_of_steps(), problems)
    _check_basis(kind, basis, part, problems)
    for key, value in (("amount", amount), ("at_most", most)):
        _check_day(part.get(key), value, problems)
    if len(problems) > before or amount is None or not kind or not basis:
        return None

    if most is not None:
        amount = Node(AT_MOST, "money", (amount, most))
    return Charge(kind, basis, clause, amount, str(part["amount"]), subject)


def _check_basis(
    kind: str | None, basis: str | None, part: yamlfile.Mapping, problems: list[Problem]
) -> None:
    """A kind of charge is posted by some bases alone."""
    if not kind or not basis:
        return
    known = charge_law.shipped()[kind].bases
    if basis not in known:
        message = _("{kind} is not charged by {basis}; it is charged by {known}")
        params: dict[str, object] = {"kind": kind, "basis": basis, "known": ", ".join(known)}
        problems.append(_problem("basis", message, part["basis"], **params))


def _read_clause(node: yamlfile.Node | None, problems: list[Problem]) -> str:
    """Where the contract, the judgement or the law says so."""
    clause = yamlfile.as_text(node, problems) or ""
    if node is not None and len(clause) > _LONGEST_CLAUSE:
        message = _("the clause is longer than {most} characters")
        problems.append(_problem("clause", message, node, most=_LONGEST_CLAUSE))
    return clause


def _check_day(node: yamlfile.Node | None, value: Node | None, problems: list[Problem]) -> None:
    """Of the day an amount reads the day alone: months of the run are not at hand at the act."""
    if node is None or value is None:
        return
    for name in value.facts():
        if name in _OTHERS_OF_DAY:
            message = _("an amount speaks of its subject and the day alone, not of {name}")
            problems.append(_problem("amount", message, node, name=name))


def check_step(
    step: yamlfile.Mapping, charge: Charge | None, per: str, problems: list[Problem]
) -> None:
    """A charge and the step that posts it must fit together."""
    action = step.get("action")
    is_posting = action is not None and str(action) == ACTION
    if charge is None:
        if is_posting and "charge" not in step:
            message = _("a step that charges says what: kind, basis, clause and amount")
            problems.append(_problem("missing", message, step["action"]))
        return

    place = step["charge"]
    if not is_posting:
        problems.append(
            _problem("action", _("a step that posts a charge has action: charge"), place)
        )
    if per not in SUBJECTS:
        message = _("a charge is made of an item or a case: write per: item or per: case")
        problems.append(_problem("per", message, place))
    if "approval" not in step:
        message = _("a charge needs an approval: write who must agree")
        problems.append(_problem("approval", message, place))


def check_consumer(
    node: yamlfile.Node | None,
    charge: Charge | None,
    demand: Node | None,
    vocabulary: Vocabulary,
    problems: list[Problem],
) -> None:
    """A step whose demand speaks of consumers' debts alone posts what the law allows there.

    Another one is silent on such debts, which its explanation shows.
    """
    if node is None or charge is None or demand is None or charge.for_consumers:
        return
    if _speaks_of_others(demand, vocabulary):
        return

    rule = charge_law.shipped()[charge.kind]
    message = _("on a consumer's debt no {kind} is charged by {basis} ({clause})")
    remedy = _("leave the step out, or write it for other debts: not consumer_debt")
    if charge.basis in rule.consumer:
        message = _("on a consumer's debt {kind} is bounded by the year, item by item ({clause})")
        remedy = _("write per: item")
    params: dict[str, object] = {
        "kind": charge.kind,
        "basis": charge.basis,
        "clause": rule.clause,
    }
    problem = Problem("charge.consumer", message, remedy, params, node.file)
    problems.append(problem.at(line=node.line, column=node.column))


def _speaks_of_others(demand: Node, vocabulary: Vocabulary) -> bool:
    """Whether it can hold for any debt that is no consumer's."""
    condition = inline(demand, vocabulary)
    whose = inline(CONSUMER, vocabulary)
    others = [given for given in _debts(whose, vocabulary) if not can_hold(whose, given)]
    return any(can_hold(condition, given) for given in others)


def _debts(whose: Node, vocabulary: Vocabulary) -> Iterator[Mapping[str, object]]:
    """Each combination of the words that say whose debt it is: what debtor, what creditor."""
    facts = [vocabulary.get(name) for name in whose.facts()]
    known = [fact for fact in facts if fact is not None]
    for words in itertools.product(*(fact.options for fact in known)):
        yield {fact.name: word for fact, word in zip(known, words, strict=True)}


def _problem(code: str, message: str, node: yamlfile.Node, /, **params: object) -> Problem:
    problem = Problem(f"charge.{code}", message, "", params, node.file)
    return problem.at(line=node.line, column=node.column)


def charge_in(reason: str) -> int | None:
    """The amount that the reason of a task names, in minor units; None: its step posts nothing."""
    lines = [line.split("=", 1) for line in reason.splitlines() if "=" in line]
    amount = dict(lines).get(ACTION, "")
    return int(amount) if amount else None
