"""Good and bad times in words, for pages and commands. `{% load huikuan_times %}`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.engine.advice import Advice
from huikuan.engine.texts import Text
from huikuan.engine.time_of_day import clock
from huikuan.engine.times import Moment, Rank
from huikuan.web.templatetags.huikuan_facts import in_language

register = template.Library()
_ONE = dt.timedelta(days=1)


@register.filter
def advice_text(advice: Advice | None, today: dt.date) -> str:
    """What a step says of the moment: "avoid: just before noon — better from 14:00".

    Empty where there is nothing to say.
    """
    if advice is None:
        return ""
    if advice.rank == Rank.GOOD:
        return _("good time: {why}").format(why=_listed(advice.because))

    better = ""
    if advice.better_at is not None:
        better = moment_text(advice.better_at, today)
    if advice.rank == Rank.BAD and better:
        sentence = _("avoid: {why} — better from {when}")
        return sentence.format(why=_listed(advice.because), when=better)
    if advice.rank == Rank.BAD:
        return _("avoid: {why}").format(why=_listed(advice.because))
    if not better:
        return ""
    return _("best: {when}, {why}").format(when=better, why=_listed(advice.better_because))


@register.filter
def advice_word(advice: Advice | None, today: dt.date) -> str:
    """The same for a line of a list, where only a bad time is told at length."""
    if advice is None or advice.rank == Rank.BAD:
        return advice_text(advice, today)
    if advice.rank == Rank.GOOD:
        return _("good time")
    if advice.better_at is None:
        return ""
    return _("best: {when}").format(when=moment_text(advice.better_at, today))


@register.filter
def moment_text(moment: Moment, today: dt.date) -> str:
    """14:00 of today, tomorrow 14:00, 03-16 14:00."""
    if moment.day == today:
        return moment.clock
    if moment.day == today + _ONE:
        return _("tomorrow {time}").format(time=moment.clock)
    return f"{moment.day:%m-%d} {moment.clock}"


@register.filter
def minute_text(minute: int) -> str:
    """A minute of the day as 14:00."""
    return clock(minute)


@register.filter
def is_bad_time(advice: Advice | None) -> bool:
    """Whether the step says that the moment is to be avoided."""
    return advice is not None and advice.rank == Rank.BAD


def _listed(titles: Sequence[Text]) -> str:
    return pgettext("list", ", ").join(in_language(title) for title in titles)
