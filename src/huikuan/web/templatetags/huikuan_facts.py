"""Procedures in words: a step's title, the facts that made a task, an action's name. `{% load huikuan_facts %}`."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from huikuan.casebook import packs
from huikuan.casebook.act_names import in_either, name_of
from huikuan.casebook.models import ContactPoint, ContactRecord, Hold, Person, PointStatus
from huikuan.engine import acts, former, options, vocabulary
from huikuan.engine.charge import ACTION as CHARGE
from huikuan.engine.fact import Fact
from huikuan.engine.nodes import READS_HISTORY
from huikuan.engine.words import NO_POINT
from huikuan.lib.money import format_minor
from huikuan.people.models import Creditor, Organisation

register = template.Library()

ADDRESSEES: dict[str, str | Promise] = {
    "debtor": pgettext_lazy("addressee", "debtor"),
    "guarantor": pgettext_lazy("addressee", "guarantor"),
    "co_debtor": pgettext_lazy("addressee", "co-debtor"),
    "third_party": pgettext_lazy("addressee", "contact person"),
    "client": pgettext_lazy("addressee", "client"),
    "house": pgettext_lazy("addressee", "in house"),
}
#: Products as the shipped mappings name them, in the words that a debtor knows; any other is shown as it stands.
PRODUCTS: dict[str, str | Promise] = {
    "credit_card": gettext_lazy("credit card"),
    "b2b": gettext_lazy("goods supplied"),
}


def _words(choices: type[models.TextChoices]) -> dict[str, str | Promise]:
    return dict(choices.choices)


def _channel(act: acts.Act) -> str | Promise | None:
    return in_either(*act.title) if act.channel else None


#: Values of facts that are words: fact → value → word.
VALUES: dict[str, Mapping[str, str | Promise]] = {
    "currency": {code: in_either(*words) for code, words in options.CURRENCIES.items()},
    "promise": {
        "none": pgettext_lazy("promise", "none"),
        "open": pgettext_lazy("promise", "open"),
        "kept": pgettext_lazy("promise", "kept"),
        "part": pgettext_lazy("promise", "kept in part"),
        "broken": pgettext_lazy("promise", "broken"),
    },
    "willingness": {
        "willing": gettext_lazy("willing"),
        "wavering": gettext_lazy("wavering"),
        "unable": gettext_lazy("unable to pay"),
        "refusing": gettext_lazy("refusing"),
        "wilful": gettext_lazy("wilful delay"),
    },
    "statement_state": {
        "none": pgettext_lazy("statement", "not prepared"),
        "submitted": pgettext_lazy("statement", "with the supervisor"),
        "sent": pgettext_lazy("statement", "sent"),
        "confirmed": pgettext_lazy("statement", "confirmed"),
        "invoice_data": pgettext_lazy("statement", "invoice data handed over"),
        "invoiced": pgettext_lazy("statement", "invoiced"),
    },
    "month_state": {
        "none": pgettext_lazy("statement", "not prepared"),
        "submitted": pgettext_lazy("statement", "with the supervisor"),
        "checked": pgettext_lazy("statement", "checked, to be sent"),
        "sent": pgettext_lazy("statement", "sent"),
        "confirmed": pgettext_lazy("statement", "confirmed"),
        "invoice_data": pgettext_lazy("statement", "invoice data handed over"),
        "invoiced": pgettext_lazy("statement", "invoiced"),
    },
    "purpose": {
        "collect": pgettext_lazy("purpose", "collecting"),
        "remind": pgettext_lazy("purpose", "reminder before the due date"),
        "business": pgettext_lazy("purpose", "business that asks for no payment"),
        "reply": pgettext_lazy("purpose", "reply"),
        "statutory": pgettext_lazy("purpose", "notice that the law demands"),
        "locate": pgettext_lazy("purpose", "finding the debtor"),
    },
    "target": ADDRESSEES,
    "product": PRODUCTS,
    "channel": acts.OfActs(_channel),
    "style": _words(ContactRecord.Style),
    "point_status": _words(PointStatus.Status),
    "point_source": _words(ContactPoint.Source),
    "hold_kind": _words(Hold.Kind),
    "creditor_kind": _words(Creditor.Kind),
    "collector_kind": _words(Organisation.Kind),
    "debtor_kind": _words(Person.Kind),
}
STRENGTHS: dict[str, str | Promise] = {
    "must": gettext_lazy("binding"),
    "should": gettext_lazy("guideline, kept"),
    "advice": gettext_lazy("advice, warns only"),
}
#: What is asked of the memory of a step: `last_done_warn` is read "last done warn".
MEMORY: dict[str, str | Promise] = {
    "times_done": gettext_lazy("times done"),
    "last_done": gettext_lazy("last done"),
    "first_done": gettext_lazy("first done"),
}
_OF_HISTORY = tuple(f"{function}_" for function in READS_HISTORY)


def chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


@register.filter
def in_language(text: Mapping[str, str] | None) -> str:
    """The reader's language of a {zh, en} text."""
    return (text or {}).get("zh" if chinese() else "en", "")


@register.filter
def action_name(action: str) -> str:
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
    return acts.ICONS.get(action, "list-check")


@register.filter
def addressee_name(addressee: str) -> str:
    return str(ADDRESSEES.get(addressee, addressee))


@register.filter
def product_name(product: str) -> str:
    return str(PRODUCTS.get(product, product))


def _known(name: str) -> Fact | None:
    """A fact; what the reasons of older tasks name, which was one; or a total of a procedure."""
    fact = vocabulary.standard().get(name) or former.shipped().get(name)
    # Lists of tasks name what was done before in every line, and no total is called so.
    if fact is not None or name.startswith(_OF_HISTORY):
        return fact
    return packs.total_named(name)


def title_of(fact: Fact) -> str:
    """What a fact or term is called in the reader's language."""
    return fact.zh if chinese() else fact.en


def fact_label(name: str) -> str:
    for asked, word in MEMORY.items():
        step = name.removeprefix(f"{asked}_")
        if step != name:
            return f"{word} {step}"
    fact = _known(name)
    return action_name(name) if fact is None else title_of(fact)


def fact_value(name: str, raw: object, currency: str = "CNY") -> str:
    """A fact's value as people read it; — when it is unknown."""
    text = "" if raw is None else str(raw)
    if text == "":
        return "—"
    if name == CHARGE:
        return format_minor(int(text), currency, get_language() or "zh-hans")
    fact = _known(name)
    if fact is None:
        return text
    if name in former.shipped() and text in fact.options:
        return str(in_either(*fact.options[text]))
    if text in VALUES.get(name, {}):
        return str(VALUES[name][text])
    if fact.type == "money":
        return format_minor(int(text), currency, get_language() or "zh-hans")
    if fact.type == "bool":
        return _("yes") if text.lower() in ("true", "t") else _("no")
    if fact.type == "int" and fact.unit == "days":
        return _("{n} days").format(n=text)
    if fact.type == "int" and fact.unit == "minutes":
        return f"{int(text) // 60:02}:{int(text) % 60:02}"
    return text


@register.filter
def reasons(text: str, currency: str = "CNY") -> list[tuple[str, str]]:
    """A task's reason (`name=value` lines) as label and value, the day itself left out."""
    pairs = [line.split("=", 1) for line in (text or "").splitlines() if "=" in line]
    return [
        (fact_label(name), fact_value(name, value, currency))
        for name, value in pairs
        if name != "on"
    ]


@register.simple_tag
def fact(name: str, value: object, currency: str = "CNY") -> str:
    """`逾期天数 17`: a fact with its value."""
    return f"{fact_label(name)} {fact_value(name, value, currency)}"
