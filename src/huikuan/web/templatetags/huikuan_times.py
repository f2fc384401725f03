"""Good and bad times in words, for pages and commands. `{% load huikuan_times %}`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from huikuan.casebook.calendar import calendar
from huikuan.engine.advice import Advice
from huikuan.engine.texts import Text
from huikuan.engine.time_of_day import clock
from huikuan.engine.times import Moment, Rank
from huikuan.web.templatetags.huikuan_facts import in_language

register = template.Library()
_ONE = dt.timedelta(days=1)
_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


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
def opens_at(moment: dt.datetime | str | None, company: bool = False) -> str:
    """From when somebody may be contacted, with the day of the week; empty where nobody says so.

    A page gives an empty text for what is not there. Of a `company` that opens on a day off also
    the next working day: its people are not there before, whatever the rules allow.
    """
    if not isinstance(moment, dt.datetime):
        return ""

    local = timezone.localtime(moment)
    on = local.date()
    text = _("{day} {time}").format(day=day_of_week(on), time=f"{local:%H:%M}")
    working_days = calendar()
    if not company or working_days.is_working_day(on):
        return text

    working = day_of_week(working_days.next_working_day(on))
    return _("{moment} (next working day {working})").format(moment=text, working=working)


@register.filter
def day_of_week(day: dt.date) -> str:
    """2026-11-29 with its day of the week."""
    return _("{day} ({weekday})").format(day=day.isoformat(), weekday=_WEEKDAYS[day.weekday()])


@register.filter
def short_day_of_week(day: dt.date) -> str:
    """11-29 with its day of the week, for lists of one year."""
    return _("{day} ({weekday})").format(day=f"{day:%m-%d}", weekday=_WEEKDAYS[day.weekday()])


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
