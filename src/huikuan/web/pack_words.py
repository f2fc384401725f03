"""What a procedure asks, in words: its conditions, its days, and the values that a reason names.

A condition is written in names that only the writer of a pack knows. Everywhere else it is read in
the titles of facts, terms, steps and outcomes:

    not promise_rests and last_done('finance_check') >= item_claimed_on
    A promise covers what may be demanded: no, and last done “finance looks for it” is not before …
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from huikuan.casebook import pack_names, packs
from huikuan.casebook.act_names import name_of
from huikuan.casebook.models import PackVersion
from huikuan.casebook.pack_names import Names
from huikuan.engine import former, history, vocabulary
from huikuan.engine.cadence import LAST, Cadence, Delay, Segment
from huikuan.engine.charge import ACTION as CHARGE
from huikuan.engine.fact import Fact
from huikuan.engine.nodes import MEMORY, READS_HISTORY, Node, conjuncts, excepted
from huikuan.engine.playbook import Step
from huikuan.web.fact_words import amount, in_language, title_of, word_of

#: What is unknown, or has no value.
NOTHING = "—"
#: What is asked of the memory of a step.
_MEMORY: dict[str, str | Promise] = {
    "times_done": gettext_lazy("how often “{step}” was done"),
    "last_done": gettext_lazy("last done: “{step}”"),
    "first_done": gettext_lazy("first done: “{step}”"),
}
_OF_HISTORY = tuple(f"{function}_" for function in READS_HISTORY)
_OF_DATES: dict[str, str | Promise] = {
    "<": gettext_lazy("{left} is before {right}"),
    "<=": gettext_lazy("{left} is not after {right}"),
    ">": gettext_lazy("{left} is after {right}"),
    ">=": gettext_lazy("{left} is not before {right}"),
}
_OF_NUMBERS: dict[str, str | Promise] = {
    "<": gettext_lazy("{left} is less than {right}"),
    "<=": gettext_lazy("{left} is at most {right}"),
    ">": gettext_lazy("{left} is more than {right}"),
    ">=": gettext_lazy("{left} is at least {right}"),
    "==": gettext_lazy("{left} is {right}"),
    "!=": gettext_lazy("{left} is not {right}"),
}
_OF_VALUES: dict[str, str | Promise] = {
    "months_past": gettext_lazy("full months since {0}"),
    "working_days_past": gettext_lazy("working days since {0}"),
    "nth_day": gettext_lazy("day {1} of the month of {0}"),
    "add_months": gettext_lazy("{0} and {1} months"),
    "at_most": gettext_lazy("{0}, at most {1}"),
    "since": gettext_lazy("the day since which it is so that {0}"),
}
_OUTERMOST = {
    "least": gettext_lazy("the earliest of {days}"),
    "greatest": gettext_lazy("the latest of {days}"),
}
#: What makes a title a phrase.
_PAUSE = re.compile("[，,;；：]")
#: Pieces that stand in brackets within another one.
_LOOSE = ("and", "or", "if")
_ROLLS: dict[str, str | Promise] = {
    "next": gettext_lazy("on a day off the next working day"),
    "previous": gettext_lazy("on a day off the working day before"),
}


@dataclass(frozen=True)
class PackWords:
    """The words of one playbook. Without `names` each name is looked up where it is known."""

    names: Names | None = None
    currency: str = "CNY"

    def label(self, name: str) -> str:
        """What a fact, a term or a value of the history is called."""
        node, words = self._asked(name)
        if node is not None and node.op in READS_HISTORY:
            return words.says(node)
        fact = self._fact(name)
        return name_of(name) if fact is None else title_of(fact)

    def value(self, name: str, raw: object) -> str:
        """A value as people read it."""
        node, _words = self._asked(name)
        text = "" if raw is None else str(raw)
        if node is not None and node.op in MEMORY and not text:
            return pgettext("memory", "never")
        if text == "":
            return NOTHING

        if name == CHARGE:
            return amount(text, self.currency)
        if node is not None and node.op == history.HELD:
            return _("{n} days").format(n=text)
        fact = self._fact(name)
        return text if fact is None else word_of(fact, text, self.currency, self.names)

    def says(self, node: Node) -> str:
        """A condition or a value in words."""
        if node.op == "const":
            return self._constant(node)
        if node.op == "fact":
            return self._named(node)
        if node.op in READS_HISTORY:
            return self._history(node)

        if node.op in ("and", "or"):
            word = (
                pgettext("condition", " and ")
                if node.op == "and"
                else pgettext("condition", " or ")
            )
            return word.join(self._bracketed(part) for part in node.parts)
        barred = node.parts[0] if node.op == "not" else excepted(node)
        if barred is not None:
            return self._negated(barred)
        if node.op == "known":
            return self._known(node.parts[0], is_so=True)
        return self._of_parts(node)

    def conditions(self, step: Step) -> list[str]:
        """What must hold for a step beside its days and what holds for every step: its own
        condition part by part, and of one with alternatives what makes its way possible.
        """
        ways = conjuncts(step.when)[len(conjuncts(step.demand)) :]
        return [self.says(part) for part in [*conjuncts(step.own), *ways]]

    def days(self, cadence: Cadence) -> str:
        """On which days a step occurs."""
        if cadence.of is not None:
            text = _("where {days}").format(days=self.days(cadence.of))
        else:
            listed = pgettext("days", "; ").join(_segment(each) for each in cadence.segments)
            base = self._bracketed(cadence.base)
            text = _("counted from {day}: {days}").format(day=base, days=listed)

        if cadence.after is not None:
            text = _("{days}; {delay} later").format(days=text, delay=_delay(cadence.after))
        if cadence.done is not None:
            done = self.says(cadence.done)
            text = _("{days}; until it is done ({done})").format(days=text, done=done)
        return text

    def _asked(self, name: str) -> tuple[Node | None, PackWords]:
        """What a name in a reason asks for, and the words of the playbook that says so."""
        names = self.names
        if names is None and name.startswith(_OF_HISTORY):
            names = pack_names.knowing(name)
        if names is None:
            return None, self
        return names.values.get(name), PackWords(names, self.currency)

    def _fact(self, name: str) -> Fact | None:
        """A fact, or a term or total of the procedure; also what only older tasks name."""
        own = self.names and self.names.vocabulary.get(name)
        fact = own or vocabulary.standard().get(name) or former.shipped().get(name)
        # Lists of tasks name what was done before in every line, and no total is called so.
        if fact is not None or name.startswith(_OF_HISTORY):
            return fact
        return packs.total_named(name)

    def _constant(self, node: Node) -> str:
        if node.value is None:
            return NOTHING
        if node.type == "bool":
            return pgettext("condition", "always") if node.value else pgettext("condition", "never")
        if node.type == "money":
            return amount(node.value, self.currency)
        return str(node.value)

    def _title(self, node: Node) -> str:
        """What a value is called; in quotes where it would not be read as one."""
        if node.op != "fact":
            return self.says(node)
        title = self.label(str(node.value))
        return _("“{title}”").format(title=title) if _PAUSE.search(title) else title

    def _named(self, node: Node) -> str:
        """A fact by its title; of one that is so or not, that it is so."""
        title = self._title(node)
        return _("{what}: yes").format(what=title) if node.type == "bool" else title

    def _known(self, asked: Node, *, is_so: bool) -> str:
        """Whether there is a value; of what is so or not, whether somebody knows."""
        if asked.type == "bool":
            template = _("{what}: known") if is_so else _("{what}: unknown")
        else:
            template = _("{what}: there is one") if is_so else _("{what}: there is none")
        return template.format(what=self._title(asked))

    def _negated(self, node: Node) -> str:
        if node.op == "fact":
            return _("{what}: no").format(what=self._title(node))
        if node.op == "known":
            return self._known(node.parts[0], is_so=False)
        if node.op == "in":
            asked, *words = node.parts
            return _("{left} is none of {words}").format(
                left=self._title(asked), words=self._listed(words, asked)
            )
        return _("not ({condition})").format(condition=self.says(node))

    def _history(self, node: Node) -> str:
        if node.op in MEMORY:
            return str(_MEMORY[node.op]).format(step=self._step(history.step_of(node)))
        if node.op == history.HELD:
            return _("days on hold after {day}").format(day=self._title(node.parts[0]))
        channel, days = history.window_of(node)
        what = _("contact") if channel == history.ANY else name_of(channel)
        return _("{what} in {n} days").format(what=what, n=days)

    def _step(self, code: str) -> str:
        """The title of a step; of one with alternatives, that of the first of them."""
        if self.names is None:
            return code
        for step in self.names.vocabulary.done_as(code):
            if step in self.names.steps:
                return in_language(self.names.steps[step])
        return code

    def _of_parts(self, node: Node) -> str:
        """A value or a comparison that is made of others."""
        if node.op == "if":
            test, then, other = (self.says(part) for part in node.parts)
            return _("{then} if {test}, else {other}").format(test=test, then=then, other=other)
        if node.op == "in":
            asked, *words = node.parts
            return _("{left} is one of {words}").format(
                left=self._title(asked), words=self._listed(words, asked)
            )
        if node.op in _OUTERMOST:
            days = pgettext("list", ", ").join(self.says(part) for part in node.parts)
            return str(_OUTERMOST[node.op]).format(days=days)

        if node.op == "count_over":
            *facts, limit = node.parts
            return _("how many of {n} are over {limit}: {what}").format(
                n=len(facts), limit=self.says(limit), what=self._title(facts[0])
            )
        if node.op == "reached":
            total = self.label(str(node.value))
            reached = self._value_for(node.parts[0], Node("fact", "", value=node.value))
            return _("the day on which {what} came to {amount}").format(what=total, amount=reached)
        if node.op == history.UNHELD:
            start, day = (self.says(part) for part in node.parts)
            return _("{day}, later by the days on hold after {start}").format(day=day, start=start)
        if node.op in _OF_VALUES:
            return str(_OF_VALUES[node.op]).format(*(self.says(part) for part in node.parts))
        return self._of_two(node)

    def _of_two(self, node: Node) -> str:
        """A sum, a difference, a product or a comparison."""
        first, second = node.parts
        left = self._value_for(first, second)
        right = self._value_for(second, first)
        of_dates = first.type == second.type == "date"
        if node.op == "-" and of_dates:
            return _("days from {right} to {left}").format(left=left, right=right)
        if node.op in "+-*":
            if node.type == "date" and second.op == "const":
                right = _("{n} days").format(n=right)
            sign = "×" if node.op == "*" else node.op.replace("-", "−")
            return f"{left} {sign} {right}"

        template = _OF_DATES.get(node.op) if of_dates else None
        return str(template or _OF_NUMBERS[node.op]).format(left=left, right=right)

    def _value_for(self, node: Node, other: Node) -> str:
        """A side of a comparison; a constant as a value of the fact with which it is compared."""
        if node.op == "const" and other.op == "fact" and node.value is not None:
            return self.value(str(other.value), node.value)
        return self._bracketed(node)

    def _listed(self, words: list[Node], asked: Node) -> str:
        return pgettext("list", ", ").join(self._value_for(word, asked) for word in words)

    def _bracketed(self, node: Node) -> str:
        text = self.says(node)
        return _("({condition})").format(condition=text) if node.op in _LOOSE else text


def words_of(version: PackVersion, currency: str = "CNY") -> PackWords:
    """The words of a stored playbook; those that are known anywhere where it cannot be read."""
    try:
        return PackWords(pack_names.of_version(version), currency)
    except ValueError:
        return PackWords(None, currency)


def fact_label(name: str, words: PackWords | None = None) -> str:
    """What a fact is called, for whoever has no playbook at hand."""
    return (words or PackWords()).label(name)


def fact_value(name: str, raw: object, currency: str = "CNY") -> str:
    """A fact's value as people read it; — when it is unknown."""
    return PackWords(currency=currency).value(name, raw)


def _segment(segment: Segment) -> str:
    """One part of the days of a step."""
    parts = [_begins(segment)]

    if segment.every:
        parts.append(_every_days(segment.every))
    if segment.every_months:
        parts.append(_("every {n} months").format(n=segment.every_months))
    if segment.until is not None:
        parts.append(_until(segment.until))
    if segment.working_days:
        parts.append(_("on working days"))
    if segment.roll:
        parts.append(str(_ROLLS[segment.roll]))

    return pgettext("days", ", ").join(parts)


def _begins(segment: Segment) -> str:
    """When a part of the days begins, counted from the base."""
    if segment.monthly:
        return _of_month(segment)
    if segment.months:
        text = _("after {n} months").format(n=segment.months)
        return f"{text} + {_('{n} days').format(n=segment.day)}" if segment.day else text

    if segment.day < 0:
        return _("{n} days before").format(n=-segment.day)
    if segment.day == 0:
        return _("on the day itself")
    template = _("from day {n}") if segment.every else _("day {n}")
    return template.format(n=segment.day)


def _of_month(segment: Segment) -> str:
    """The day of a month on which it occurs, and in which months."""
    day = _("day {n} of the month").format(n=segment.monthly)
    if segment.monthly == LAST:
        day = _("the last day of the month")

    months = pgettext("list", ", ").join(str(month) for month in segment.in_months)
    return _("{day}, in the months {months}").format(day=day, months=months) if months else day


def _until(day: int) -> str:
    if day < 0:
        return _("until {n} days before").format(n=-day)
    return _("until day {n}").format(n=day) if day else _("until the day itself")


def _every_days(days: int) -> str:
    return _("daily") if days == 1 else _("every {n} days").format(n=days)


def _delay(delay: Delay) -> str:
    if delay.working:
        return _("{n} working days").format(n=delay.days)
    return _("{n} days").format(n=delay.days)
