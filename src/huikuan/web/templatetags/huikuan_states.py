"""States of things and names of people, the same on every page. `{% load huikuan_states %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from huikuan.lib import names
from huikuan.web.states import look
from huikuan.web.templatetags.huikuan_web import NONE, badge

register = template.Library()


@register.simple_tag
def state_badge(kind: str, state: str, label: object = "", title: str = "") -> SafeString:
    """The badge of a state: `{% state_badge "promise" row.state %}`.

    `label` is the model's own word; the word of `web.states` goes before it.
    """
    found = look(kind, str(state))
    return badge(found.word or label or state, found.tone, title)


@register.filter
def tone_of(state: str, kind: str) -> str:
    """The tone alone, for a class of the style sheet: `hk-stat-{{ state|tone_of:"promise" }}`."""
    return look(kind, str(state)).tone


@register.filter
def word_of(state: str, kind: str) -> str:
    """The word alone, where a sentence holds it."""
    return str(look(kind, str(state)).word or state)


@register.filter
def person_name(person: Any) -> str:
    """A debtor as lists show one: a person masked, a company by its name or number."""
    if person.kind == "company":
        return person.name or person.number
    return names.mask_name(person.name) if person.name else NONE


@register.simple_tag
def listed_name(name: str, kind: str) -> str:
    """The same from a row that holds a name and a kind and no person."""
    return names.listed_name(name, kind) if name else NONE
