"""Days, amounts and lists as a script says them, in the language that is active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.casebook.models import Case
from huikuan.lib.money import to_decimal

#: Things that one sentence names; the others are counted.
NAMED_IN_SENTENCE = 8
#: Things that a mail names one by one.
NAMED_IN_LIST = 40


def amount(minor: int | None, currency: str) -> str:
    """Without the unit: the scripts write it themselves."""
    if minor is None:
        return ""
    return f"{to_decimal(minor, currency):,f}"


def with_unit(text: str, case: Case) -> str:
    """With the unit, as the scripts write it."""
    if case.currency == "CNY":
        return _("{amount} yuan").format(amount=text)
    return f"{text} {case.currency}"


def day_in_words(day: dt.date, today: dt.date) -> str:
    """A day as people say and write it to each other; the year only where it is another one."""
    if day.year == today.year:
        # Translators: a day of this year, in the letters of Django's date format: 27 November
        return formatted(day, pgettext("a day of this year", "j F"))
    return dated(day)


def dated(day: dt.date) -> str:
    """A day with its year, as a letter is dated."""
    return formatted(day, pgettext("a day with its year", "j F Y"))


def month_in_words(month: dt.date) -> str:
    """A month with its year, as a statement is named."""
    return formatted(month, pgettext("a month with its year", "F Y"))


def listed(words: Sequence[str]) -> str:
    """Each word once, in its order; of many the first, and how many more."""
    once = list(dict.fromkeys(words))
    named = once[:NAMED_IN_SENTENCE]
    further = len(once) - len(named)
    text = pgettext("list", ", ").join(named)
    if further:
        text = _("{text} and {n} more").format(text=text, n=further)
    return text


def named_up_to(most: int, words: Sequence[str]) -> list[str]:
    """At most so many of them, and how many more there are."""
    named = list(words[:most])
    further = len(words) - len(named)
    if further:
        named.append(_("{n} more").format(n=further))
    return named


def one_of(words: Sequence[str]) -> str:
    """The word, where all are the same; else none is the right one."""
    if len(set(words)) != 1:
        return ""
    return words[0]
