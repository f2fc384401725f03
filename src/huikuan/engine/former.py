"""Names that the vocabulary knew once: packs/former_terms.yaml.

A stored version of a pack never changes, so what it names must keep its meaning when the name
becomes a term of the packs.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping
from dataclasses import replace
from pathlib import Path

from huikuan.engine.fact import Fact, Words
from huikuan.engine.terms import read_terms
from huikuan.engine.texts import both_languages
from huikuan.engine.vocabulary import Vocabulary, standard
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

FILE = Path(__file__).parents[1] / "packs" / "former_terms.yaml"


def with_former_terms(vocabulary: Vocabulary, own: Container[str]) -> Vocabulary:
    """The vocabulary with those former names that the pack has no term (`own`) for."""
    meanings = _known().terms
    for name, fact in shipped().items():
        if name not in own:
            vocabulary = vocabulary.with_term(fact, meanings[name])
    return vocabulary


@functools.cache
def shipped() -> Mapping[str, Fact]:
    """Every former name, with its titles and the words of its values."""
    known = _known()
    problems: list[Problem] = []
    facts = {}
    for name, entry in _entries(problems).items():
        fact = known.get(name)
        parts = yamlfile.as_mapping(entry, problems)
        assert fact is not None and parts is not None, name
        facts[name] = replace(fact, options=_words(parts.get("words"), problems))
    _refuse(problems)
    return facts


@functools.cache
def _known() -> Vocabulary:
    """The standard vocabulary with all of them. ValueError names a wrong line: it is our own."""
    problems: list[Problem] = []
    text = FILE.read_text(encoding="utf-8")
    known = read_terms(_entries(problems), standard(), {}, text, problems, beside=("words",))
    _refuse(problems)
    return known


def _entries(problems: list[Problem]) -> yamlfile.Mapping:
    root, unreadable = yamlfile.load(FILE.read_text(encoding="utf-8"), FILE.name)
    problems += unreadable
    listed = yamlfile.as_mapping(root, problems)
    assert listed is not None, FILE.name
    return listed


def _words(node: yamlfile.Node | None, problems: list[Problem]) -> dict[str, Words]:
    listed = yamlfile.as_mapping(node, problems)
    texts = {word: both_languages(titles, problems) for word, titles in (listed or {}).items()}
    return {word: (text["zh"], text["en"]) for word, text in texts.items()}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ValueError("; ".join(f"{problem.place}: {problem.text()}" for problem in problems))
