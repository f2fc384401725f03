"""Whose payment is it? Every line is matched to one case, or it is doubtful or unmatched, with the reason.

Numbers decide: case, account, invoice, then the customer's. A name alone never does. Nothing is posted on a guess.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import QuerySet

from huikuan.casebook import sealed
from huikuan.casebook.access import visible_cases
from huikuan.casebook.known_payments import Candidate, KnownPayment, probably_same
from huikuan.casebook.models import Account, Case, Item
from huikuan.lib import ids
from huikuan.lib.problems import Problem
from huikuan.payments.file import PaymentLine
from huikuan.payments.sentences import problem
from huikuan.people.models import Creditor, User

State = Literal["matched", "doubtful", "unmatched"]
Found = dict[str, set[int]]
#: Candidates that are kept with a doubtful line.
OFFERED = 10


@dataclass(frozen=True, slots=True)
class CaseCard:
    """What matching needs to know of a case."""

    id: int
    number: str
    name: str
    currency: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Match:
    """One line and its case. `why` says what is doubtful or that nothing fits; `candidates` are cases it may be.

    `items`: those of the case that the line names by their number, the earliest due first.
    """

    line: PaymentLine
    state: State
    case: CaseCard | None = None
    why: Problem | None = None
    candidates: tuple[int, ...] = ()
    items: tuple[int, ...] = ()


def match(lines: Sequence[PaymentLine], *, creditor: Creditor, actor: User) -> list[Match]:
    """A match for each line among the creditor's cases that the actor may see. Seven questions to the database, however
    many lines."""
    cases = visible_cases(actor).filter(creditor=creditor)
    fields = ("case", "item", "debtor", "name")
    keys = {field: {value for line in lines if (value := getattr(line, field))} for field in fields}
    by_case = _grouped(cases.filter(number__in=keys["case"]).values_list("number", "pk"))
    by_debtor = _grouped(
        cases.filter(person__number__in=keys["debtor"]).values_list("person__number", "pk")
    )
    by_name = _grouped(
        cases.filter(person__name__in=keys["name"]).values_list("person__name", "pk")
    )
    named = _items(creditor, keys["item"], cases)
    by_item = _grouped((number, case_id) for number, case_id in named)
    by_account = _accounts(lines, creditor)
    sources: list[tuple[str, Callable[[PaymentLine], set[int]]]] = [
        ("case", lambda line: by_case.get(line.case, set())),
        ("account", lambda line: by_account.get(line.account, set())),
        ("item", lambda line: by_item.get(line.item, set())),
        ("debtor", lambda line: by_debtor.get(line.debtor, set())),
    ]
    candidates = [
        [(field, find(line)) for field, find in sources if getattr(line, field)] for line in lines
    ]
    wanted = {key for line in candidates for _, found in line for key in found}
    wanted |= {key for found in by_name.values() for key in found}
    rows = cases.filter(pk__in=wanted).values_list(
        "pk", "number", "person__name", "currency", "summary__is_open"
    )
    cards = {row[0]: CaseCard(*row[:4], is_open=row[4] is not False) for row in rows}
    matches = [
        _decide(
            line,
            [{key for key in keys if key in cards} for _, keys in found],
            by_name.get(line.name, set()),
            cards,
        )
        for line, found in zip(lines, candidates, strict=True)
    ]
    return _twins([_named(one, named) for one in matches])


def _items(
    creditor: Creditor, numbers: set[str], cases: QuerySet[Case]
) -> dict[tuple[str, int], tuple[int, ...]]:
    """(number, case) → the items of that number, the earliest due first."""
    found: dict[tuple[str, int], tuple[int, ...]] = defaultdict(tuple)
    if numbers:
        items = Item.objects.filter(
            creditor=creditor, number__in=numbers, case__in=cases.values("pk")
        ).order_by("due_on", "pk")
        for number, case_id, key in items.values_list("number", "case_id", "pk"):
            found[number, case_id] += (key,)
    return found


def items_named(line: PaymentLine, case: Case) -> tuple[int, ...]:
    """The items of the case that the line names by their number, the earliest due first."""
    if not line.item:
        return ()
    mine = Case.objects.filter(pk=case.pk)
    return _items(case.creditor, {line.item}, mine).get((line.item, case.pk), ())


def _named(one: Match, named: dict[tuple[str, int], tuple[int, ...]]) -> Match:
    """What the payer named gets the money (Civil Code art. 560)."""
    if one.case is None or not one.line.item:
        return one
    return replace(one, items=named.get((one.line.item, one.case.id), ()))


def _grouped(pairs: Iterable[tuple[str, int]]) -> Found:
    found: Found = defaultdict(set)
    for value, key in pairs:
        found[value].add(key)
    return found


def _accounts(lines: Sequence[PaymentLine], creditor: Creditor) -> Found:
    """By the blind index; a card number as it stands and without its blanks."""
    wanted: dict[bytes, set[str]] = defaultdict(set)
    for text in {line.account for line in lines if line.account}:
        for form in {text, ids.clean(text)}:
            wanted[sealed.index("account", form)].add(text)
    found: Found = defaultdict(set)
    if wanted:
        rows = Account.objects.filter(creditor=creditor, number_index__in=list(wanted))
        for index, case_id in rows.values_list("number_index", "case_id"):
            for text in wanted[bytes(index)]:
                found[text].add(case_id)
    return found


def _decide(
    line: PaymentLine, found: list[set[int]], named: set[int], cards: dict[int, CaseCard]
) -> Match:
    hits = [keys for keys in found if keys]
    if not hits:
        if not found and not line.name:
            return Match(line, "unmatched", why=_why("match.nothing_given", line))
        if named:
            return _among(line, "match.name_only", named, cards)
        return Match(line, "unmatched", why=_why("match.unknown", line))
    common = set.intersection(*hits)
    if not common:
        return _among(line, "match.disagree", set.union(*hits), cards)
    common = _narrowed(common, line, cards)
    if len(common) > 1:
        return _among(line, "match.several", common, cards)
    card = cards[common.pop()]
    if line.name and card.name and _plain(line.name) != _plain(card.name):
        return Match(line, "doubtful", card, _why("match.name", line, card.number))
    if not card.is_open:
        return Match(line, "doubtful", card, _why("match.closed", line, card.number))
    return Match(line, "matched", card)


def _among(line: PaymentLine, code: str, keys: set[int], cards: dict[int, CaseCard]) -> Match:
    candidates = tuple(sorted(key for key in keys if key in cards)[:OFFERED])
    return Match(line, "doubtful", why=_why(code, line, _shown(keys, cards)), candidates=candidates)


def _narrowed(keys: set[int], line: PaymentLine, cards: dict[int, CaseCard]) -> set[int]:
    """Of several cases of one customer, the open ones in the payment's currency, if there are any."""
    fitting = {
        key
        for key in keys
        if cards[key].is_open and (not line.currency or cards[key].currency == line.currency)
    }
    return fitting if len(keys) > 1 and fitting else keys


def _twins(matches: list[Match]) -> list[Match]:
    """What is probably a payment of the book under another reference waits for a person."""
    certain = [one for one in matches if one.state == "matched" and one.case]
    known = probably_same([candidate(one) for one in certain])
    twins = {one.line.row: found for one, found in zip(certain, known, strict=True) if found}
    return [_twin(one, twins.get(one.line.row, [])) for one in matches]


def candidate(one: Match) -> Candidate:
    """The payment that a matched line would be."""
    line = one.line
    assert one.case is not None
    return Candidate(one.case.id, line.paid_on, line.amount_minor, line.reference, one.items)


def _twin(one: Match, known: list[KnownPayment]) -> Match:
    if not known or one.case is None:
        return one
    references = ", ".join(payment.reference for payment in known)
    places = ", ".join(payment.place for payment in known)
    why = _why("match.twin", one.line, one.case.number, reference=references, place=places)
    return Match(one.line, "doubtful", one.case, why, items=one.items)


def _why(
    code: str, line: PaymentLine, cases: str = "", reference: str = "", place: str = ""
) -> Problem:
    return problem(code, row=line.row, cases=cases, reference=reference, place=place)


def _shown(keys: set[int], cards: dict[int, CaseCard]) -> str:
    return ", ".join(sorted(cards[key].number for key in keys if key in cards)[:5])


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
