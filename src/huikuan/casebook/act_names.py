"""Kinds of act in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language

from huikuan.engine import acts


def _in_either(chinese: str, english: str) -> str:
    is_chinese = (get_language() or "zh-hans").startswith("zh")
    return chinese if is_chinese else english


in_either = lazy(_in_either, str)


def name_of(code: str) -> str:
    """The kind of act; a word of an older version stands as it is."""
    title = acts.TITLES.get(code)
    return code if title is None else _in_either(*title)


def names() -> dict[str, str | Promise]:
    """Every kind of act, each in the language in which it is shown."""
    return {code: in_either(*title) for code, title in acts.TITLES.items()}


def channels() -> list[tuple[str, str | Promise]]:
    """The kinds of act that reach somebody outside, to choose from."""
    return [(code, in_either(*title)) for code, title in acts.CHANNELS.items()]
