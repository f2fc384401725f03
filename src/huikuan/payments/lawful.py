"""What the law lets us charge on a debt, asked when it is charged, whoever charges it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Case, Charge
from huikuan.engine import charge_law
from huikuan.engine.expression import condition_sql
from huikuan.engine.nodes import Node
from huikuan.engine.vocabulary import standard
from huikuan.lib.money import format_minor
from huikuan.lib.problems import Problem
from huikuan.payments.sentences import problem

_CASE = "case"


class Ground(TextChoices):
    """By what more may be owed than before: the words of `charge_law.BASES` as people read them."""

    CONTRACT = charge_law.CONTRACT, _("the contract with the debtor")
    COURT = charge_law.COURT, _("a judgment or ruling")
    STATUTE = charge_law.STATUTE, _("a statute")
    CREDITOR = charge_law.CREDITOR, _("a paper of the creditor that corrects the placement")


@dataclass(frozen=True)
class Claim:
    """What somebody wants to charge of an item from a day on.

    `ground`: by what it may be charged, one of `charge_law.BASES`.
    """

    item_id: int
    kind: str
    ground: str
    amount_minor: int
    on: dt.date


def refusal(case: Case, claim: Claim) -> Problem | None:
    """Why so much may not be charged of the item; None where it may. What lowers a debt always may.

    Every kind of charge stands in packs/charges.yaml: one that is missing there is charged of
    nobody. KeyError names it.
    """
    if claim.amount_minor <= 0:
        return None

    rule = charge_law.shipped()[claim.kind]
    owed_by_consumer = is_consumers(case, claim.on)
    grounds = rule.consumer if owed_by_consumer else rule.bases
    kind_named = str(Charge.Kind(claim.kind).label)
    if owed_by_consumer and not grounds:
        return problem("charge.consumer", column="kind", kind=kind_named, clause=rule.clause)
    if claim.ground not in grounds:
        return problem(
            "charge.ground",
            column="ground",
            kind=kind_named,
            grounds=", ".join(str(Ground(ground).label) for ground in grounds),
            clause=rule.clause,
        )

    if not owed_by_consumer:
        return None
    return over_the_year(case, claim)


def over_the_year(case: Case, claim: Claim) -> Problem | None:
    """Why so much is more than the year leaves of a consumer's item; None where it is not."""
    most = most_left(claim.item_id, claim.kind, claim.on)
    if most is None or claim.amount_minor <= most:
        return None

    rule = charge_law.shipped()[claim.kind]
    left = format_minor(max(most, 0), case.currency)
    return problem("charge.most", column="amount", most=left, clause=rule.clause)


def outgrown(case: Case, claim: Claim) -> Problem | None:
    """Why the principal cannot become so much less while charges stand that rest on it.

    The law bounds what is left, by whichever act it came to be: a charge up to the bound of a
    larger principal, and then the principal lowered. What the placement brought with it is not
    counted here, and what was paid of the principal is no lowering. The claim is negative.
    """
    lowers_principal = claim.kind == Charge.Kind.PRINCIPAL and claim.amount_minor < 0
    if not lowers_principal or not is_consumers(case, claim.on):
        return None

    for kind, rule in charge_law.shipped().items():
        node = charge_law.most_of_charged(kind, -claim.amount_minor)
        if node is None:
            continue
        left = _money(node, claim.item_id, claim.on)
        beyond = min(-left, _charged_since(claim.item_id))
        if beyond > 0:
            amount = format_minor(beyond, case.currency)
            return problem("charge.outgrown", column="amount", amount=amount, clause=rule.clause)
    return None


def _charged_since(item_id: int) -> int:
    """What the year bounds, as it was charged and lowered of the item since it was placed."""
    bounded = [kind for kind, rule in charge_law.shipped().items() if rule.within]
    rows = Charge.objects.filter(item=item_id, kind__in=bounded, correction__isnull=False)
    total: int | None = rows.aggregate(total=Sum("amount_minor"))["total"]
    return total or 0


def is_consumers(case: Case, on: dt.date) -> bool:
    """Whether a natural person owes it to a lender. What is not known is taken for that."""
    value = _value(charge_law.CONSUMER, _CASE, case.pk, on)
    return value is not False


def most_left(item_id: int, kind: str, on: dt.date) -> int | None:
    """What may still be charged of a consumer's item on the day, in minor units; None: no bound."""
    node = charge_law.most_of_item(kind)
    if node is None:
        return None
    return _money(node, item_id, on)


def _money(node: Node, item_id: int, on: dt.date) -> int:
    """A sum of an item, in minor units; nothing where it is not known."""
    found = _value(node, charge_law.ITEM, item_id, on)
    return int(str(found)) if found is not None else 0


def _value(node: Node, subject: str, key: int, on: dt.date) -> object:
    """What a condition or value is for one subject, by its summary; None where it is not known."""
    of = standard().subjects[subject]
    day = f"DATE '{on.isoformat()}'"
    value = condition_sql(node, standard(), subject, row="f", day=day)
    query = f"SELECT {value} FROM {of.summary} f WHERE f.{of.key} = %(key)s"

    with connection.cursor() as cursor:
        cursor.execute(query, {"key": key})
        row = cursor.fetchone()
    return row[0] if row else None
