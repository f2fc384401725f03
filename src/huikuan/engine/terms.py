"""Named conditions and values of a playbook, written once and used by many steps.

terms:
  key_case: {zh: 重点案件, en: key case, is: balance >= large_amount or hand >= three_hand}
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from huikuan.engine import history, since
from huikuan.engine.conditions import Parser
from huikuan.engine.fact import Fact, Words
from huikuan.engine.nodes import Node
from huikuan.engine.texts import position
from huikuan.engine.vocabulary import ACT, RUN, Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

_KEYS = ("zh", "en", "is")


def read_terms(
    node: yamlfile.Node | None,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    text: str,
    problems: list[Problem],
    *,
    beside: tuple[str, ...] = (),
) -> Vocabulary:
    """The vocabulary with the pack's own terms. A term may name those before it.

    `text` is the whole file: a problem names line and column in it. `beside`: further keys that
    whoever asks reads himself.
    """
    listed = yamlfile.as_mapping(node, problems)
    if listed is None:
        return vocabulary

    for name, entry in listed.items():
        parts = yamlfile.known_part(entry, _KEYS, beside, problems)
        if parts is not None and "is" in parts:
            vocabulary = _with_term(name, parts, vocabulary, parameters, text, problems)
    return vocabulary


def _with_term(
    name: str,
    parts: yamlfile.Mapping,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    text: str,
    problems: list[Problem],
) -> Vocabulary:
    """The vocabulary with one term more, as a derived fact of the subject that it speaks of."""
    known = vocabulary.get(name)
    if known is not None or name in parameters:
        message = _("'{name}' is a fact or a parameter already; a term needs a name of its own")
        problems.append(_problem("terms.name", message, parts, {"name": name}))
        return vocabulary

    node = _parse(parts["is"], vocabulary, parameters, text, problems)
    if node is None:
        return vocabulary
    subject = _subject(node, vocabulary)
    if subject is None:
        message = _("the facts of '{name}' belong to subjects of which none contains the other")
        problems.append(_problem("terms.subject", message, parts["is"], {"name": name}))
        return vocabulary

    zh = yamlfile.as_text(parts.get("zh"), problems) or ""
    en = yamlfile.as_text(parts.get("en"), problems) or ""
    meaning = "A term of the pack."
    term = Fact(
        name,
        node.type,
        zh,
        en,
        meaning,
        "the pack",
        options=_words(node, vocabulary),
        expr=str(parts["is"]),
        subject=subject,
    )
    return vocabulary.with_term(term, node)


def _parse(
    node: yamlfile.Node,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Decimal],
    text: str,
    problems: list[Problem],
) -> Node | None:
    """What a term means; problems name line and column of the file."""
    source = yamlfile.as_text(node, problems)
    if source is None:
        return None

    def report(column: int, message: str, params: Mapping[str, object]) -> None:
        line, at = position(text, node, column)
        problems.append(
            Problem("condition", message, "", dict(params), node.file, line=line, column=at)
        )

    everywhere = frozenset([*vocabulary.subjects.names(), RUN])
    return since.read(Parser(vocabulary, everywhere, report, parameters), source)


def _words(node: Node, vocabulary: Vocabulary) -> dict[str, Words]:
    """The words that a term can be, so that a misspelt one is found where it is asked for.

    None where one of its values is a fact that may be any word.
    """
    if node.type != "text":
        return {}
    if node.op == "const":
        word = str(node.value)
        return {word: (word, word)}
    if node.op == "fact":
        fact = vocabulary.get(str(node.value))
        return dict(fact.options) if fact else {}
    if node.op != "if":
        return {}

    _test, then, other = node.parts
    of_then = _words(then, vocabulary)
    of_other = _words(other, vocabulary)
    if not of_then or not of_other:
        return {}
    return of_then | of_other


def _subject(node: Node, vocabulary: Vocabulary) -> str | None:
    """The subject from which all of the term can be read; a case for a term about the day."""
    read = {vocabulary.get(name).subject for name in node.facts()}  # type: ignore[union-attr]
    read |= history.subjects(node, vocabulary)
    read -= {RUN, ACT}
    if not read:
        return "case"
    fitting = [name for name in read if read <= vocabulary.seen_from(name)]
    return fitting[0] if fitting else None


def _problem(code: str, message: str, node: yamlfile.Node, params: dict[str, object]) -> Problem:
    return Problem(code, message, "", params, node.file, line=node.line, column=node.column)
