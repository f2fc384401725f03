"""Posting payments, by hand or by the thousand: one way in, so that both give the same book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.known_payments import KnownPayment, by_reference
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Act, Case, Item
from huikuan.casebook.payment_words import FROM_LIST, is_ours
from huikuan.casebook.settle import settle
from huikuan.lib.problems import Problem
from huikuan.payments.sentences import problem
from huikuan.people.models import User
from huikuan.people.rights import Right

INSERT = """
    INSERT INTO casebook_payment
        (organisation_id, creditor_id, act_id, case_id, currency, amount_minor, reference, source, valid_on,
        recorded_at, shard)
    SELECT c.organisation_id, c.creditor_id, %s, c.id, c.currency, x.amount_minor, x.reference, x.source, x.valid_on, %s, c.shard
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::date[]) WITH ORDINALITY
        AS x(case_id, amount_minor, reference, source, valid_on, nth)
    JOIN casebook_case c ON c.id = x.case_id
    ORDER BY x.nth
    ON CONFLICT (creditor_id, reference) DO NOTHING
    RETURNING id, creditor_id, reference
"""

DESIGNATE = """
    INSERT INTO casebook_designation
        (organisation_id, creditor_id, act_id, case_id, valid_on, recorded_at, payment_id, item_id, nth, shard)
    SELECT p.organisation_id, p.creditor_id, %s, p.case_id, p.valid_on, %s, p.id, x.item_id, x.nth, p.shard
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS x(payment_id, item_id, nth)
    JOIN casebook_payment p ON p.id = x.payment_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEntry:
    """Money that arrived. `chosen`: the items that the debtor named when paying, in order (Civil
    Code art. 560). `of_list`: a list of the creditor says so, under a reference that we made.
    """

    case_id: int
    amount_minor: int
    currency: str
    paid_on: dt.date
    reference: str
    source: str = "hand"
    chosen: tuple[int, ...] = ()
    of_list: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one entry. `rest_minor` is set against nothing yet (overpaid); it stays with the payment."""

    entry: PaymentEntry
    payment_id: int | None = None
    allocated_minor: int = 0
    problems: tuple[Problem, ...] = ()
    repeated: bool = False

    @property
    def posted(self) -> bool:
        """Written by this act."""
        return self.payment_id is not None and not self.repeated

    @property
    def rest_minor(self) -> int:
        return self.entry.amount_minor - self.allocated_minor if self.posted else 0


def _written(payment_id: int | None, entry: PaymentEntry, case: Case) -> KnownPayment:
    """A payment of this very posting, as a later entry with its reference finds it."""
    return KnownPayment(
        id=payment_id or 0,
        creditor_id=case.creditor_id,
        case_id=case.pk,
        case_number=case.number,
        reference=entry.reference,
        amount_minor=entry.amount_minor,
        currency=entry.currency,
        paid_on=entry.paid_on,
        reversed_on=None,
        place="",
        items=frozenset(entry.chosen),
    )


def post(entry: PaymentEntry, *, actor: User, at: dt.datetime) -> Posted:
    """Posts one payment and sets it against what is owed: costs, interest, principal; the earliest due first."""
    return post_all([entry], actor=actor, at=at)[0]


@transaction.atomic
def post_all(entries: Sequence[PaymentEntry], *, actor: User, at: dt.datetime) -> list[Posted]:
    """Posts many payments in one transaction; the result has one answer an entry, in their order.

    A wrong entry is answered with its problems and the others are posted. A reference that the creditor's book knows
    changes nothing and says so. The order of the entries does not matter: they are set against charges by day.
    """
    if not actor.may(Right.POST_MONEY):
        return [Posted(entry, problems=(problem("payment.role"),)) for entry in entries]
    cases = {case.pk: case for case in _cases(entries, actor)}
    answers = [Posted(entry, problems=tuple(_check(entry, cases, at))) for entry in entries]
    good = [n for n, answer in enumerate(answers) if not answer.problems]
    _check_chosen(answers, good)
    good = [n for n in good if not answers[n].problems]
    if not good:
        return answers
    lock_cases({entries[n].case_id for n in good})
    act = journal.begin(actor, "payments.post", at=at)
    order = sorted(good, key=lambda n: (entries[n].paid_on, entries[n].reference))
    written = _insert([entries[n] for n in order], act, at)
    known = _known([entries[n] for n in good], cases, written)
    chosen: dict[int, tuple[int, ...]] = {}
    for n in order:
        entry, case = entries[n], cases[entries[n].case_id]
        key = (case.creditor_id, entry.reference)
        if key in written and key not in known:
            known[key] = _written(written[key], entry, case)
            answers[n] = Posted(entry, written[key])
            chosen[written[key]] = entry.chosen
        else:
            answers[n] = _again(entry, known[key])
    touched = {answers[n].entry.case_id for n in good if answers[n].posted}
    _designate(chosen, act, at)
    set_off = settle(touched, act=act, at=at)
    facts.refresh(touched)
    return [
        replace(answer, allocated_minor=set_off.get(answer.payment_id or 0, 0))
        if answer.posted
        else answer
        for answer in answers
    ]


def look(entries: Sequence[PaymentEntry], *, actor: User, at: dt.datetime) -> list[Posted]:
    """What `post_all` would say of each entry, without writing and without holding anybody up: nothing is set against
    charges, and what could be posted has no payment id. An entry that repeats one before it is repeated."""
    cases = {case.pk: case for case in _cases(entries, actor)}
    answers = [Posted(entry, problems=tuple(_check(entry, cases, at))) for entry in entries]
    good = sorted(
        (n for n, answer in enumerate(answers) if not answer.problems),
        key=lambda n: (entries[n].paid_on, entries[n].reference),
    )
    known = _known([entries[n] for n in good], cases, {})
    for n in good:
        entry, case = entries[n], cases[entries[n].case_id]
        key = (case.creditor_id, entry.reference)
        if key in known:
            answers[n] = _again(entry, known[key])
        else:
            known[key] = _written(None, entry, case)
    return answers


def rehearse(entries: Sequence[PaymentEntry], *, actor: User, at: dt.datetime) -> list[Posted]:
    """What `post_all` would answer; everything it wrote is taken back."""
    with transaction.atomic():
        answers = post_all(entries, actor=actor, at=at)
        transaction.set_rollback(True)
    return answers


def _cases(entries: Iterable[PaymentEntry], actor: User) -> Iterator[Case]:
    """What posting needs of the cases; they are all of the actor's organisation."""
    wanted = sorted({entry.case_id for entry in entries})
    for case in (
        visible_cases(actor)
        .filter(pk__in=wanted)
        .only("number", "currency", "creditor_id", "organisation_id")
    ):
        case.organisation = actor.organisation
        yield case


def _check(entry: PaymentEntry, cases: dict[int, Case], at: dt.datetime) -> Iterable[Problem]:
    case = cases.get(entry.case_id)
    if case is None:
        yield problem("payment.case", column="case")
        return
    if entry.amount_minor <= 0:
        yield problem("payment.amount", column="amount")
    if entry.currency != case.currency:
        yield problem(
            "payment.currency", column="currency", found=entry.currency, currency=case.currency
        )
    if entry.paid_on > today(at, case):
        yield problem("payment.future", column="paid_on", day=entry.paid_on)
    if not entry.reference.strip():
        yield problem("payment.reference_missing", column="reference")
    if len(entry.reference) > 120:
        yield problem("payment.reference_long", column="reference")
    # A hand or a file that writes ours would show itself as the creditor's list, and the payment
    # that the list brings under it would be taken for known.
    if is_ours(entry.reference) and not entry.of_list:
        yield problem("payment.reference_ours", column="reference", begins=FROM_LIST)


def today(at: dt.datetime, case: Case) -> dt.date:
    """The organisation's local day."""
    return at.astimezone(ZoneInfo(case.organisation.timezone)).date()


def _check_chosen(answers: list[Posted], good: list[int]) -> None:
    wanted = {item for n in good for item in answers[n].entry.chosen}
    if not wanted:
        return
    owner = dict(Item.objects.filter(pk__in=wanted).values_list("pk", "case_id"))
    for n in good:
        entry = answers[n].entry
        if any(owner.get(item) != entry.case_id for item in entry.chosen):
            answers[n] = Posted(entry, problems=(problem("payment.item", column="chosen"),))


def _insert(
    entries: Sequence[PaymentEntry], act: Act, at: dt.datetime
) -> dict[tuple[int, str], int]:
    """(creditor, reference) → id of the payments that are new."""
    columns: list[list[Any]] = [
        [entry.case_id for entry in entries],
        [entry.amount_minor for entry in entries],
        [entry.reference for entry in entries],
        [entry.source for entry in entries],
        [entry.paid_on for entry in entries],
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [act.pk, at, *columns])
        return {(creditor, reference): key for key, creditor, reference in cursor.fetchall()}


def _designate(chosen: dict[int, tuple[int, ...]], act: Act, at: dt.datetime) -> None:
    """Keeps what the payers named (payment → items): the ledger is worked out from it again."""
    rows = [
        (payment_id, item_id, nth)
        for payment_id, items in chosen.items()
        for nth, item_id in enumerate(items)
    ]
    if not rows:
        return

    columns: list[list[int]] = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(DESIGNATE, [act.pk, at, *columns])


def _known(
    entries: Sequence[PaymentEntry], cases: dict[int, Case], written: dict[tuple[int, str], int]
) -> dict[tuple[int, str], KnownPayment]:
    """(creditor, reference) → the payment that was in the book before."""
    wanted = {(cases[entry.case_id].creditor_id, entry.reference) for entry in entries}
    return by_reference(wanted - written.keys())


def _again(entry: PaymentEntry, known: KnownPayment) -> Posted:
    """The same payment again, or another payment's reference."""
    if not known.is_same(entry.case_id, entry.amount_minor, entry.paid_on):
        used = problem("payment.reference_used", column="reference", **known.params)
        return Posted(entry, problems=(used,))
    back = known.reversed_on
    said = problem("payment.again_reversed", day=back) if back else problem("payment.again")
    return Posted(entry, known.id or None, problems=(said,), repeated=True)
