"""Sets whatever payments have left over against whatever is open. Run after a payment, a reversal or a new charge."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from huikuan.casebook.models import Act
from huikuan.payments.order import ChargeLine, Money, Part, spread

#: Payments that stand and are not set against charges in full.
RESTS = """
    SELECT p.case_id, p.id, p.valid_on, p.amount_minor - coalesce(sum(x.amount_minor), 0)
    FROM casebook_payment p LEFT JOIN casebook_allocation x ON x.payment_id = p.id
    WHERE p.case_id = ANY(%s) AND NOT EXISTS (SELECT FROM casebook_reversal r WHERE r.payment_id = p.id)
    GROUP BY p.id HAVING p.amount_minor > coalesce(sum(x.amount_minor), 0)
"""
#: Charges with what standing payments have paid of them, and what others had paid until they were taken back.
CHARGES = """
    SELECT i.case_id, g.id, g.item_id, g.kind, i.due_on, g.valid_on, g.amount_minor, coalesce(x.amount_minor, 0),
        x.until_on, x.held_minor
    FROM casebook_item i JOIN casebook_charge g ON g.item_id = i.id
    LEFT JOIN (
        SELECT x.charge_id, sum(x.amount_minor) FILTER (WHERE r.id IS NULL) AS amount_minor,
            array_agg(r.valid_on ORDER BY x.id) FILTER (WHERE r.id IS NOT NULL) AS until_on,
            array_agg(x.amount_minor ORDER BY x.id) FILTER (WHERE r.id IS NOT NULL) AS held_minor
        FROM casebook_allocation x JOIN casebook_item j ON j.id = x.item_id
        LEFT JOIN casebook_reversal r ON r.payment_id = x.payment_id
        WHERE j.case_id = ANY(%s)
        GROUP BY x.charge_id
    ) x ON x.charge_id = g.id
    WHERE i.case_id = ANY(%s)
"""
WRITE = """
    INSERT INTO casebook_allocation
        (organisation_id, creditor_id, act_id, payment_id, case_id, item_id, charge_id, amount_minor, valid_on,
        recorded_at)
    SELECT p.organisation_id, p.creditor_id, %s, p.id, p.case_id, x.item_id, x.charge_id, x.amount_minor, x.valid_on, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[])
        AS x(payment_id, item_id, charge_id, amount_minor, valid_on)
    JOIN casebook_payment p ON p.id = x.payment_id
"""


def settle(
    case_ids: Collection[int],
    *,
    act: Act,
    at: dt.datetime,
    chosen: Mapping[int, tuple[int, ...]] | None = None,
) -> list[Part]:
    """Writes the allocations that are possible now. The cases are locked before; the caller refreshes facts.

    `chosen`: payment id → items that the debtor named. Running it twice changes nothing.
    """
    rests, charges = _read(list(case_ids), chosen or {})
    parts: list[Part] = []
    for case_id, payments in rests.items():
        parts += spread(payments, charges[case_id])
    if parts:
        columns: list[list[Any]] = [
            [part.payment_id for part in parts],
            [part.item_id for part in parts],
            [part.charge_id for part in parts],
            [part.amount_minor for part in parts],
            [part.valid_on for part in parts],
        ]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [act.pk, at, *columns])
    return parts


def _read(
    case_ids: list[int], chosen: Mapping[int, tuple[int, ...]]
) -> tuple[dict[int, list[Money]], dict[int, list[ChargeLine]]]:
    rests: dict[int, list[Money]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(RESTS, [case_ids])
        for case_id, payment_id, paid_on, rest in cursor.fetchall():
            rests[case_id].append(Money(payment_id, paid_on, int(rest), chosen.get(payment_id, ())))
    return rests, standing(rests)


def standing(case_ids: Collection[int]) -> dict[int, list[ChargeLine]]:
    """Case → its charges, each with what standing payments have paid of it and what reversed ones had."""
    charges: dict[int, list[ChargeLine]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CHARGES, [list(case_ids), list(case_ids)])
        for (
            case_id,
            charge,
            item,
            kind,
            due_on,
            valid_on,
            amount,
            allocated,
            until,
            held,
        ) in cursor.fetchall():
            back = tuple(zip(until or (), held or (), strict=True))
            charges[case_id].append(
                ChargeLine(charge, item, kind, due_on, valid_on, amount, int(allocated), back)
            )
    return charges
