"""What may be deducted from a wage: compensation alone, within the law's limits.

工资支付暂行规定 15, 16: only for a loss that the worker caused and as the contract says; at most a
share of the month's wage; what remains is not below the local minimum wage. The share is data of
the procedure. Whatever is unknown: no proposal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huikuan.lib.money import format_minor
from huikuan.lib.problems import Problem
from huikuan.penalties.sentences import problem

_PER_CENT = 100
CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Deduction:
    """Sums in minor units; None where unknown. `clause`: where the labour contract says so."""

    amount_minor: int | None = None
    loss_minor: int | None = None
    wage_minor: int | None = None
    minimum_minor: int | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is deducted from one wage already, by other deductions of the month.

    Where two of them give different wages, the lower counts; of minimum wages, the higher.
    """

    amount_minor: int = 0
    wage_minor: int | None = None
    minimum_minor: int | None = None


def deduction_problems(
    given: Deduction, share: int | None, standing: Standing
) -> Iterator[Problem]:
    """What forbids this deduction beside those that stand: the law bounds all of a month together.

    `share`: per cent of the wage, of the procedure; None: none.
    """
    if given.wage_minor is None or given.minimum_minor is None or share is None:
        yield problem("penalty.wage_unknown", column="wage")
        return
    if not given.loss_minor or given.loss_minor < 0:
        yield problem("penalty.loss", column="loss")
        return
    if not given.clause.strip():
        yield problem("penalty.clause", column="clause")
    if given.amount_minor is None or given.amount_minor <= 0:
        yield problem("penalty.no_amount", column="amount")
        return

    wage = min(filter(None, (given.wage_minor, standing.wage_minor)), default=0)
    minimum = max(given.minimum_minor, standing.minimum_minor or 0)
    # Rounded down: a fen more than the share would be too much.
    most_of_wage = max(0, wage * share // _PER_CENT - standing.amount_minor)
    most_above_minimum = max(0, wage - minimum - standing.amount_minor)
    if given.amount_minor > given.loss_minor:
        yield problem("penalty.above_loss", column="amount", most=_money(given.loss_minor))
    if given.amount_minor > most_of_wage:
        most = _money(most_of_wage)
        yield problem("penalty.above_share", column="amount", share=share, most=most)
    if given.amount_minor > most_above_minimum:
        most = _money(most_above_minimum)
        yield problem("penalty.below_minimum", column="amount", most=most)


def _money(minor: int) -> str:
    return format_minor(minor, CURRENCY, "zh-hans")
