"""Finding cases by what somebody has in hand: a name, its initials, a case number or its end, the end of an ID, phone or
account number.

The kind of the word decides which columns are asked. Each is asked on its own and with a limit, so that each uses its index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Right

from huikuan.casebook.access import holds_only, visible_cases
from huikuan.casebook.models import Case, ContactPoint, Person
from huikuan.lib import masks
from huikuan.people.models import Creditor, User

TAIL = 4
_PHONE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


def find_cases(user: User, word: str, most: int) -> list[int]:
    """Ids of the cases that the user sees and that fit the word, at most `most` of each kind of match. None for no word."""
    word = word.strip()
    if not word:
        return []
    first, *others = [
        cases.order_by().values_list("pk", flat=True)[:most] for cases in _matches(user, word)
    ]
    return list(first.union(*others))


def _matches(user: User, word: str) -> Iterator[QuerySet[Case]]:
    seen = visible_cases(user)
    if re.fullmatch(f"[0-9]{{{TAIL - 1},}}[0-9xX]", word):
        yield from _by_tail(user, seen, word.upper())
    if word.isascii() and not re.fullmatch(f"[0-9]{{{TAIL - 1}}}[0-9xX]", word):
        yield from (
            seen.filter(number__startswith=text) for text in dict.fromkeys([word, word.upper()])
        )
        creditors = Creditor.objects.filter(organisation=user.organisation).values("pk")
        yield _of(user, seen, Person.objects.filter(creditor_id__in=creditors, number=word))
        if word.isalpha():
            yield _of(user, seen, Person.objects.filter(initials__startswith=word.upper()))
        if found := _PHONE.fullmatch(word.replace(" ", "")):
            number = found[1]
            points = ContactPoint.objects.filter(
                tail=number[-TAIL:], value_masked=masks.phone(number)
            )
            yield _of(user, seen, points, "person_id")
    if not (word.isascii() and word.isdigit()):
        yield _of(user, seen, Person.objects.filter(name__startswith=word))


def _by_tail(user: User, seen: QuerySet[Case], tail: str) -> Iterator[QuerySet[Case]]:
    """By the end of numbers. Of phones and IDs only the last four are kept in the clear, so that more digits cannot be
    compared: then only case numbers, and accounts that are shown whole, are asked.
    """
    last = tail[-TAIL:]
    if tail == last:
        yield _of(user, seen, ContactPoint.objects.filter(tail=tail), "person_id")
        yield _of(user, seen, Person.objects.alias(tail=Right("id_masked", TAIL)).filter(tail=tail))
    for column in ("accounts__number_shown", "number"):
        # the last four find the index, the whole is compared among what it gives
        yield seen.alias(tail=Right(F(column), TAIL)).filter(
            tail=last, **{f"{column}__endswith": tail}
        )


def _of(
    user: User, seen: QuerySet[Case], found: QuerySet[Any], column: str = "pk"
) -> QuerySet[Case]:
    """Cases of the persons found. Thousands may begin with two letters: for who sees only the cases they hold, an index of
    holders and persons says which are theirs before a case is looked up."""
    return seen.filter(
        **{"summary__person_id__in" if holds_only(user) else "person__in": found.values(column)}
    )
