"""No mail names an account to pay to but the creditor's own, whoever wrote its words.

A collector may change the words of a mail, and it leaves as the house's. The creditor's account is
changed by two persons; a mail that names another would be a way round them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from huikuan.casebook.about import About
from huikuan.casebook.models import Account, Case, Item
from huikuan.people.models import Creditor

#: Digits of the shortest bank account or card; a telephone number has fewer, and so has a day.
SHORTEST = 12
#: Digits as people write long numbers, in groups of three and more.
_NUMBER = re.compile(r"\d{3,}(?:[ .·_/-]{1,3}\d{3,})*")
_NO_DIGIT = re.compile(r"\D")
#: Signs that nobody sees, put between digits.
_UNSEEN = "Cf"


def foreign_account(text: str, about: About) -> str:
    """The first number in a mail's words that may be an account and is not known; "" for none.

    Known are the creditor's account and what the book calls the debt by: an invoice may have a
    number of twenty digits.
    """
    candidates = list(_long_numbers(text))
    if not candidates:
        return ""

    known = [_digits(number) for number in _known_numbers(about)]
    for candidate in candidates:
        digits = _digits(candidate)
        if not any(digits in number for number in known):
            return candidate
    return ""


def _long_numbers(text: str) -> Iterator[str]:
    """Numbers of so many digits, however wide they are written."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != _UNSEEN)
    for found in _NUMBER.findall(seen):
        if len(_digits(found)) >= SHORTEST:
            yield found


def _known_numbers(about: About) -> Iterator[str]:
    if about.creditor_id is not None:
        yield from Creditor.objects.filter(pk=about.creditor_id).values_list("pay_to", flat=True)
    if about.case_id is None:
        return

    yield from Item.objects.filter(case=about.case_id).values_list("number", flat=True)
    yield from Account.objects.filter(case=about.case_id).values_list("number_shown", flat=True)
    of_case = Case.objects.filter(pk=about.case_id)
    for numbers in of_case.values_list("number", "person__number"):
        yield from numbers


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", unicodedata.normalize("NFKC", text))
