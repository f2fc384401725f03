"""Words in both languages, and where in a file a piece of a longer text stands."""

from __future__ import annotations

from collections.abc import Mapping

from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

Text = Mapping[str, str]


def both_languages(node: yamlfile.Node | None, problems: list[Problem]) -> Text:
    """{zh: …, en: …}; both are needed."""
    if node is None or not yamlfile.check_keys(node, ("zh", "en"), (), problems):
        return {}
    mapping = yamlfile.as_mapping(node, problems)
    assert mapping is not None
    return {
        language: yamlfile.as_text(mapping[language], problems) or "" for language in ("zh", "en")
    }


def one_or_both(node: yamlfile.Node | None, problems: list[Problem]) -> Text:
    """{zh: …, en: …}, or one text for both languages, such as the number of a paragraph."""
    if isinstance(node, yamlfile.Mapping):
        return both_languages(node, problems)
    text = yamlfile.as_text(node, problems) or ""
    return {"zh": text, "en": text}


def position(source: str, node: yamlfile.Node, offset: int) -> tuple[int, int]:
    """Line and column (from 1) of the character `offset` of a scalar's text, in the file that it was read from.

    A folded text (`>-`) stands on the lines below its mark, joined by one space each; a quoted one begins after it.
    """
    lines = source.splitlines()
    if node.line > len(lines):
        return node.line, node.column + offset
    mark = lines[node.line - 1][node.column - 1 : node.column]
    if mark not in (">", "|"):
        return node.line, node.column + offset + (mark in ("'", '"'))
    for number, raw in enumerate(lines[node.line :], node.line + 1):
        length = len(raw.strip())
        if offset <= length:
            return number, len(raw) - len(raw.lstrip()) + offset + 1
        offset -= length + 1
    return node.line, node.column
