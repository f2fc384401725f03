"""A charge that a step posts when it is done: interest, a penalty, a fee, costs.

charge:
  kind: penalty
  basis: contract
  clause: contract, clause 7.2
  amount: item_principal_open * daily_rate * days_late
  at_most: item_principal_open * yearly_cap

Nothing is owed because somebody asks for it: a charge has a basis and its clause, and a step that
posts one waits for an approval. What a contract asks for names the most that the law allows. By
statute alone nothing is charged on a consumer's debt (CBA ch. 4; Civil Code art. 561): such a step
never fires there. A step about an item charges the item; one about a case, such as a fee for a
letter, charges the case's oldest unpaid item.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huikuan.engine.declared.run import RUN_FACTS
from huikuan.engine.nodes import AT_MOST, Node
from huikuan.engine.vocabulary import RUN
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

#: The action of a step that posts a charge, and the name of the amount in a task's reason.
ACTION = "charge"
KINDS = ("interest", "penalty", "fee", "cost")
CONTRACT = "contract"
STATUTE = "statute"
BASES = (CONTRACT, "court", STATUTE)
CASE = "case"
ITEM = "item"
#: What a charge is made of. Its amount reads facts of this one subject, and the day.
SUBJECTS = (CASE, ITEM)
_KEYS = ("kind", "basis", "clause", "amount")
_LONGEST_CLAUSE = 80
_NOTHING = Node("const", "money", value=0)
_CONSUMER = Node("fact", "bool", value="consumer_debt")
#: What of the day is not at hand when a charge is posted.
_OTHERS_OF_DAY = frozenset(fact.name for fact in RUN_FACTS) - {"on"}
#: Reads a condition or value: the text, whose facts it may name, of which type.
Read = Callable[[yamlfile.Node | None, frozenset[str], str], Node | None]


@dataclass(frozen=True)
class Charge:
    """What is charged, by which basis. `amount`: in minor units, never more than is allowed."""

    kind: str
    basis: str
    clause: str
    amount: Node
    amount_text: str

    def conditions(self) -> list[Node]:
        """What must hold for a step that posts it."""
        found = [Node(">", "bool", (self.amount, _NOTHING))]
        if self.basis == STATUTE:
            found.append(Node("not", "bool", (_CONSUMER,)))
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

    basis = yamlfile.as_choice(part.get("basis"), BASES, problems)
    if basis == CONTRACT and "at_most" not in part:
        message = _("what a contract asks for needs 'at_most': the most that the law allows")
        problems.append(_problem("at_most", message, part["basis"]))
    clause = _read_clause(part.get("clause"), problems)

    # Another subject is wrong and said elsewhere; the amount is read for its own mistakes.
    subject = per if per in SUBJECTS else ITEM
    readable = frozenset([subject, RUN])
    amount = read(part.get("amount"), readable, "money")
    most = read(part.get("at_most"), readable, "money")
    kind = yamlfile.as_choice(part.get("kind"), KINDS, problems)
    for key, value in (("amount", amount), ("at_most", most)):
        _check_day(part.get(key), value, problems)
    if len(problems) > before or amount is None:
        return None

    if most is not None:
        amount = Node(AT_MOST, "money", (amount, most))
    return Charge(kind or "", basis or "", clause, amount, str(part["amount"]))


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


def _problem(code: str, message: str, node: yamlfile.Node, /, **params: object) -> Problem:
    problem = Problem(f"charge.{code}", message, "", params, node.file)
    return problem.at(line=node.line, column=node.column)


def charge_in(reason: str) -> int | None:
    """The amount that the reason of a task names, in minor units; None: its step posts nothing."""
    lines = [line.split("=", 1) for line in reason.splitlines() if "=" in line]
    amount = dict(lines).get(ACTION, "")
    return int(amount) if amount else None
