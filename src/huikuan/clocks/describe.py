"""A clock of a pack in words, for whoever reads the procedure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.clocks.shown import title_of
from huikuan.engine.clock import ASKED, Clock, Extension, Length, Table, Told
from huikuan.engine.moments import TIMED, events_of


@dataclass(frozen=True)
class Described:
    """One clock. `more_time`: how it may be extended; empty where it may not. `answers`: who
    answers for it.
    """

    clock: Clock
    title: str
    about: str
    starts: str
    stops: str
    within: str
    more_time: str
    answers: str


def describe(clock: Clock, titles: dict[str, str]) -> Described:
    """The clock in the language of the moment. `titles`: code of a role → its title."""
    more_time = ""
    if clock.extension is not None:
        more_time = _more_time(clock.extension, titles)

    answers = titles[clock.role]
    if clock.role == ASKED:
        answers = _("the department that is asked")

    return Described(
        clock=clock,
        title=title_of(clock.title),
        about=_word(TIMED[clock.per].title),
        starts=_events(clock.per, clock.starts),
        stops=_events(clock.per, clock.stops),
        within=within_in_words(clock),
        more_time=more_time,
        answers=answers,
    )


def within_in_words(clock: Clock) -> str:
    """How long it runs: "1 hour", "by the end of the day", "up to 300: 2 days; …"."""
    if isinstance(clock.within, Length):
        return length_in_words(clock.within)
    if isinstance(clock.within, Told):
        return _("by the moment that was told")
    return _table(clock.within)


def length_in_words(length: Length) -> str:
    """A length such as "2 working days"; no days are the day itself."""
    n = length.amount
    if n == 0:
        if length.unit == "working_days":
            return _("by the end of the working day")
        return _("by the end of the day")

    texts = {
        "minutes": ngettext("{n} minute", "{n} minutes", n),
        "hours": ngettext("{n} hour", "{n} hours", n),
        "office_hours": ngettext("{n} office hour", "{n} office hours", n),
        "days": ngettext("{n} day", "{n} days", n),
        "working_days": ngettext("{n} working day", "{n} working days", n),
    }
    return texts[length.unit].format(n=n)


def _table(table: Table) -> str:
    """Its lines, and what each further part adds."""
    parts = []
    for rung in table.rungs:
        text = _("up to {limit}: {length}")
        parts.append(text.format(limit=rung.up_to, length=length_in_words(rung.length)))

    more = Length(table.rungs[-1].length.unit, table.more)
    text = _("for each further {every}: {length} more")
    parts.append(text.format(every=table.every, length=length_in_words(more)))
    return "; ".join(parts)


def _more_time(extension: Extension, titles: dict[str, str]) -> str:
    roles = _(", ").join(titles[role] for role in extension.by)
    lengths = _(", then ").join(length_in_words(length) for length in extension.lengths)
    text = _("up to {length}, by {roles}").format(length=lengths, roles=roles)
    if extension.reason_within is None:
        return text
    within = length_in_words(extension.reason_within)
    return text + _("; reason within {length}").format(length=within)


def _events(per: str, names: Iterable[str]) -> str:
    """Events in words, any of which starts or ends the clock."""
    known = events_of(per)
    return " / ".join(_word(known[name][1].title) for name in names)


def _word(words: tuple[str, str]) -> str:
    """One of a Chinese and an English word."""
    chinese, english = words
    return title_of({"zh": chinese, "en": english})
