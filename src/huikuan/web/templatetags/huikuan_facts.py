"""Procedures in words: a step's title, the facts that made a task, an action's name.

`{% load huikuan_facts %}`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from django import template
from django.utils.translation import gettext as _

from huikuan.casebook import pack_names, packs
from huikuan.casebook.act_names import name_of
from huikuan.casebook.models import Charge
from huikuan.casebook.payment_words import reference_words
from huikuan.engine import acts
from huikuan.engine.cadence import Cadence
from huikuan.engine.nodes import Node
from huikuan.engine.playbook import Step
from huikuan.engine.words import NO_POINT
from huikuan.web import fact_words
from huikuan.web.fact_words import ADDRESSEES, PRODUCTS, STRENGTHS
from huikuan.web.pack_words import PackWords, words_of

register = template.Library()


class Reasoned(Protocol):
    """A task, or what stands for some: why it was demanded, and by which version of a pack."""

    @property
    def reason(self) -> str: ...

    @property
    def pack_version_id(self) -> int: ...


@register.filter
def in_language(text: Mapping[str, str] | None) -> str:
    """The reader's language of a {zh, en} text."""
    return fact_words.in_language(text)


@register.filter
def action_name(action: str) -> str:
    """What a kind of act is called."""
    return name_of(action)


@register.filter
def verdict_name(verdict: str) -> str:
    """The code of the rule that refuses; in words where no rule does."""
    if verdict == NO_POINT:
        return _("no number or address")
    return verdict


@register.filter
def strength_name(strength: str) -> str:
    """How a contact rule binds."""
    return str(STRENGTHS.get(strength, strength))


@register.filter
def action_icon(action: str) -> str:
    """The picture of a kind of act."""
    return acts.ICONS.get(action, "list-check")


@register.filter
def addressee_name(addressee: str) -> str:
    """To whom a step speaks."""
    return str(ADDRESSEES.get(addressee, addressee))


@register.filter
def product_name(product: str) -> str:
    """A product in the words that a debtor knows."""
    return str(PRODUCTS.get(product, product))


@register.filter
def reasons(task: Reasoned, currency: str = "CNY") -> list[tuple[str, str]]:
    """A task's reason (`name=value` lines) as label and value, the day itself left out.

    In the words of the version that made the task: the titles of its steps, outcomes and totals.
    """
    pairs = [line.split("=", 1) for line in (task.reason or "").splitlines() if "=" in line]
    if not pairs:
        return []
    words = words_of(packs.version(task.pack_version_id), currency)
    return [(words.label(name), words.value(name, value)) for name, value in pairs if name != "on"]


@register.simple_tag
def fact(words: PackWords, name: str, value: object) -> str:
    """`逾期天数 17`: a fact with its value, in the words of a procedure."""
    return f"{words.label(name)} {words.value(name, value)}"


@register.filter
def pack_title(name: str) -> str:
    """What a procedure is called; its name where no version of it is stored."""
    return in_language(pack_names.title_of(name)) or name


@register.filter
def in_one_line(pairs: Iterable[tuple[str, str]]) -> str:
    """Labels and their values one after the other, for what stands under the pointer."""
    return " · ".join(f"{label} {value}" for label, value in pairs)


@register.filter
def payment_reference(reference: str) -> str:
    """The reference of a payment; in words where it was made of what a list says."""
    return reference_words(reference)


@register.filter
def charge_kind(kind: str) -> str:
    """What a kind of charge is called."""
    return str(Charge.Kind(kind).label)


@register.filter
def conditions_in(step: Step, words: PackWords) -> list[str]:
    """What must hold for a step, in the words of its procedure."""
    return words.conditions(step)


@register.filter
def value_in(node: Node, words: PackWords) -> str:
    """A value of a procedure, such as the amount of a charge, in its words."""
    return words.says(node)


@register.filter
def days_in(cadence: Cadence, words: PackWords) -> str:
    """The days of a step in the words of its procedure."""
    return words.days(cadence)
