"""What is owed is corrected: credit note 红字, waiver 减免, correction 更正; taken back 撤销.

A correction is a charge of its own, below or above nothing, set against an item. One person asks
for it and another decides. What a credit note leaves paid beyond what is owed is money in hand.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Act, Case, Charge, Correction, Item
from huikuan.casebook.settle import settle
from huikuan.lib.money import format_minor
from huikuan.lib.problems import Problem
from huikuan.payments.lawful import Claim, Ground, is_consumers, outgrown, over_the_year, refusal
from huikuan.payments.post import today
from huikuan.payments.sentences import problem
from huikuan.people.models import User
from huikuan.people.rights import Right

Kind = Correction.Kind
#: What a person may ask for, and those of it that can only lower what is owed.
ASKED_FOR = (Kind.CREDIT_NOTE, Kind.WAIVER, Kind.CORRECTION)
LOWERING = frozenset({Kind.CREDIT_NOTE, Kind.WAIVER})
#: Grounds that are a paper of their own, which has a number.
PAPERS = frozenset({Ground.COURT, Ground.CREDITOR})
LONGEST_REFERENCE = 120
LONGEST_BASIS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEntry:
    """A charge that is asked for. `amount_minor` is negative where less is to be owed.

    `charge_kind`: principal, interest, … Where more is to be owed, `ground` says by what, one of
    `lawful.Ground`, and `basis` names its clause. `reference`: the number of the paper; empty for
    one of ours.
    """

    case_id: int
    item_id: int
    kind: str
    charge_kind: str
    amount_minor: int
    on: dt.date
    reason: str
    reference: str = ""
    ground: str = ""
    basis: str = ""

    @property
    def claim(self) -> Claim:
        """What it asks the law."""
        return Claim(self.item_id, self.charge_kind, self.ground, self.amount_minor, self.on)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The correction, or why there is none."""

    correction: Correction | None
    problems: tuple[Problem, ...] = ()


def check(entry: CorrectionEntry, *, actor: User, at: dt.datetime) -> tuple[Problem, ...]:
    """All that is wrong with the entry now. Asking and carrying out both look."""
    if not actor.may(Right.ASK_CORRECTIONS):
        return (problem("correction.role"),)

    case = visible_cases(actor).filter(pk=entry.case_id).select_related("organisation").first()
    if case is None:
        return (problem("payment.case", column="case"),)

    item = Item.objects.filter(pk=entry.item_id, case=case).first()
    if item is None:
        return (problem("payment.item", column="item"),)

    found = [*_wrong_form(entry, item, today(at, case))]
    if _reference_is_known(entry.reference, case):
        found.append(problem("correction.reference", column="reference", reference=entry.reference))
    if not found:
        found += _against_what_is_left(case, item, entry.claim, today(at, case))
        against_law = refusal(case, entry.claim)
        if against_law is not None:
            found.append(against_law)
    return tuple(found)


def _wrong_form(entry: CorrectionEntry, item: Item, on: dt.date) -> Iterator[Problem]:
    """What the entry shows by itself. `on` is today where the house is."""
    if entry.kind not in ASKED_FOR or entry.charge_kind not in Charge.Kind.values:
        yield problem("correction.kind", column="kind")
    if entry.amount_minor == 0:
        yield problem("correction.nothing", column="amount")
    if entry.kind in LOWERING and entry.amount_minor > 0:
        yield problem("correction.sign", column="amount")
    elif entry.amount_minor > 0:
        yield from _without_ground(entry)

    if not item.valid_on <= entry.on <= on:
        yield problem("correction.day", column="on", since=item.valid_on, day=on)
    if not entry.reason.strip():
        yield problem("correction.reason", column="reason")
    yield from _too_long(entry)


def _without_ground(entry: CorrectionEntry) -> Iterator[Problem]:
    """More is owed only by something that can be shown."""
    if entry.ground not in Ground.values:
        yield problem("correction.ground", column="ground")
    if not entry.basis.strip():
        yield problem("correction.basis", column="basis")
    if entry.ground in PAPERS and not entry.reference.strip():
        yield problem("correction.paper", column="reference")


def _too_long(entry: CorrectionEntry) -> Iterator[Problem]:
    if len(entry.reference) > LONGEST_REFERENCE:
        yield problem("payment.reference_long", column="reference")
    if len(entry.basis) > LONGEST_BASIS:
        yield problem("correction.basis_long", column="basis")


def _reference_is_known(reference: str, case: Case) -> bool:
    mine = Correction.objects.filter(creditor_id=case.creditor_id, reference=reference.strip())
    return bool(reference.strip()) and mine.exists()


def _against_what_is_left(case: Case, item: Item, claim: Claim, on: dt.date) -> list[Problem]:
    """What the state that is left forbids, whoever lowers the item and by whichever act.

    `on`: today, for the year has grown since the day from which the item is lowered.
    """
    if claim.amount_minor >= 0:
        return []
    if problems := _below_zero(item, claim):
        return problems
    outgrown_charges = outgrown(case, replace(claim, on=on))
    return [] if outgrown_charges is None else [outgrown_charges]


def _below_zero(item: Item, claim: Claim) -> list[Problem]:
    """Neither a kind of charge nor the item is made of less than nothing, on no day from then on.

    What was paid beyond the rest is no hindrance: it is money in hand again.
    """
    kind_stands = _least(item, claim.on, claim.kind)
    if kind_stands.amount_minor + claim.amount_minor < 0:
        kind_named = str(Charge.Kind(claim.kind).label)
        return [_less_than_nothing("correction.kind_below_zero", item, kind_stands, kind_named)]

    item_stands = _least(item, claim.on)
    if item_stands.amount_minor + claim.amount_minor < 0:
        return [_less_than_nothing("correction.below_zero", item, item_stands)]
    return []


@dataclass(frozen=True, slots=True)
class _Least:
    """The least that stands charged on a day or later, and when."""

    day: dt.date
    amount_minor: int


def _least(item: Item, on: dt.date, kind: str = "") -> _Least:
    """Of one kind of charge, or of all together."""
    charges = item.charges.filter(kind=kind) if kind else item.charges.all()
    by_day: dict[dt.date, int] = defaultdict(int, {on: 0})
    for day, charged in charges.values_list("valid_on", "amount_minor"):
        by_day[max(day, on)] += charged

    days = sorted(by_day)
    standing = list(itertools.accumulate(by_day[day] for day in days))
    least = min(standing)
    return _Least(days[standing.index(least)], least)


def _less_than_nothing(code: str, item: Item, stands: _Least, kind: str = "") -> Problem:
    most = format_minor(stands.amount_minor, item.case.currency)
    return problem(code, column="amount", most=most, day=stands.day, item=item.number, kind=kind)


@transaction.atomic
def correct(entry: CorrectionEntry, *, actor: User, at: dt.datetime) -> Corrected:
    """Writes the charge with its reason, in the transaction of the decision that granted it."""
    lock_cases([entry.case_id])
    if problems := check(entry, actor=actor, at=at):
        return Corrected(None, problems)

    case = Case.objects.select_related("organisation").get(pk=entry.case_id)
    act = journal.begin(actor, "payments.correct", at=at, reason=entry.reason)
    basis = entry.basis.strip() or str(Kind(entry.kind).label)
    charge = charge_item(case, act, entry.claim, basis, at)
    correction = write_correction(
        case, act, charge, entry.kind, entry.reference, entry.reason, None
    )
    return Corrected(correction)


def check_void(
    correction_id: int, *, on: dt.date, reason: str, actor: User, at: dt.datetime
) -> tuple[Correction | None, tuple[Problem, ...]]:
    """The correction among those that the actor may see, and why it cannot be taken back."""
    if not actor.may(Right.ASK_CORRECTIONS):
        return None, (problem("correction.role"),)

    mine = visible_cases(actor).values("pk")
    related = ("charge__item", "case__organisation")
    correction = (
        Correction.objects.filter(pk=correction_id, case__in=mine).select_related(*related).first()
    )
    if correction is None:
        return None, (problem("correction.unknown", column="correction"),)
    if correction.kind == Kind.VOID:
        return correction, (problem("correction.void_of_void"),)
    before = Correction.objects.filter(takes_back=correction).first()
    if before is not None:
        return correction, (problem("correction.again", day=before.valid_on),)

    found = []
    since = correction.valid_on
    day = today(at, correction.case)
    if not since <= on <= day:
        found.append(problem("correction.day", column="on", since=since, day=day))
    if not reason.strip():
        found.append(problem("correction.reason", column="reason"))
    if not found:
        old = correction.charge
        opposite = Claim(old.item_id, old.kind, "", -old.amount_minor, on)
        found += _against_what_is_left(correction.case, old.item, opposite, day)
        found += _charged_instead(correction, on)
    return correction, tuple(found)


def _charged_instead(correction: Correction, on: dt.date) -> list[Problem]:
    """A waiver that is taken back beside a charge that took its place is bounded by the year.

    Alone, it brings back what was owed before, and the law is not asked: a waived fee of the
    contract is owed again.
    """
    old = correction.charge
    again_owed = -old.amount_minor
    later = Charge.objects.filter(item=old.item_id, amount_minor__gt=0, pk__gt=old.pk)
    charged_since = later.exclude(correction__kind=Kind.VOID).exists()
    if again_owed <= 0 or not charged_since or not is_consumers(correction.case, on):
        return []

    claim = Claim(old.item_id, old.kind, "", again_owed, on)
    too_much = over_the_year(correction.case, claim)
    return [] if too_much is None else [too_much]


@transaction.atomic
def void(
    correction_id: int, *, on: dt.date, reason: str, actor: User, at: dt.datetime
) -> Corrected:
    """Takes a correction back by a charge of the opposite amount; both stay in the book."""
    known = Correction.objects.filter(pk=correction_id).values_list("case_id", flat=True)
    lock_cases(list(known))
    correction, problems = check_void(correction_id, on=on, reason=reason, actor=actor, at=at)
    if correction is None or problems:
        return Corrected(None, problems)

    act = journal.begin(actor, "payments.void", at=at, reason=reason)
    return Corrected(back_again(correction, act, on=on, reason=reason))


def back_again(correction: Correction, act: Act, *, on: dt.date, reason: str) -> Correction:
    """The charge of the opposite amount that takes a correction back. The case is locked.

    Whoever calls asked `check_void` before, where more is owed again by it.
    """
    old = correction.charge
    opposite = Claim(old.item_id, old.kind, "", -old.amount_minor, on)
    charge = _write_charge(correction.case, act, opposite, old.basis, act.at)
    reference = f"VOID-{correction.reference}"[:LONGEST_REFERENCE]
    return write_correction(correction.case, act, charge, Kind.VOID, reference, reason, correction)


def charge_item(case: Case, act: Act, claim: Claim, basis: str, at: dt.datetime) -> Charge:
    """A charge of an item of the case from a day on; who writes it settles the case.

    Whoever calls asked the law before (payments/lawful.py): PermissionError where it says no, so
    that no way to the ledger goes round it.
    """
    against_law = refusal(case, claim)
    if against_law is not None:
        raise PermissionError(against_law.text())
    return _write_charge(case, act, claim, basis, at)


def _write_charge(case: Case, act: Act, claim: Claim, basis: str, at: dt.datetime) -> Charge:
    return Charge.objects.create(
        **journal.columns(case, act, on=claim.on, at=at),
        case=case,
        item_id=claim.item_id,
        kind=claim.kind,
        basis=basis,
        currency=case.currency,
        amount_minor=claim.amount_minor,
    )


def write_correction(
    case: Case,
    act: Act,
    charge: Charge,
    kind: str,
    reference: str,
    reason: str,
    takes_back: Correction | None,
) -> Correction:
    """The row that says why, and the ledger as it is with the charge."""
    correction = Correction.objects.create(
        **journal.columns(case, act, on=charge.valid_on, at=act.at),
        case=case,
        charge=charge,
        kind=kind,
        reference=reference.strip() or f"C-{charge.pk}",
        reason=reason.strip()[:200],
        takes_back=takes_back,
    )

    settle([case.pk], act=act, at=act.at)
    facts.refresh([case.pk])
    return correction
