"""The reference of a payment in words, where it is none of the bank's but one that we made."""

from __future__ import annotations

from django.utils.translation import gettext as _

#: What a list of a placement says was paid has no reference of its own: ours is made of the
#: account, the item, the day and the number of the column, so that it is posted once.
FROM_LIST = "placement:"


def is_ours(reference: str) -> bool:
    """Whether it is such a reference: nobody else writes one, however it is spelled."""
    return reference.strip().casefold().startswith(FROM_LIST)


def reference_words(reference: str) -> str:
    """`the creditor's list, item FP003701, 2026-11-13`; what a bank or a person gave, as it is."""
    of_list = _of_list(reference)
    if of_list is None:
        return reference
    item, day = of_list
    return _("the creditor's list, item {item}, {day}").format(item=item, day=day)


def reference_for_customer(reference: str) -> str:
    """What a customer knows the payment by: the number of the item that the creditor's list says
    was paid; what a bank or a person gave, as it is.
    """
    of_list = _of_list(reference)
    return reference if of_list is None else of_list[0]


def _of_list(reference: str) -> tuple[str, str] | None:
    """Item and day of a reference that was made of what a list says; None for any other."""
    if not reference.startswith(FROM_LIST):
        return None

    account_and_item, *day_and_column = reference.removeprefix(FROM_LIST).rsplit(":", 2)
    _account, _separator, item = account_and_item.partition(":")
    if not item or not day_and_column:
        return None
    return item, day_and_column[0]
