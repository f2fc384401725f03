"""Finding the case of a payment among one creditor's cases: by case number, name or initials, or the end of the account."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Right

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Account, Case, Item
from huikuan.people.models import User

OFFERED = 10
#: What is unpaid of each case, the earliest due first: a payer may have named one of them.
_UNPAID = Prefetch(
    "items",
    Item.objects.filter(summary__open_minor__gt=0)
    .select_related("summary")
    .order_by("due_on", "pk"),
    to_attr="unpaid",
)


def find_cases(text: str, *, creditor_id: int, actor: User) -> list[Case]:
    """At most ten cases that the actor may see; nothing for less than two characters. Each way has its own index."""
    text = text.strip()
    if len(text) < 2:
        return []
    cases = visible_cases(actor).filter(creditor_id=creditor_id)
    keys = list(
        cases.filter(number__startswith=text)
        .order_by("number")
        .values_list("pk", flat=True)[:OFFERED]
    )
    keys += cases.filter(person__name__startswith=text).values_list("pk", flat=True)[:OFFERED]
    if text.isascii() and text.isalpha():
        keys += cases.filter(person__initials__startswith=text.upper()).values_list(
            "pk", flat=True
        )[:OFFERED]
    if text.isdecimal() and len(text) >= 4:
        tails = Account.objects.annotate(tail=Right("number_shown", 4)).filter(
            tail=text[-4:], creditor_id=creditor_id
        )
        keys += cases.filter(pk__in=tails.values("case")).values_list("pk", flat=True)[:OFFERED]
    return cards(list(dict.fromkeys(keys))[:OFFERED], creditor_id=creditor_id, actor=actor)


def cards(keys: Sequence[int], *, creditor_id: int, actor: User) -> list[Case]:
    """These cases of the creditor, as far as the actor may see them, in the order given, with person and summary."""
    found: QuerySet[Case] = visible_cases(actor).filter(pk__in=keys, creditor_id=creditor_id)
    by_key = {
        case.pk: case
        for case in found.select_related("person", "summary").prefetch_related("accounts", _UNPAID)
    }
    return [by_key[key] for key in keys if key in by_key]
