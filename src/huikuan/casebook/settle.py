"""Keeps the allocations of cases as their facts demand: whatever door a charge or payment came by.

Run in the transaction of every charge, payment, reversal and designation. Nothing stored is changed
or removed: where the ledger of a past day is another one now, counter-rows say so from now on, and
what was known at an earlier moment stays readable (docs/decisions/ledger-by-replay.md).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection

from huikuan.casebook.models import Act
from huikuan.engine.ledger import ChargeFact, Ledger, PaymentFact, replay

#: Cases that are read at once: what a large import touches must fit into memory.
CASES_AT_ONCE = 2_000

PAYMENTS = """
    SELECT p.case_id, p.id, p.reference, p.valid_on, p.amount_minor, r.valid_on
    FROM casebook_payment p LEFT JOIN casebook_reversal r ON r.payment_id = p.id
    WHERE p.case_id = ANY(%s)
"""
DESIGNATIONS = """
    SELECT d.payment_id, d.item_id
    FROM casebook_designation d JOIN casebook_payment p ON p.id = d.payment_id
    WHERE p.case_id = ANY(%s)
    ORDER BY d.payment_id, d.nth
"""
#: The account's index tells items of one number apart; it does not depend on the order of entry.
CHARGES = """
    SELECT i.case_id, g.id, g.item_id, g.kind, i.due_on, g.valid_on, g.amount_minor, i.number,
        encode(a.number_index, 'hex')
    FROM casebook_item i
    JOIN casebook_charge g ON g.item_id = i.id
    JOIN casebook_account a ON a.id = i.account_id
    WHERE i.case_id = ANY(%s)
"""
STORED = """
    SELECT x.payment_id, x.charge_id, x.item_id, x.valid_on, sum(x.amount_minor)::bigint
    FROM casebook_allocation x JOIN casebook_payment p ON p.id = x.payment_id
    WHERE p.case_id = ANY(%s)
    GROUP BY 1, 2, 3, 4
"""
WRITE = """
    INSERT INTO casebook_allocation
        (organisation_id, creditor_id, act_id, payment_id, case_id, item_id, charge_id,
        amount_minor, valid_on, recorded_at, shard)
    SELECT p.organisation_id, p.creditor_id, %s, p.id, p.case_id, x.item_id, x.charge_id,
        x.amount_minor, x.valid_on, %s, p.shard
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::bigint[])
        AS x(payment_id, charge_id, item_id, valid_on, amount_minor)
    JOIN casebook_payment p ON p.id = x.payment_id
"""

#: payment, charge, item, day
Place = tuple[int, int, int, dt.date]


@dataclass(frozen=True, slots=True)
class CaseMoney:
    """The charges and payments of one case."""

    charges: list[ChargeFact] = field(default_factory=list)
    payments: list[PaymentFact] = field(default_factory=list)

    def ledger(self) -> Ledger:
        return replay(self.charges, self.payments)


def settle(case_ids: Collection[int], *, act: Act, at: dt.datetime) -> dict[int, int]:
    """Writes what is missing in the allocations of these cases, and counter-rows for what is wrong.

    The caller holds the cases and refreshes their facts. Gives by payment what is set against
    charges in the end, for the payments of these cases. Running it twice changes nothing.
    """
    set_off: Counter[int] = Counter()
    for some in _chunks(sorted(set(case_ids))):
        wanted = _wanted(read(some))
        _write(differences(some, wanted), act, at)

        for (payment_id, _charge, _item, _day), amount in wanted.items():
            set_off[payment_id] += amount
    return dict(set_off)


def read(case_ids: Collection[int]) -> dict[int, CaseMoney]:
    """Case → its money, for those of the cases that have a payment: the others have no ledger."""
    found: dict[int, CaseMoney] = defaultdict(CaseMoney)
    with connection.cursor() as cursor:
        cursor.execute(DESIGNATIONS, [list(case_ids)])
        chosen: dict[int, tuple[int, ...]] = defaultdict(tuple)
        for payment_id, item_id in cursor.fetchall():
            chosen[payment_id] += (item_id,)

        cursor.execute(PAYMENTS, [list(case_ids)])
        for case_id, key, reference, paid_on, amount, reversed_on in cursor.fetchall():
            payment = PaymentFact(key, reference, paid_on, amount, chosen[key], reversed_on)
            found[case_id].payments.append(payment)

        for case_id, charges in charges_of(list(found)).items():
            found[case_id].charges.extend(charges)
    return found


def charges_of(case_ids: Collection[int]) -> dict[int, list[ChargeFact]]:
    """Case → all its charges."""
    found: dict[int, list[ChargeFact]] = defaultdict(list)
    if not case_ids:
        return found

    with connection.cursor() as cursor:
        cursor.execute(CHARGES, [list(case_ids)])
        for case_id, *columns, number, account in cursor.fetchall():
            values = (*columns, (number, account))
            found[case_id].append(ChargeFact(*values))
    return found


def differences(case_ids: Collection[int], wanted: dict[Place, int]) -> dict[Place, int]:
    """What has to be added to the stored allocations; nothing when they are as they should be."""
    missing = Counter(wanted)
    with connection.cursor() as cursor:
        cursor.execute(STORED, [list(case_ids)])
        for payment_id, charge_id, item_id, day, amount in cursor.fetchall():
            missing[payment_id, charge_id, item_id, day] -= amount
    return {place: amount for place, amount in missing.items() if amount}


def unsettled(case_ids: Collection[int]) -> list[int]:
    """Those of the cases whose stored allocations are not what their facts demand."""
    found: set[int] = set()
    for some in _chunks(sorted(set(case_ids))):
        money = read(some)
        case_of = {
            payment.id: case_id for case_id, one in money.items() for payment in one.payments
        }
        found |= {case_of[place[0]] for place in differences(some, _wanted(money))}
    return sorted(found)


def _wanted(money: dict[int, CaseMoney]) -> dict[Place, int]:
    wanted: dict[Place, int] = {}
    for one in money.values():
        for part in one.ledger().parts:
            place = (part.payment_id, part.charge_id, part.item_id, part.valid_on)
            wanted[place] = part.amount_minor
    return wanted


def _write(missing: dict[Place, int], act: Act, at: dt.datetime) -> None:
    if not missing:
        return

    # The order of the rows must not depend on a dictionary: two runs write the same ids.
    rows = sorted((*place, amount) for place, amount in missing.items())
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [act.pk, at, *columns])


def _chunks(case_ids: list[int]) -> Iterator[list[int]]:
    remaining = iter(case_ids)
    while some := list(islice(remaining, CASES_AT_ONCE)):
        yield some
