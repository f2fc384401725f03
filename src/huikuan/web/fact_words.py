"""Facts in words: what a fact is called, and what its value is called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from huikuan.casebook import pack_names
from huikuan.casebook.act_names import in_either
from huikuan.casebook.models import ContactPoint, ContactRecord, Hold, Person, PointStatus
from huikuan.casebook.pack_names import Names
from huikuan.engine import acts, former, options
from huikuan.engine.fact import OUTCOMES, Fact
from huikuan.lib.money import format_minor
from huikuan.people.models import Creditor, Organisation

ADDRESSEES: dict[str, str | Promise] = {
    "debtor": pgettext_lazy("addressee", "debtor"),
    "guarantor": pgettext_lazy("addressee", "guarantor"),
    "co_debtor": pgettext_lazy("addressee", "co-debtor"),
    "third_party": pgettext_lazy("addressee", "contact person"),
    "client": pgettext_lazy("addressee", "client"),
    "house": pgettext_lazy("addressee", "in house"),
}
#: Products as the shipped mappings name them, in the words that a debtor knows; any other is shown
#: as it stands.
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
    "complaint_channel": {
        code: in_either(*words) for code, words in options.COMPLAINT_CHANNELS.items()
    },
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

_MINUTES_OF_HOUR = 60


def chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def in_language(text: Mapping[str, str] | None) -> str:
    """The reader's language of a {zh, en} text."""
    language = "zh" if chinese() else "en"
    return (text or {}).get(language, "")


def title_of(fact: Fact) -> str:
    """What a fact or term is called in the reader's language."""
    return fact.zh if chinese() else fact.en


def amount(minor: object, currency: str) -> str:
    """An amount in minor units as the reader's language writes it."""
    return format_minor(int(str(minor)), currency, get_language() or "zh-hans")


def word_of(fact: Fact, text: str, currency: str, names: Names | None = None) -> str:
    """A known value of a fact as people read it.

    `names`: of the playbook that speaks; without it the newest one says what an outcome is called.
    """
    word = _listed_word(fact, text, names)
    if word:
        return word

    if fact.type == "money":
        return amount(text, currency)
    if fact.type == "bool":
        is_so = text.lower() in ("true", "t")
        return _("yes") if is_so else _("no")
    if fact.type == "int" and fact.unit == "days":
        return _("{n} days").format(n=text)
    if fact.type == "int" and fact.unit == "minutes":
        hours, minutes = divmod(int(text), _MINUTES_OF_HOUR)
        return f"{hours:02}:{minutes:02}"
    return text


def _listed_word(fact: Fact, text: str, names: Names | None) -> str:
    """The value of a fact that is one of a list of words; empty where there is none for it."""
    once = former.shipped().get(fact.name)
    if once is not None and text in once.options:
        return str(in_either(*once.options[text]))
    if text in VALUES.get(fact.name, {}):
        return str(VALUES[fact.name][text])

    if fact.words_of == OUTCOMES and text in fact.options:
        return str(in_either(*fact.options[text]))
    if fact.words_of == OUTCOMES:
        of_pack = None if names is None else names.outcomes.get(text)
        return in_language(of_pack or pack_names.outcome_title(text))
    return ""
