"""Whose payment is it? Every line is matched to one case, or it is doubtful or unmatched, with the reason.

Numbers decide: case, account, invoice, then the customer's. A name alone never does. Nothing is posted on a guess.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from huikuan.casebook import sealed
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Account, Item, Payment
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
    """One line and its case. `why` says what is doubtful or that nothing fits; `candidates` are cases it may be."""

    line: PaymentLine
    state: State
    case: CaseCard | None = None
    why: Problem | None = None
    candidates: tuple[int, ...] = ()


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
    items = Item.objects.filter(
        creditor=creditor, number__in=keys["item"], case__in=cases.values("pk")
    )
    by_item = _grouped(items.values_list("number", "case_id")) if keys["item"] else {}
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
    return _twins(matches, creditor)


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


def _twins(matches: list[Match], creditor: Creditor) -> list[Match]:
    """The same money of the same day under another reference may be the same payment in two files."""
    keys = {(one.case.id, one.line.paid_on, one.line.amount_minor) for one in matches if one.case}
    standing = Payment.objects.filter(
        creditor=creditor, reversal__isnull=True, case_id__in={key[0] for key in keys}
    )
    rows = standing.values_list("case_id", "valid_on", "amount_minor", "reference")
    posted: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for *key, reference in rows:
        posted[tuple(key)].add(reference)
    return [_twin(one, posted) for one in matches]


def _twin(one: Match, posted: dict[tuple[object, ...], set[str]]) -> Match:
    if one.state != "matched" or one.case is None:
        return one
    references = posted.get((one.case.id, one.line.paid_on, one.line.amount_minor), set())
    if not references or one.line.reference in references:
        return one
    why = _why("match.twin", one.line, one.case.number, reference=", ".join(sorted(references)))
    return Match(one.line, "doubtful", one.case, why)


def _why(code: str, line: PaymentLine, cases: str = "", reference: str = "") -> Problem:
    return problem(code, row=line.row, cases=cases, reference=reference)


def _shown(keys: set[int], cards: dict[int, CaseCard]) -> str:
    return ", ".join(sorted(cards[key].number for key in keys if key in cards)[:5])


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
