"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "promise.amount": Entry(
        _("a promised amount must be more than nothing"), _("enter what the debtor promised to pay")
    ),
    "promise.past": Entry(
        _("the promised day {due} lies before the day of the promise"), _("enter the day agreed on")
    ),
    "promise.far": Entry(
        _("the promised day {due} is later than {limit}, the last day that you may agree to"),
        _("agree on an earlier day, or ask your team lead for a longer time"),
    ),
    "promise.order": Entry(
        _("two instalments are due on {due}"), _("put them together, or give each a day of its own")
    ),
    "promise.total": Entry(
        _("the instalments add up to {sum}, the promise is {total}"),
        _("correct one of the instalments"),
    ),
    "promise.tolerance": Entry(
        _("the tolerance is not smaller than the smallest instalment"),
        _("correct the tolerance of the product"),
    ),
    "promise.above_balance": Entry(
        _("the promise of {total} is more than the {balance} that is owed"),
        _("check the amount; interest that is still to come may explain it"),
        "warning",
    ),
}

problem = speaker(CATALOGUE)
